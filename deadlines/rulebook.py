"""All rules, their ladders and the calendar as one value, kept in the process as long as nothing changed.

Database triggers put a fresh stamp on ``deadlines_edition`` with every change to those tables, whoever makes
it. One tiny query compares the stamp; a stamp is random, so one seen in a transaction that is rolled back
never comes again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import F

from core.bulk import once
from core.timekeeping import local_day
from deadlines.arithmetic import CountingError, day_text
from deadlines.duty import DutyTime
from deadlines.facts import UNIT, Facts, closeness, hold
from deadlines.models import CalendarTable, DutyHours, Rule, RuleStep
from deadlines.working_calendar import WorkingCalendar

NO_FACTS: Facts = {}


@dataclass(frozen=True)
class Rulebook:
    """``by_code``: the versions of a code, those that come closest to a matter first, each in the order of its days."""

    stamp: str
    by_code: Mapping[str, Sequence[Rule]]
    by_id: Mapping[int, Rule]
    ladders: Mapping[int, Sequence[RuleStep]]
    calendar: WorkingCalendar
    #: By id, all that were ever entered, and by unit those in force; the district's under None.
    duty: Mapping[int, DutyTime] = field(default_factory=dict)
    duty_of: Mapping[int | None, DutyTime] = field(default_factory=dict)
    #: Acts that start a clock of the district's own codes → those codes; and the acts that stop one.
    own_starts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    own_stops: frozenset[str] = frozenset()

    def rule(self, code: str, at: datetime, facts: Facts = NO_FACTS) -> Rule:
        """The version of a rule under which a clock starting at that moment runs. Raises CountingError."""
        if (rule := self.in_force(code, at, facts)) is not None:
            return rule
        versions = self.by_code.get(code)
        if not versions:
            raise CountingError(
                f"没有代码为“{code}”的期限规则。现有规则：{'、'.join(sorted(self.by_code))}。"
            )
        raise CountingError(f"“{versions[0].name}”（{code}）在{day_text(local_day(at))}没有有效的规则。")

    def in_force(self, code: str, at: datetime, facts: Facts = NO_FACTS) -> Rule | None:
        """The version in force on that day that comes closest to ``facts``, or None: an order of the district may
        begin, end or not exist. Without facts the one without conditions."""
        day = local_day(at)
        for rule in self.by_code.get(code, ()):
            holds = rule.valid_from <= day and (rule.valid_until is None or day < rule.valid_until)
            if holds and rule.replaced_at is None and hold(rule.conditions, facts):
                return rule
        return None

    def has_conditions(self, code: str) -> bool:
        """Whether any version of the code holds for some matters only."""
        return any(rule.conditions and rule.replaced_at is None for rule in self.by_code.get(code, ()))

    def duty_for(self, rule: Rule, facts: Facts, kept: int | None = None) -> DutyTime | None:
        """The hours by which a clock under ``rule`` counts: those it started under, else those of its unit (``facts``),
        else the district's. None where nights count. Raises CountingError where none were entered."""
        if not rule.on_duty:
            return None
        if kept is not None and kept in self.duty:
            return self.duty[kept]
        unit = facts.get(UNIT, "")
        found = self.duty_of.get(int(unit)) if unit.isdecimal() else None
        found = found or self.duty_of.get(None)
        if found is None:
            raise CountingError("还没有登记办公时间，按办公时间计的期限无法计算。")
        return found

    def ladder(self, rule_id: int) -> Sequence[RuleStep]:
        """The rungs of a rule in the order in which they fall due; shares of the time first (``ladder.in_order``)."""
        return self.ladders.get(rule_id, ())


_kept: dict[str, Rulebook] = {}


def rulebook() -> Rulebook:
    """The rules and the calendar as they stand. One query when nothing changed, five when something did."""
    return once("rulebook", _as_it_stands)


def _as_it_stands() -> Rulebook:
    with connection.cursor() as cursor:
        cursor.execute("SELECT stamp::text FROM deadlines_edition")
        row = cursor.fetchone()
    stamp = row[0]
    book = _kept.get(stamp)
    if book is None:
        book = _read(stamp)
        _kept.clear()
        _kept[stamp] = book
    return book


