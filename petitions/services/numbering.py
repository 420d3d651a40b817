"""Case numbers: district code, year, serial, from one PostgreSQL sequence per series and year.

A sequence never hands the same value out twice and nobody waits for it, unlike a counter row that every registration
would have to lock. A rolled-back registration leaves a gap; numbers are unique, not gapless (papers are: documents).

What is printed is not the count but its place in an order that only the series knows (``core.scatter``): a case that
was sealed after it had its number, a whole series of accusations, or how many there are so far, is not read off by
whoever holds two numbers (domain G). The order's key is the random value at which the series starts, so that it lives
and is restored with the series and with nothing else. Six-figure numbers of earlier years count plainly and stay.
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
#: Figures of a serial: no number of the earlier, plain series of six and J with five is met again.
FIGURES = {"": 7, "J": 6}
KEY_BYTES = 8


def next_number(at: datetime, *, sealed: bool = False) -> str:
    """Number for a case registered at ``at`` (year in Asia/Shanghai), e.g. ``339999-2026-0417230``. One query."""
    return next_numbers(1, at, sealed=sealed)[0]


def next_numbers(count: int, at: datetime, *, sealed: bool = False) -> list[str]:
    """``count`` numbers of one series in one query; two more queries for the first case of a year."""
    year, mark = local_day(at).year, _mark(sealed)
    sequence = _sequence(year, mark)
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [sequence, count])
        rows = cursor.fetchall()
        if not rows:  # The first case of the year makes the series; a lock keeps two firsts apart.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_KEY])
            begin_series(year, sealed=sealed, start=1 + secrets.randbelow(2**62))
            cursor.execute(NEXT, [sequence, count])
            rows = cursor.fetchall()
    return [f"{settings.DISTRICT_CODE}-{year}-{_serial(mark, *row)}" for row in rows]


def begin_series(year: int, *, sealed: bool, start: int) -> None:
    """Make a year's series unless there is one. Only demo data chooses ``start`` (1 to 2**62) itself, to be the same
    every time: who knows it can read the order of the numbers."""
    sequence = _sequence(year, _mark(sealed))
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SEQUENCE IF NOT EXISTS {sequence} MINVALUE {start:d} START {start:d}")


def _mark(sealed: bool) -> str:
    return "J" if sealed else ""


def _sequence(year: int, mark: str) -> str:
    return f"petition_number_{mark.lower() or 'a'}_{year:d}"


def _serial(mark: str, value: int, start: int) -> str:
    figures = FIGURES[mark]
    number = scatter(value - start, below=10**figures, key=start.to_bytes(KEY_BYTES, "big"))
    return f"{mark}{number:0{figures}d}"
