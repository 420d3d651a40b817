"""A big load inside one transaction: what nobody can change meanwhile is asked once, small rows are written together.

Doors do the same work inside and outside. Rows that the load itself made are held in memory: no other session can see
them, so nobody can have changed them and there is nothing to lock. Only imports and demo data open a load.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import models, transaction

T = TypeVar("T")
RowT = TypeVar("RowT", bound=models.Model)
MOST_WAITING = 1000


@dataclass
class BulkLoad:
    """``write`` puts waiting rows into the database; they are in their order, and all are in when the load ends."""

    answers: dict[Hashable, Any] = field(default_factory=dict)
    waiting: dict[Callable[[list[Any]], object], list[Any]] = field(default_factory=dict)
    made: dict[tuple[type[models.Model], Any], models.Model] = field(default_factory=dict)

    def put(self, row: Any, write: Callable[[list[Any]], object]) -> None:
        rows = self.waiting.setdefault(write, [])
        rows.append(row)
        if len(rows) >= MOST_WAITING:
            self.flush()

    def flush(self, only: Callable[[list[Any]], object] | None = None) -> None:
        for write, rows in self.waiting.items():
            if rows and only in {None, write}:
                write(rows)
                rows.clear()


_load: ContextVar[BulkLoad | None] = ContextVar("bulk_load", default=None)


@contextmanager
def bulk_load() -> Iterator[BulkLoad]:
    """Open a load inside a transaction that ends in a rollback if anything in the load raises.

    Whoever catches a Refusal within must not go on: rows of the refused act may be waiting.
    """
    load = BulkLoad()
    before = _load.set(load)
    try:
        yield load
        load.flush()
    finally:
        _load.reset(before)


def current_load() -> BulkLoad | None:
    return _load.get()


def once(key: Hashable, ask: Callable[[], T]) -> T:
    """The answer, asked once per load; asked every time outside of one."""
    load = _load.get()
    if load is None:
        return ask()
    if key not in load.answers:
        load.answers[key] = ask()
    answer: T = load.answers[key]
    return answer


def step_transaction() -> AbstractContextManager[Any]:
    """A transaction (or savepoint) of its own; nothing within a load, which stands or falls as a whole."""
    return nullcontext() if _load.get() is not None else transaction.atomic()


def note_made(row: models.Model) -> None:
    """Within a load: this row is new, and this object is the one that speaks for it."""
    if (load := _load.get()) is not None:
        load.made[type(row), row.pk] = row


def made_here(model: type[RowT], pk: Any) -> RowT | None:
    """The object of a row that the current load made, or None."""
    load = _load.get()
    found = load.made.get((model, pk)) if load is not None else None
    return found if isinstance(found, model) else None
