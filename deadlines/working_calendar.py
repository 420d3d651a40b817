"""The working calendar as a value: pure look-ups, no queries.

A year without a confirmed table counts as plain weeks with the statutory holidays that have a fixed date in
the solar calendar. Left out there: Spring Festival, Tomb-sweeping Day, Dragon Boat and Mid-autumn festivals
(their dates move), and every make-up working day (调休), which nobody can compute. Dates that lean on such a
year are 暂定.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

#: 《全国年节及纪念日放假办法》 (State Council order 795, since 2025), those with a fixed solar date.
FIXED_HOLIDAYS: Mapping[tuple[int, int], str] = {
    (1, 1): "元旦",
    (5, 1): "劳动节",
    (5, 2): "劳动节",
    (10, 1): "国庆节",
    (10, 2): "国庆节",
    (10, 3): "国庆节",
}
#: No holiday in any published notice comes near this; a longer run of days off means a broken table.
LONGEST_BREAK = 60
#: A table that makes so many days off in a row is refused; the longest of any notice has ten.
BROKEN_BREAK = 30
ONE_DAY = timedelta(days=1)


class CalendarBroken(ValueError):
    """The calendar has no working day for two months: its table is wrong, and counting on would never end."""


@dataclass(frozen=True)
class WorkingCalendar:
    """Exceptions in ``days``: day → (works, note). ``confirmed_years`` have a published table."""

    days: Mapping[date, tuple[bool, str]] = field(default_factory=dict)
    confirmed_years: frozenset[int] = frozenset()
    #: The id of the newest table in it; 0 where none was entered.
    version: int = 0
    #: What cannot be read in its tables, in sentences; such a year is not confirmed.
    unreadable: Sequence[str] = ()

    def is_confirmed(self, day: date) -> bool:
        return day.year in self.confirmed_years

    def is_workday(self, day: date) -> bool:
        row = self.days.get(day)
        if row is not None:
            return row[0]
        if not self.is_confirmed(day) and (day.month, day.day) in FIXED_HOLIDAYS:
            return False
        return day.weekday() < 5

    def note(self, day: date) -> str:
        """Why the day is what it is: a holiday's name, 调休上班, 周末; nothing for a plain working day."""
        row = self.days.get(day)
        if row is not None:
            return row[1] or ("调休上班" if row[0] else "放假")
        if not self.is_confirmed(day) and (day.month, day.day) in FIXED_HOLIDAYS:
            return FIXED_HOLIDAYS[day.month, day.day]
        return "" if day.weekday() < 5 else "周末"

    def first_workday_from(self, day: date) -> date:
        """The day itself if people work on it, else the next day on which they do. Raises CalendarBroken."""
        for offset in range(LONGEST_BREAK):
            if self.is_workday(day + offset * ONE_DAY):
                return day + offset * ONE_DAY
        raise CalendarBroken(
            f"工作日历自{day.isoformat()}起连续{LONGEST_BREAK}天没有工作日，请检查日历数据。"
        )

    def plain(self) -> WorkingCalendar:
        """What counts where the tables cannot: plain weeks and the holidays of a fixed date."""
        return WorkingCalendar(version=self.version)

    def long_break(self, year: int) -> tuple[date, int] | None:
        """The first run of ``BROKEN_BREAK`` or more days off with a day in that year: from which day, and how long."""
        first, last = date(year, 1, 1), date(year, 12, 31)
        day = first - LONGEST_BREAK * ONE_DAY
        while day <= last:
            run = 0
            while run < 366 and not self.is_workday(day + run * ONE_DAY):
                run += 1
            if run >= BROKEN_BREAK and day + run * ONE_DAY > first:
                return day, run
            day += (run or 1) * ONE_DAY
        return None

    @cached_property
    def faults(self) -> Sequence[str]:
        """What is wrong with the tables that were entered, in sentences: dates that lean on them are counted otherwise
        and marked 暂定."""
        found = {self.long_break(year) for year in {day.year for day in self.days}} - {None}
        runs = (f"自{one[0].isoformat()}起连续{one[1]}天没有工作日。" for one in sorted(filter(None, found)))
        return (*self.unreadable, *runs)
