"""Case numbers: district code, year, serial, from one PostgreSQL sequence per series and year.

A sequence never hands the same value out twice and nobody waits for it, unlike a counter row that every registration
would have to lock. A rolled-back registration leaves a gap; numbers are unique, not gapless (papers are: documents).
Sealed cases have a series of their own, so that the numbers others see have no tell-tale holes (domain G).
"""

from datetime import datetime

from django.conf import settings
from django.db import connection

from core.timekeeping import local_day

NEXT = "SELECT nextval(to_regclass(%s))"
LOCK_KEY = 7_300_001


def next_number(at: datetime, *, sealed: bool = False) -> str:
    """Number for a case registered at ``at`` (year in Asia/Shanghai), e.g. ``339999-2026-000123``."""
    year = local_day(at).year
    series = "j" if sealed else "a"
    sequence = f"petition_serial_{series}_{year}"
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [sequence])
        serial = cursor.fetchone()[0]
        if (
            serial is None
        ):  # The first case of the year makes the series; a lock keeps two firsts apart.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_KEY])
            cursor.execute(f"CREATE SEQUENCE IF NOT EXISTS {sequence}")
            cursor.execute(NEXT, [sequence])
            serial = cursor.fetchone()[0]
    mark = "J" if sealed else ""
    return f"{settings.DISTRICT_CODE}-{year}-{mark}{serial:0{5 if sealed else 6}d}"
