"""Pages by key, not by offset: page 500 costs what page 1 costs, and new rows move nothing.

A cursor is the sealed list of the sort values of one row. Nobody can make one, because its values go into SQL as typed
values, and a forged one is to give the first page rather than a database error; nobody can read one, because the ids in
it would tell how many rows there are (domain G).
"""

import base64
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import BooleanField, F, Field, Func, Model, Q, QuerySet, Value
from django.utils.crypto import salted_hmac

T = TypeVar("T")
NEXT, PREVIOUS = "n", "p"
SALT = "core.paging"
NONCE = 12
#: A cursor is as long as the next step of so many bytes, so that its length does not tell how large an id is.
STEP = 64


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list. A cursor is None where there is nothing further that way."""

    items: list[T]
    next_cursor: str | None
    prev_cursor: str | None

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Any:
        return iter(self.items)


@dataclass(frozen=True)
class _Key:
    """One sort key: the field's path, its direction, and what is known of its column."""

    path: str
    descending: bool
    field: "Field[Any, Any] | None"

    @property
    def nullable(self) -> bool:
        # Nothing is known of an annotation, so it may be NULL.
        return self.field is None or self.field.null

    def turned(self) -> "_Key":
        return _Key(self.path, not self.descending, self.field)

    @property
    def as_order(self) -> str:
        return f"-{self.path}" if self.descending else self.path


class _RowCompare(Func):
    """``(a, b) < (x, y)``: one index condition, where OR-ed comparisons would be a filter."""

    output_field = BooleanField()

    def __init__(self, keys: Sequence[_Key], values: Sequence[Any], sign: str) -> None:
        right = [Value(v, output_field=key.field) for key, v in zip(keys, values, strict=True)]
        super().__init__(*[F(key.path) for key in keys], *right)
        self.sign = sign

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        parts = [compiler.compile(e) for e in self.get_source_expressions()]
        half = len(parts) // 2
        left, right = (", ".join(sql for sql, _ in side) for side in (parts[:half], parts[half:]))
        return f"({left}) {self.sign} ({right})", [p for _, params in parts for p in params]


def _field_of(model: type[Model], path: str) -> "Field[Any, Any] | None":
    """The concrete field at the end of ``a__b``; None for an annotation.

    A field reached over a nullable relation may be NULL itself; it is treated as unknown.
    """
    if path == "pk":
        return model._meta.pk
    *relations, last = path.split("__")
    for name in relations:
        try:
            relation = model._meta.get_field(name)
        except FieldDoesNotExist:
            return None
        if getattr(relation, "null", True) or relation.related_model is None:
            return None
        model = relation.related_model
    try:
        field = model._meta.get_field(last)
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, Field) else None


def _keys(qs: QuerySet[Any], order: Sequence[str]) -> list[_Key]:
    """The sort keys, with the primary key added so that no two rows are ever equal."""
    keys = [_Key(o.lstrip("-"), o.startswith("-"), _field_of(qs.model, o.lstrip("-"))) for o in order]
    pk_names = {"pk", qs.model._meta.pk.name}
    if not any(key.path in pk_names for key in keys):
        keys.append(_Key("pk", bool(keys) and keys[-1].descending, qs.model._meta.pk))
    return keys


def _value_of(item: Any, path: str) -> Any:
    if isinstance(item, dict):
        return item[path]
    for name in path.split("__"):
        item = getattr(item, name, None)
    return item.pk if isinstance(item, Model) else item


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return {"t": value.isoformat()}
    if isinstance(value, (Decimal, UUID)):
        return {"t": str(value)}
    return value


def _typed(value: Any, field: "Field[Any, Any] | None") -> Any:
    raw = value["t"] if isinstance(value, dict) else value
    if raw is None:
        return None
    if field is not None:
        return field.to_python(raw)
    if isinstance(value, dict):
        return datetime.fromisoformat(raw)
    return raw


def _salt(qs: QuerySet[Any], keys: Sequence[_Key]) -> str:
    # A cursor made for one list and order is worth nothing in another.
    return ":".join([SALT, qs.model._meta.label_lower, *[key.as_order for key in keys]])


