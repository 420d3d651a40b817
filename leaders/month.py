"""Which days the rules make of a month. Pure: rules, calendar and month in, drafts with their reasons out."""

from __future__ import annotations

import calendar as weeks
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import Post
from core.errors import Refusal
from core.timekeeping import SHANGHAI, WEEKDAYS
from deadlines.working_calendar import LONGEST_BREAK, WorkingCalendar
from leaders.enums import HolidayMove, RulePattern
from leaders.models import DayRule, Site
from leaders.models.day_rules import LAST

ONE_DAY = timedelta(days=1)
#: Further than this nobody plans.
FIRST_YEAR, LAST_YEAR = 2020, 2099


@dataclass(frozen=True)
class Draft:
    """One date of one rule. ``on`` is None where the date is left out; ``reason`` says what moved it."""

    rule: DayRule
    nominal_on: date
    on: date | None
    post: Post
    site: Site
    reason: str

    @property
    def starts_at(self) -> datetime:
        assert self.on is not None
        return datetime.combine(self.on, self.rule.start, SHANGHAI)

    @property
    def ends_at(self) -> datetime:
        assert self.on is not None
        return datetime.combine(self.on, self.rule.end, SHANGHAI)


def month_of(text: str) -> tuple[int, int]:
    """2026-12 as (2026, 12). Raises Refusal: no month, or one that nobody plans."""
    year, _dash, month = text.partition("-")
    figures = (year + month).isascii() and year.isdecimal() and month.isdecimal()
    if figures and FIRST_YEAR <= int(year[:6]) <= LAST_YEAR and 1 <= int(month[:6]) <= 12:
        return int(year), int(month)
    raise Refusal(_("没有这个月份，请按“2026-12”的样子填写。"), code="invalid")


def draft_month(rules: Sequence[DayRule], year: int, month: int, calendar: WorkingCalendar) -> list[Draft]:
    """All dates whose nominal date falls in the month, earliest first.

    Raises Refusal: the calendar of a year that is needed has not been entered, so that nobody can say which days are
    worked.
    """
    drafts = [
        _draft(rule, step, day, calendar)
        for rule in rules
        for step, day in _numbered(rule)
        if (day.year, day.month) == (year, month)
    ]
    return sorted(drafts, key=lambda one: (one.on or one.nominal_on, one.rule.start, one.rule.pk or 0))


def nominal_dates(rule: DayRule, first: date, last: date) -> Iterator[date]:
    """The dates that the rule names from ``first`` to ``last``, without a look at holidays."""
    if rule.pattern == RulePattern.WEEKLY:
        day = first + timedelta(days=(rule.weekday - first.weekday()) % 7)
        while day <= last:
            yield day
            day += timedelta(days=7)
        return
    month = first.replace(day=1)
    while month <= last:
        day = _nth(month, rule.weekday, rule.nth or 1)
        if first <= day <= last:
            yield day
        month = (month + timedelta(days=32)).replace(day=1)


def _nth(month: date, weekday: int, nth: int) -> date:
    first = month + timedelta(days=(weekday - month.weekday()) % 7)
    if nth < LAST:
        return first + timedelta(weeks=nth - 1)
    last = month.replace(day=weeks.monthrange(month.year, month.month)[1])
    return last - timedelta(days=(last.weekday() - weekday) % 7)


def _numbered(rule: DayRule) -> Iterator[tuple[int, date]]:
    """Every date with its place in the turn, which is counted from the rule's first day on."""
    last = rule.valid_until or date(LAST_YEAR, 12, 31)
    return enumerate(nominal_dates(rule, rule.valid_from, last))


def _draft(rule: DayRule, step: int, day: date, calendar: WorkingCalendar) -> Draft:
    turns, places = list(rule.turns.all()), list(rule.places.all())
    if not turns or not places:
        raise Refusal(_("排班“%(rule)s”没有领导或场所。") % {"rule": rule.name}, code="invalid")
    on, reason = _worked(rule, day, calendar)
    post, site = turns[step % len(turns)].post, places[step % len(places)].site
    return Draft(rule, day, on, post, site, reason)


def _worked(rule: DayRule, day: date, calendar: WorkingCalendar) -> tuple[date | None, str]:
    if rule.holiday == HolidayMove.KEEP:
        return day, ""
    _require_year(calendar, day)
    if calendar.is_workday(day):
        note = calendar.note(day)
        return day, _("%(note)s，照常接访") % {"note": note} if note else ""
    words = {"day": _short(day), "why": calendar.note(day)}
    if rule.holiday == HolidayMove.SKIP:
        return None, _("%(day)s%(why)s，这一次不安排") % words
    back = rule.holiday == HolidayMove.BEFORE
    on = day
    for _step in range(LONGEST_BREAK):
        on += -ONE_DAY if back else ONE_DAY
        _require_year(calendar, on)
        if calendar.is_workday(on):
            break
    words |= {"to": _short(on)}
    if back:
        return on, _("%(day)s%(why)s，提前到%(to)s") % words
    return on, _("%(day)s%(why)s，顺延到%(to)s") % words


def _require_year(calendar: WorkingCalendar, day: date) -> None:
    if not calendar.is_confirmed(day):
        raise Refusal(
            _("%(year)d 年的工作日历还没有录入，无法知道哪些天上班，请先请系统管理员录入，再排这个月。")
            % {"year": day.year},
            code="stale",
        )


def _short(day: date) -> str:
    return f"{day.month}月{day.day}日（{WEEKDAYS[day.weekday()]}）"
