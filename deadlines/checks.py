"""System checks that read the database (``manage.py migrate``, ``manage.py check --database default``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model

from core.timekeeping import now


@checks.register(checks.Tags.database)
def calendar_reaches_far_enough(
    *, databases: Sequence[str] | None = None, **_: Any
) -> list[checks.CheckMessage]:
    """Warn from 120 days before the first year that has no published table."""
    from deadlines.models import CalendarTable
    from deadlines.rulebook import read_calendar
    from deadlines.selectors import calendar_gaps

    if not databases or DEFAULT_DB_ALIAS not in databases:
        return []
    if not _migrated(CalendarTable) or not CalendarTable.objects.exists():
        return []
    return [
        checks.Warning(
            gap.sentence,
            hint=f"manage.py load_calendar --year {gap.year} --file FILE.csv",
            id="deadlines.W001",
        )
        for gap in calendar_gaps(now(), read_calendar())
    ]


def _migrated(model: type[Model]) -> bool:
    """Whether the table is there as the code has it: ``migrate`` asks its checks before it brings the tables up to
    date."""
    connection = connections[DEFAULT_DB_ALIAS]
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if table not in connection.introspection.table_names(cursor):
            return False
        there = {column.name for column in connection.introspection.get_table_description(cursor, table)}
    return {field.column for field in model._meta.concrete_fields} <= there
