"""What a sweep makes of one clock, and the one statement that writes all of a batch."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from deadlines.ladder import DueStep
from deadlines.models import Clock

_ROW = "(%s::bigint, %s::int, %s::timestamptz, %s::timestamptz, %s::timestamptz, %s::int, %s::text)"


@dataclass
class Advance:
    """What one locked clock's row becomes, and what is told of it."""

    clock: Clock
    due: list[DueStep] = field(default_factory=list)
    step_no: int = 0
    next_at: datetime | None = None
    breached_at: datetime | None = None
    stopped_at: datetime | None = None
    error_count: int = 0
    last_error: str = ""


def write(clock_class: type[Clock], moves: list[Advance]) -> None:
    """All rows of the batch in one statement. A clock that ``on_lapse`` stopped stays stopped as it is."""
    meta = clock_class._meta
    assert meta.pk is not None and meta.pk.column is not None
    quote = connection.ops.quote_name
    statement = f"""
        UPDATE {quote(meta.db_table)} AS clock SET
            step_no = move.step_no,
            next_at = CASE WHEN clock.stopped_at IS NULL AND move.stopped_at IS NULL THEN move.next_at END,
            breached_at = COALESCE(move.breached_at, clock.breached_at),
            stopped_at = COALESCE(clock.stopped_at, move.stopped_at),
            error_count = move.error_count,
            last_error = move.last_error
        FROM (VALUES {", ".join([_ROW] * len(moves))})
             AS move(id, step_no, next_at, breached_at, stopped_at, error_count, last_error)
        WHERE clock.{quote(meta.pk.column)} = move.id"""  # noqa: S608 - names of our own tables and columns
    values: list[Any] = []
    for move in moves:
        values += (move.clock.pk, move.step_no, move.next_at, move.breached_at, move.stopped_at)
        values += (move.error_count, move.last_error)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