def _encode(direction: str, item: Any, keys: Sequence[_Key], salt: str) -> str:
    values = [_plain(_value_of(item, key.path)) for key in keys]
    payload = json.dumps([direction, values], separators=(",", ":"), ensure_ascii=False)
    plain = payload.encode()
    plain += b" " * (-len(plain) % STEP)
    nonce = os.urandom(NONCE)
    sealed = nonce + _sealer().encrypt(nonce, plain, salt.encode())
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _sealer() -> AESGCM:
    """Under a key of its own, derived from SECRET_KEY; where that is changed, old cursors give the first page."""
    return AESGCM(salted_hmac(SALT, "cursor", algorithm="sha256").digest())


def _decode(cursor: str | None, keys: Sequence[_Key], salt: str) -> tuple[str, list[Any]] | None:
    if not cursor:
        return None
    try:
        # No age limit: a bookmarked page stays good. A year in seconds would be as arbitrary.
        sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        plain = _sealer().decrypt(sealed[:NONCE], sealed[NONCE:], salt.encode())
        direction, values = json.loads(plain)
        return direction, [_typed(v, key.field) for v, key in zip(values, keys, strict=True)]
    except (InvalidTag, ValueError, TypeError, KeyError, ValidationError):
        return None


def _after(keys: Sequence[_Key], values: Sequence[Any]) -> Q:
    """Rows behind ``values`` in the order of ``keys``; PostgreSQL's NULLs are the largest values."""
    if not any(key.nullable for key in keys) and len({key.descending for key in keys}) == 1:
        return Q(_RowCompare(keys, values, "<" if keys[0].descending else ">"))
    behind = Q(pk__in=[])
    equal = Q()
    for key, value in zip(keys, values, strict=True):
        behind |= equal & _behind_one(key, value)
        equal &= Q(**{f"{key.path}__isnull": True}) if value is None else Q(**{key.path: value})
    return behind


def _behind_one(key: _Key, value: Any) -> Q:
    if value is None:
        return Q(**{f"{key.path}__isnull": False}) if key.descending else Q(pk__in=[])
    if key.descending:
        return Q(**{f"{key.path}__lt": value})
    larger = Q(**{f"{key.path}__gt": value})
    return larger | Q(**{f"{key.path}__isnull": True}) if key.nullable else larger


def paginate(qs: QuerySet[Any], *, order: Sequence[str], cursor: str | None, size: int = 40) -> Page[Any]:
    """One page of ``qs`` in ``order`` ("-created_at" descends; the primary key is added last).

    One query. A missing, forged or foreign cursor gives the first page; so does going back past
    the start or forward past the end, which costs one query more.
    """
    keys = _keys(qs, order)
    salt = _salt(qs, keys)
    place = _decode(cursor, keys, salt)
    ordered = qs.order_by(*[key.as_order for key in keys])
    if place and place[0] == PREVIOUS:
        turned = [key.turned() for key in keys]
        back = qs.filter(_after(turned, place[1])).order_by(*[key.as_order for key in turned])
        rows = list(back[: size + 1])
        if len(rows) > size:
            return _page(rows[:size][::-1], keys, salt, more_before=True, more_after=True)
        place = None
    rows = list((ordered.filter(_after(keys, place[1])) if place else ordered)[: size + 1])
    if place and not rows:
        place = None
        rows = list(ordered[: size + 1])
    return _page(rows[:size], keys, salt, more_before=place is not None, more_after=len(rows) > size)


def _page(
    rows: list[Any], keys: Sequence[_Key], salt: str, *, more_before: bool, more_after: bool
) -> Page[Any]:
    following = _encode(NEXT, rows[-1], keys, salt) if rows and more_after else None
    preceding = _encode(PREVIOUS, rows[0], keys, salt) if rows and more_before else None
    return Page(rows, following, preceding)


def capped_count(qs: QuerySet[Any], cap: int = 1000) -> str:
    """How many rows, counted no further than ``cap``: "0", "37", "1,000", "1,000+"."""
    return capped_text(qs.order_by()[: cap + 1].count(), cap)


def capped_text(found: int, cap: int = 1000) -> str:
    """A number as counts are printed."""
    return f"{cap:,}+" if found > cap else f"{found:,}"
