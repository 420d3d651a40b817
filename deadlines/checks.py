"""System checks that read the database (``manage.py migrate``, ``manage.py check --database default``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.db import DEFAULT_DB_ALIAS, connections

from core.timekeeping import now


@checks.register(checks.Tags.database)
def calendar_reaches_far_enough(
    *, databases: Sequence[str] | None = None, **_: Any
) -> list[checks.CheckMessage]:
    """Warn from 120 days before the first year that has no published table."""
    from deadlines.models import CalendarTable
    from deadlines.selectors import calendar_gaps

    if not databases or DEFAULT_DB_ALIAS not in databases:
        return []
    if CalendarTable._meta.db_table not in connections[DEFAULT_DB_ALIAS].introspection.table_names():
        return []
    if not CalendarTable.objects.exists():
        return []
    return [
        checks.Warning(
            gap.sentence,
            hint=f"manage.py load_calendar --year {gap.year} --file FILE.csv",
            id="deadlines.W001",
        )
        for gap in calendar_gaps(now())
    ]
