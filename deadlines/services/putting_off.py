"""Clocks whose rule or lines raise: put off, counted and shown, never looped on; and those that somebody else holds."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import DatabaseError, connection, transaction

from deadlines.models import Clock
from deadlines.pulse import LONGEST_PUT_OFF
from deadlines.services.advances import Advance, write

logger = logging.getLogger(__name__)
#: A clock whose rule or lines raise comes back after this long, twice as long each time.
FIRST_PUT_OFF = timedelta(minutes=1)
#: lock_not_available, deadlock_detected, serialization_failure: nothing is wrong with the clock.
HELD = frozenset({"55P03", "40P01", "40001"})


def held_by_another(error: Exception) -> bool:
    """Whether another transaction was in the way: the clock stays due, and is neither put off nor counted."""
    cause = error.__cause__ if isinstance(error, DatabaseError) else None
    return (getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)) in HELD


def put_off_all(clock_class: type[Clock], failed: Sequence[tuple[Clock, Exception]], now: datetime) -> None:
    """Each by itself: what spoils one row's writing, spoils no other's. Whatever cannot even be put off is logged anew
    with every sweep."""
    for clock, error in failed:
        logger.error("Clock %s was put off: %r", clock.key, error, exc_info=error)
    if not failed:
        return
    moves = [_put_off(clock, error, now) for clock, error in failed]
    try:
        with transaction.atomic():
            write(clock_class, moves)
    except DatabaseError:
        if not connection.is_usable():
            raise
        for move in moves:
            _put_off_one(clock_class, move)


def _put_off_one(clock_class: type[Clock], move: Advance) -> None:
    try:
        with transaction.atomic():
            write(clock_class, [move])
    except DatabaseError:
        if not connection.is_usable():
            raise
        logger.exception("Clock %s could not be put off.", move.clock.key)


def _put_off(clock: Clock, error: Exception, now: datetime) -> Advance:
    wait = min(LONGEST_PUT_OFF, FIRST_PUT_OFF * 2 ** min(clock.error_count, 20))
    return Advance(
        clock,
        step_no=clock.step_no,
        next_at=now + wait,
        error_count=min(clock.error_count + 1, 32_767),
        last_error=reason_of(error),
    )


def reason_of(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".replace("\x00", "")[:300]
