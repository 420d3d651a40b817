"""Fills empty tables with the rules and the calendar that ship with the project; rows that exist stay."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import chinese_calendar.constants as published
from django.apps.registry import Apps

from deadlines.rules_table import VERSIONS, place_of

CODES = {version.code for version in VERSIONS}
SOURCE = "国务院办公厅历年节假日安排通知（chinesecalendar 数据）"

#: On working days, as offices of a county keep them; a row of the district takes its place.
DUTY_HOURS = [["08:30", "12:00"], ["14:00", "17:30"]]


def fill(apps: Apps) -> None:
    """Rules whose code has no row yet, years and duty hours that have none. Three queries when all is there."""
    _fill_rules(apps.get_model("deadlines", "Rule"), apps.get_model("deadlines", "RuleStep"))
    _fill_years(apps.get_model("deadlines", "CalendarTable"))
    hours = apps.get_model("deadlines", "DutyHours")
    if not hours.objects.filter(unit=None).exists():
        hours.objects.create(spans=DUTY_HOURS)


def published_years() -> dict[int, list[tuple[date, bool, str]]]:
    """The State Council's tables as ``chinesecalendar`` carries them: year → (day, works, note)."""
    years: dict[int, list[tuple[date, bool, str]]] = {}
    names = {holiday.value: holiday.chinese for holiday in published.Holiday}
    for day, name in published.holidays.items():
        years.setdefault(day.year, []).append((day, False, names.get(name, name)))
    for day, name in published.workdays.items():
        years.setdefault(day.year, []).append((day, True, f"{names.get(name, name)}调休上班"))
    return years


def _fill_rules(rule_model: Any, step_model: Any) -> None:
    missing = CODES - set(rule_model.objects.values_list("code", flat=True))
    if not missing:
        return
    versions = [version for version in VERSIONS if version.code in missing]
    rules = rule_model.objects.bulk_create(
        rule_model(
            code=version.code.value,
            name=str(version.code.label),
            basis=version.basis,
            length=version.length,
            unit=version.unit.value,
            extension_limit=version.extension_limit,
            valid_from=version.valid_from,
            valid_until=version.valid_until,
        )
        for version in versions
    )
    step_model.objects.bulk_create(
        step_model(rule_id=rule.pk, ordinal=place, kind=kind.value, role=role.value, **place_of(offset))
        for rule, version in zip(rules, versions, strict=True)
        for place, (kind, offset, role) in enumerate(version.ladder, start=1)
    )


def _fill_years(table_model: Any) -> None:
    known = set(table_model.objects.values_list("year", flat=True))
    table_model.objects.bulk_create(
        table_model(year=year, confirmed=True, source=SOURCE, days=as_stored(days))
        for year, days in sorted(published_years().items())
        if year not in known
    )


def as_stored(days: Iterable[tuple[date, bool, str]]) -> dict[str, list[Any]]:
    """Rows of a table as ``CalendarTable.days`` holds them, in order."""
    return {day.isoformat(): [works, note] for day, works, note in sorted(days)}