def _read(stamp: str) -> Rulebook:
    rules = list(Rule.objects.order_by("code", "valid_from"))
    by_code: dict[str, list[Rule]] = {}
    for rule in rules:
        by_code.setdefault(rule.code, []).append(rule)
    for versions in by_code.values():
        # Stable: within the same conditions the order of their days stays.
        versions.sort(key=lambda rule: closeness(rule.conditions))
    ladders: dict[int, list[RuleStep]] = {}
    for step in RuleStep.objects.order_by("rule_id", F("offset_minutes").asc(nulls_first=True), "ordinal"):
        ladders.setdefault(step.rule_id, []).append(step)
    duty, duty_of = _read_duty()
    return Rulebook(
        stamp,
        by_code,
        {rule.pk: rule for rule in rules},
        ladders,
        read_calendar(),
        duty,
        duty_of,
        _own_starts(rules),
        frozenset(act for rule in rules for act in rule.stop_acts),
    )


def _own_starts(rules: Iterable[Rule]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for rule in rules:
        for act in rule.start_acts:
            found.setdefault(act, set()).add(rule.code)
    return {act: frozenset(codes) for act, codes in found.items()}


def _read_duty() -> tuple[dict[int, DutyTime], dict[int | None, DutyTime]]:
    """All duty hours by id, and the last of each unit; one that a unit gave up again is in neither."""
    duty: dict[int, DutyTime] = {}
    duty_of: dict[int | None, DutyTime] = {}
    for row in DutyHours.objects.select_related("unit").order_by("pk"):
        duty_of.pop(row.unit_id, None)
        if spans := _spans(row):
            found = DutyTime(spans, row.every_day, row.pk, row.unit.label if row.unit else "")
            duty[row.pk] = duty_of[row.unit_id] = found
    return duty, duty_of


def _spans(row: DutyHours) -> tuple[tuple[int, int], ...]:
    """None where they cannot be read: the district's hours count for that unit then."""
    try:
        spans = tuple((_minute(first), _minute(end)) for first, end in row.spans)
    except (AttributeError, TypeError, ValueError):
        return ()
    return spans if all(0 <= first < end <= 24 * 60 for first, end in spans) else ()


def _minute(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def read_calendar(version: int | None = None) -> WorkingCalendar:
    """The calendar as it stands or, given the id of its newest table then, as it stood; not kept. One query."""
    tables = CalendarTable.objects.order_by("year", "-pk").distinct("year")
    if version is not None:
        tables = tables.filter(pk__lte=version)
    return calendar_of(tables)


def calendar_of(tables: Iterable[CalendarTable]) -> WorkingCalendar:
    """The calendar that these tables, one of each year, make together."""
    rows, unreadable = list(tables), []
    days: dict[date, tuple[bool, str]] = {}
    confirmed = set()
    for row in rows:
        found, wrong = days_of(row)
        days |= found
        unreadable += [f"{row.year}年的日历表里，“{day}”读不出来，没有计入。" for day in wrong]
        if row.confirmed and not wrong:
            confirmed.add(row.year)
    version = max((row.pk or 0 for row in rows), default=0)
    return WorkingCalendar(days, frozenset(confirmed), version, tuple(unreadable))


def days_of(table: CalendarTable) -> tuple[dict[date, tuple[bool, str]], list[str]]:
    """The days of a table, and those of its entries that are none: a statement past the door may have written
    anything, and one wrong entry must not stop the clocks of all other years."""
    days: dict[date, tuple[bool, str]] = {}
    wrong = []
    entries: Iterable[tuple[str, Any]] = (
        table.days.items() if isinstance(table.days, dict) else [(str(table.days)[:20], None)]
    )
    for text, entry in entries:
        try:
            day, (works, note) = date.fromisoformat(text), entry
        except (TypeError, ValueError):
            wrong.append(text)
            continue
        if day.year == table.year and isinstance(works, bool):
            days[day] = (works, str(note))
        else:
            wrong.append(text)
    return days, wrong
