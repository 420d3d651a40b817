"""Model fields over ``cipher``: a text that is sealed when it is saved and opened when it is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from core.sealing.cipher import blind, blinds, joined, open_sealed, seal, version_of
from core.sealing.keys import keyring


class _Opening(DeferredAttribute):
    """Holds what came from the database as it came; opens it at the first look."""

    field: SealedTextField

    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is None or not isinstance(value, bytes | memoryview):
            return value
        text = open_sealed(bytes(value), self.field.place(instance))
        instance.__dict__[self.field.attname] = text
        return text

    # With __set__ this is a data descriptor, so that __get__ is asked although the value is in __dict__.
    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SealedTextField(models.BinaryField):
    """A text, in the database only as SM4-GCM; an empty one is an empty value.

    The model says in ``sealed_to()`` which row a text belongs to: something that is known before the row is written
    and never changes. Only emptiness can be asked of the database; look-ups go through a ``BlindIndexField``.
    """

    descriptor_class = _Opening
    if TYPE_CHECKING:  # what django-stubs takes the attribute of a model for
        _pyi_private_set_type: str
        _pyi_private_get_type: str  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"blank": True})

    def place(self, instance: models.Model) -> str:
        row: str = instance.sealed_to()  # type: ignore[attr-defined]
        return f"{instance._meta.label_lower}.{self.column}:{row}"

    def pre_save(self, instance: models.Model, add: bool) -> bytes:
        value = instance.__dict__.get(self.attname, "")
        if isinstance(value, str):
            return seal(value, self.place(instance))
        kept = bytes(value)
        if not kept or version_of(kept) == keyring().current.version:
            return kept
        # Read before a rotation and saved after it: written back as it came, it would undo the rotation.
        return seal(open_sealed(kept, self.place(instance)), self.place(instance))

    def get_prep_value(self, value: Any) -> Any:
        """Bytes, or the empty text. Raises TypeError for a clear text: it would be written or compared unsealed."""
        if isinstance(value, str):
            if value:
                raise TypeError(f"{self} is sealed: save the object, or look it up by its blind index.")
            value = b""
        return super().get_prep_value(value)

    def get_default(self) -> Any:
        return super().get_default() if self.has_default() else ""

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))


class BlindIndexField(models.BinaryField):
    """HMAC-SM3 of one or more sealed texts of the row, None while any of them is empty."""

    def __init__(self, *args: Any, of: Sequence[str] = (), **kwargs: Any) -> None:
        self.of = tuple(of)
        super().__init__(*args, **kwargs | {"null": True, "editable": False})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"of": self.of}

    def pre_save(self, instance: models.Model, add: bool) -> bytes | None:
        found = blind(joined([getattr(instance, name) for name in self.of]), self._label)
        setattr(instance, self.attname, found)
        return found

    def of_values(self, *values: str) -> list[bytes]:
        """What to look for with ``__in``: the index of these texts under every key."""
        return blinds(joined(values), self._label)

    @property
    def _label(self) -> str:
        return f"{self.model._meta.label_lower}.{self.column}"
