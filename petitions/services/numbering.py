"""Case numbers: district code, year, serial, from one PostgreSQL sequence per series and year.

A sequence never hands the same value out twice and nobody waits for it, unlike a counter row that every registration
would have to lock. A rolled-back registration leaves a gap; numbers are unique, not gapless (papers are: documents).
Sealed cases have a series of their own, so that the numbers others see have no tell-tale holes (domain G).
"""

from datetime import datetime

from django.conf import settings
from django.db import connection

from core.timekeeping import local_day

NEXT = """
SELECT nextval(name) FROM (SELECT to_regclass(%s) AS name) AS made, generate_series(1, %s) WHERE name IS NOT NULL
"""
LOCK_KEY = 7_300_001


def next_number(at: datetime, *, sealed: bool = False) -> str:
    """Number for a case registered at ``at`` (year in Asia/Shanghai), e.g. ``339999-2026-000123``. One query."""
    return next_numbers(1, at, sealed=sealed)[0]


def next_numbers(count: int, at: datetime, *, sealed: bool = False) -> list[str]:
    """``count`` numbers of one series in one query; two more queries for the first case of a year."""
    year = local_day(at).year
    series = "j" if sealed else "a"
    sequence = f"petition_serial_{series}_{year}"
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [sequence, count])
        serials = [row[0] for row in cursor.fetchall()]
        if not serials:  # The first case of the year makes the series; a lock keeps two firsts apart.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_KEY])
            cursor.execute(f"CREATE SEQUENCE IF NOT EXISTS {sequence}")
            cursor.execute(NEXT, [sequence, count])
            serials = [row[0] for row in cursor.fetchall()]
    mark, width = ("J", 5) if sealed else ("", 6)
    return [f"{settings.DISTRICT_CODE}-{year}-{mark}{serial:0{width}d}" for serial in serials]
