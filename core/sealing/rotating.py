"""Seals everything anew under the current key, a batch at a time: an interrupted run goes on where it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from core.sealing.fields import BlindIndexField, SealedTextField
from core.sealing.keys import keyring

BATCH = 500


def sealed_models() -> list[type[models.Model]]:
    """Every model that keeps sealed texts."""
    return [model for model in apps.get_models() if _fields(model, SealedTextField)]


def waiting(model: type[models.Model]) -> int:
    """How many rows hold a text that another key than the current one sealed."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {_table(model)} WHERE {_stale(model)}", [])  # noqa: S608 - names of our own tables and columns
        found: int = cursor.fetchone()[0]
    return found


def rotate(model: type[models.Model], *, batch: int = BATCH) -> Iterator[int]:
    """Seal the waiting rows anew; yields how many each batch held, once it is committed.

    Rows are locked while they are read and written, so nobody's change is lost. Raises Unreadable for a text whose key
    is not at hand: nothing of its batch is written.
    """
    names = [field.attname for kind in (SealedTextField, BlindIndexField) for field in _fields(model, kind)]
    last = None  # keys are numbers or scattered (UUID): the first batch begins at no key at all
    while True:
        with transaction.atomic():
            rows = _next(model, last, batch)
            for row in rows:
                for field in _fields(model, SealedTextField):
                    getattr(row, field.attname)  # opened here, sealed under the current key by saving
                row.save(update_fields=names)
        if not rows:
            return
        last = rows[-1].pk
        yield len(rows)


def _next(model: type[models.Model], last: Any, batch: int) -> list[models.Model]:
    after, values = ("id > %s AND", [last]) if last is not None else ("", [])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {_table(model)} WHERE {after} ({_stale(model)}) ORDER BY id LIMIT %s",  # noqa: S608 - names of our own tables and columns
            [*values, batch],
        )
        ids = [row[0] for row in cursor.fetchall()]
    return list(model._base_manager.select_for_update().filter(pk__in=ids).order_by("pk"))


def _stale(model: type[models.Model]) -> str:
    """The second byte of a sealed text is its key's version (see ``cipher``)."""
    version = keyring().current.version
    columns = [f'"{field.column}"' for field in _fields(model, SealedTextField)]
    return " OR ".join(f"(length({name}) > 1 AND get_byte({name}, 1) <> {version})" for name in columns)


def _table(model: type[models.Model]) -> str:
    return f'"{model._meta.db_table}"'


def _fields(model: type[models.Model], kind: type[models.Field]) -> list[models.Field]:
    return [field for field in model._meta.local_concrete_fields if isinstance(field, kind)]
