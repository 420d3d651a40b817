"""Case numbers: district code, year, serial, from one PostgreSQL sequence per year, for sealed cases too.

A sequence never hands the same value out twice and nobody waits for it, unlike a counter row that every registration
would have to lock. A rolled-back registration leaves a gap; numbers are unique, not gapless (papers are: documents).

What is printed is not the count but its place in an order that only the series knows (``core.scatter``): that a case is
sealed, or how many there are so far, is not read off a number, nor off two (domain G). The order's key is the random
value at which the series starts, so that it lives and is restored with the series and with nothing else. Earlier
numbers stay as they are: six figures, which counted plainly, and J with five or six, which said of a case that it was
an accusation.
"""

import secrets
from datetime import datetime

from django.conf import settings
from django.db import connection

from core.scatter import scatter
from core.timekeeping import local_day

NEXT = """
SELECT nextval(name), (SELECT seqstart FROM pg_sequence WHERE seqrelid = name)
FROM (SELECT to_regclass(%s) AS name) AS made, generate_series(1, %s) WHERE name IS NOT NULL
"""
LOCK_KEY = 7_300_001
#: Figures of a serial: no number of the earlier series is met again.
FIGURES = 7
KEY_BYTES = 8


def next_number(at: datetime) -> str:
    """Number for a case registered at ``at`` (year in Asia/Shanghai), e.g. ``339999-2026-0417230``. One query."""
    return next_numbers(1, at)[0]


def next_numbers(count: int, at: datetime) -> list[str]:
    """``count`` numbers in one query; two more queries for the first case of a year."""
    year = local_day(at).year
    return [f"{settings.DISTRICT_CODE}-{year}-{serial}" for serial in draw(_sequence(year), count)]


def draw(series: str, count: int) -> list[str]:
    """``count`` serials of seven figures from a series of this or of another room, made when it is first asked. Its
    name is a word of the code's own, never of somebody's typing."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [series, count])
        rows = cursor.fetchall()
        if not rows:  # The first of the year makes the series; a lock keeps two firsts apart.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_KEY])
            _begin(series, start=1 + secrets.randbelow(2**62))
            cursor.execute(NEXT, [series, count])
            rows = cursor.fetchall()
    return [_serial(*row) for row in rows]


def begin_series(year: int, *, start: int) -> None:
    """Make a year's series unless there is one. Only demo data chooses ``start`` (1 to 2**62) itself, to be the same
    every time: who knows it can read the order of the numbers."""
    _begin(_sequence(year), start=start)


def _begin(series: str, *, start: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SEQUENCE IF NOT EXISTS {series} MINVALUE {start:d} START {start:d}")


def _sequence(year: int) -> str:
    return f"petition_number_a_{year:d}"


def _serial(value: int, start: int) -> str:
    number = scatter(value - start, below=10**FIGURES, key=start.to_bytes(KEY_BYTES, "big"))
    return f"{number:0{FIGURES}d}"
