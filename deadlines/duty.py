"""Duty hours as a value: the minutes of a day that count for rules that do not run around the clock. No queries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from core.timekeeping import SHANGHAI
from deadlines.working_calendar import LONGEST_BREAK, ONE_DAY, CalendarBroken, WorkingCalendar

#: (first minute of the day, minute after the last).
Span = tuple[int, int]


@dataclass(frozen=True)
class DutyTime:
    """``spans`` in order, of working days or, with ``every_day``, of all; ``version`` the id of the row, ``whose`` the
    unit's name, nothing for the district's."""

    spans: Sequence[Span]
    every_day: bool = False
    version: int = 0
    whose: str = ""

    @property
    def words(self) -> str:
        """工作日08:30—12:00、14:00—17:30."""
        spans = "、".join(f"{_clock(first)}—{_clock(end)}" for first, end in self.spans)
        return f"{'每天' if self.every_day else '工作日'}{spans}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def shift(moment: datetime, delta: timedelta, duty: DutyTime, calendar: WorkingCalendar) -> datetime:
    """The moment by which ``delta`` of duty time has passed since ``moment``; before it where ``delta`` is negative.

    Nothing passes outside the hours: from midnight, a minute forward ends a minute after the hours begin. Raises
    CalendarBroken where no working day comes for two months.
    """
    moment = moment.astimezone(SHANGHAI)
    if not delta:
        return moment
    back, left = delta < timedelta(), abs(delta)
    for first, end in _stretches(moment, duty, calendar, back=back):
        length = end - first
        if length >= left:
            return end - left if back else first + left
        left -= length
    raise AssertionError("duty time has no end")


def between(first: datetime, last: datetime, duty: DutyTime, calendar: WorkingCalendar) -> timedelta:
    """How much duty time lies between two moments."""
    total = timedelta()
    for start, end in _stretches(first.astimezone(SHANGHAI), duty, calendar, back=False):
        if start >= last:
            break
        total += min(end, last) - start
    return total


def on_duty(moment: datetime, duty: DutyTime, calendar: WorkingCalendar) -> bool:
    """Whether the minute that begins then counts."""
    first, _ = next(_stretches(moment.astimezone(SHANGHAI), duty, calendar, back=False))
    return first == moment


def _stretches(
    moment: datetime, duty: DutyTime, calendar: WorkingCalendar, *, back: bool
) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of duty time after ``moment``, or before it, the nearest first; without an end."""
    day, idle = moment.date(), 0
    while True:
        works = duty.every_day or calendar.is_workday(day)
        idle = 0 if works else idle + 1
        if idle >= LONGEST_BREAK:
            raise CalendarBroken(
                f"工作日历在{day.isoformat()}前后连续{LONGEST_BREAK}天没有工作日，请检查日历数据。"
            )
        midnight = datetime.combine(day, time(), SHANGHAI)
        for first, end in (reversed(duty.spans) if back else duty.spans) if works else ():
            start, stop = midnight + timedelta(minutes=first), midnight + timedelta(minutes=end)
            start, stop = (start, min(stop, moment)) if back else (max(start, moment), stop)
            if start < stop:
                yield start, stop
        day += -ONE_DAY if back else ONE_DAY
