"""Alerts that reach nobody at all: every post up the ladder is empty, and nobody at its end may know of the matter.

Such a rung is not done. It stays due, is counted and shown, and is told once somebody has taken a post: the clock is
asked again after a wait that grows, never by every sweep. What falls due on it meanwhile is told at its own time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from deadlines import ladder
from deadlines.ladder import AlertLine, DueStep
from deadlines.models import Clock, RuleStep
from deadlines.pulse import NOBODY
from deadlines.rulebook import Rulebook

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=30)


def steps_without_anybody(lines: Sequence[AlertLine], due: Sequence[DueStep]) -> list[DueStep]:
    """The steps for which a room has something to tell and found nobody to tell it to. A step for which it has no line
    is one of which nothing is told."""
    reached = {line.dedupe_key for line in lines if line.recipients}
    empty = {line.dedupe_key for line in lines} - reached
    return [step for step in due if step.key in empty] if empty else []


def place(clock: Clock, step: RuleStep, book: Rulebook) -> int:
    """How many rungs come before this one on the clock's ladder."""
    rungs = ladder.in_order(book.ladder(clock.rule_id), ladder.course_of(clock, book))
    return [rung.pk for rung in rungs].index(step.pk)


def wait_of(clock: Clock) -> timedelta:
    times = clock.error_count if clock.last_error == NOBODY else 0
    return min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(times, 20))


def next_look(clock: Clock, now: datetime, next_at: datetime | None) -> datetime:
    """When the clock is asked again: after its wait, or when its next rung falls due."""
    again = now + wait_of(clock)
    return again if next_at is None else min(again, next_at)
