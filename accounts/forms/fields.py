"""Fields that find a unit by typing, among any number of units, and days."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from accounts.models import Unit


def _option(unit: Unit) -> tuple[int, str]:
    return unit.pk, unit.label


class _Few(ModelChoiceIterator):
    """Offers nothing by itself: the page would else carry every unit of the district."""

    def __iter__(self) -> Any:
        yield from ()


class UnitField(forms.ModelChoiceField):
    """Any unit. The page holds only the chosen one; the rest is found by search (``components/picker.html``)."""

    iterator = _Few
    is_picker = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Unit.objects.all(), **kwargs)

    def offer(self, chosen: Any) -> None:
        """Put the chosen unit (an id as typed, or None) into the select."""
        unit = self._found(chosen)
        self.widget.choices = [("", "—"), *([_option(unit)] if unit else [])]

    def _found(self, chosen: Any) -> Unit | None:
        try:
            return self.to_python(chosen)
        except forms.ValidationError:
            return None


class UnitsWidget(forms.SelectMultiple):
    """Several pickers of one name: those chosen, then ``spare`` empty ones."""

    template_name = "accounts/widgets/units.html"
    spare = 4

    def _render(self, template_name: str, context: dict[str, Any], renderer: Any = None) -> SafeString:
        # Forms render with Django's own templates only; this one is the project's.
        return render_to_string(template_name, context)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        chosen = [(str(pk), label) for pk, label in self.choices]
        context["widget"]["rows"] = [*chosen, *[("", "")] * self.spare]
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        values = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return list(dict.fromkeys(value for value in values if value))

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}_1" if id_ else id_


class UnitsField(forms.ModelMultipleChoiceField):
    """Several units, each found by typing. Emptying a box takes the unit away."""

    iterator = _Few
    widget = UnitsWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Unit.objects.all(), **kwargs)

    def offer(self, chosen: Iterable[Any]) -> None:
        ids = [int(value) for value in map(str, chosen) if value.isascii() and value.isdigit()]
        # Ids beyond the column's range name no unit; the field says so when it is cleaned.
        known = Unit.objects.in_bulk([pk for pk in ids if pk < 2**63])
        self.widget.choices = [_option(known[pk]) for pk in ids if pk in known]
