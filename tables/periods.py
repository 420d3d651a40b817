"""Which days a table counts, and when its next turn is. Days are days in Asia/Shanghai."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from core.errors import Refusal
from core.timekeeping import SHANGHAI
from reports.periods import FIRST_YEAR, Month
from tables.enums import Every, Period

#: A table counts a year at most: what is longer is a report of several.
LONGEST_DAYS = 366
LAST_YEAR = 9998


@dataclass(frozen=True)
class Span:
    """Whole days, the first and the last included; ``start`` to ``end`` is the half-open span of their instants."""

    first_day: date
    last_day: date

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first_day, time.min, SHANGHAI)

    @property
    def end(self) -> datetime:
        return datetime.combine(self.last_day + timedelta(days=1), time.min, SHANGHAI)

    @property
    def month(self) -> Month | None:
        """The month that this is, from its first day to its last."""
        whole = Month.of(self.first_day)
        return whole if (self.start, self.end) == (whole.start, whole.end) else None

    @property
    def months(self) -> list[Month]:
        """Every month that a day of it is in."""
        found = [Month.of(self.first_day)]
        while found[-1].end < self.end:
            found.append(found[-1].next)
        return found

    @property
    def label(self) -> str:
        if self.month is not None:
            return self.month.label
        return _("%(first)s 至 %(last)s") % {"first": self.first_day, "last": self.last_day}


def span_of(period: str, day: date, since: date | None = None, until: date | None = None) -> Span:
    """The days that a period means on ``day``.

    Raises:
        Refusal: fixed days that are missing, the wrong way round, before 2000, or more than a year.
    """
    this = Month.of(day)
    if period == Period.THIS_MONTH:
        return Span(this.first_day, this.next.first_day - timedelta(days=1))
    if period == Period.LAST_MONTH:
        return Span(this.previous.first_day, this.first_day - timedelta(days=1))
    if period == Period.LAST_WEEK:
        monday = day - timedelta(days=day.weekday())
        return Span(monday - timedelta(days=7), monday - timedelta(days=1))
    if period == Period.THIS_YEAR:
        return Span(date(day.year, 1, 1), day)
    if period == Period.LAST_YEAR:
        return Span(date(day.year - 1, 1, 1), date(day.year - 1, 12, 31))
    return _fixed(since, until)


def _fixed(since: date | None, until: date | None) -> Span:
    if since is None or until is None:
        raise Refusal(_("请填写开始日期和结束日期。"), code="invalid")
    if not since.year >= FIRST_YEAR or not until.year <= LAST_YEAR:
        raise Refusal(_("日期请填 2000 年以后的。"), code="invalid")
    if since > until:
        raise Refusal(_("结束日期不能早于开始日期。"), code="invalid")
    if (until - since).days >= LONGEST_DAYS:
        raise Refusal(_("一张表最多统计一年（366 天），请缩短起止日期，或分成几张表。"), code="invalid")
    return Span(since, until)


def turn_on(every: str, weekday: int, day: int, hour: int, month_of: date) -> datetime:
    """The turn of the week or month that ``month_of`` is in; in a month without that day on its last one."""
    if every == Every.WEEK:
        on = month_of - timedelta(days=month_of.weekday()) + timedelta(days=weekday)
    else:
        on = month_of.replace(day=min(day, monthrange(month_of.year, month_of.month)[1]))
    return datetime.combine(on, time(hour), SHANGHAI)


def next_turn(every: str, weekday: int, day: int, hour: int, after: datetime) -> datetime:
    """The first turn later than ``after``."""
    return min(turn for turn in _turns_around(every, weekday, day, hour, after) if turn > after)


def last_turn(every: str, weekday: int, day: int, hour: int, at: datetime) -> datetime:
    """The latest turn that is not later than ``at``."""
    return max(turn for turn in _turns_around(every, weekday, day, hour, at) if turn <= at)


def _turns_around(every: str, weekday: int, day: int, hour: int, at: datetime) -> list[datetime]:
    """Of the week or month before, of this one and of the next."""
    today = at.astimezone(SHANGHAI).date()
    if every == Every.WEEK:
        days = [today - timedelta(days=7), today, today + timedelta(days=7)]
    else:
        this = Month.of(today)
        days = [this.previous.first_day, this.first_day, this.next.first_day]
    return [turn_on(every, weekday, day, hour, one) for one in days]
