"""When offices work: moments are moved into office hours of working days. Asia/Shanghai throughout."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from core.timekeeping import SHANGHAI
from deadlines.working_calendar import WorkingCalendar

OPENS, CLOSES = time(8, 30), time(17, 30)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Office:
    calendar: WorkingCalendar

    def open_at(self, moment: datetime, rng: Random) -> datetime:
        """The moment itself in office hours, else some time after the doors open next."""
        local = moment.astimezone(SHANGHAI)
        if self.calendar.is_workday(local.date()) and OPENS <= local.time() < CLOSES:
            return local
        day = local.date() if local.time() < OPENS else local.date() + DAY
        return self.on(self.calendar.first_workday_from(day), rng, within_minutes=150)

    def on(self, day: date, rng: Random, *, within_minutes: int = 500) -> datetime:
        """Some moment in the first ``within_minutes`` of that day's office hours."""
        start = datetime.combine(day, OPENS, SHANGHAI)
        return start + timedelta(seconds=rng.randint(60, within_minutes * 60))

    def days_after(self, moment: datetime, rng: Random, low: float, high: float) -> datetime:
        """``low`` to ``high`` calendar days later, in office hours."""
        wanted = moment + timedelta(days=rng.uniform(low, high))
        return max(self.open_at(wanted, rng), moment + timedelta(minutes=3))

    def day_after(self, moment: datetime, workdays: int) -> datetime:
        """Noon of the given working day after a moment."""
        day = moment.astimezone(SHANGHAI).date()
        for _step in range(workdays):
            day = self.calendar.first_workday_from(day + DAY)
        return datetime.combine(day, time(12), SHANGHAI)

    def workdays_after(self, moment: datetime, rng: Random, low: int, high: int) -> datetime:
        """``low`` to ``high`` working days later, in office hours."""
        day = moment.astimezone(SHANGHAI).date()
        for _step in range(rng.randint(low, high)):
            day = self.calendar.first_workday_from(day + DAY)
        if day == moment.astimezone(SHANGHAI).date():
            return self.open_at(moment + timedelta(minutes=rng.randint(20, 180)), rng)
        return self.on(day, rng)
