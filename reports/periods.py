"""Months as half-open spans of instants in Asia/Shanghai."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from core.errors import Refusal
from core.timekeeping import SHANGHAI

FIRST_YEAR = 2000


@dataclass(frozen=True)
class Span:
    """Any span of instants: ``start`` included, ``end`` not."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Month:
    """``start`` included, ``end`` (the first instant of the next month) not."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """From ``2026-10``.

        Raises:
            Refusal: not a month, or before the year 2000.
        """
        found = re.fullmatch(r"(\d{4})-(\d{2})", text.strip())
        if (
            found is None
            or not 1 <= int(found[2]) <= 12
            or int(found[1]) < FIRST_YEAR
            or int(found[1]) > 9998
        ):
            raise Refusal(_("月份请写成 2026-10 这样。"), code="invalid")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def start(self) -> datetime:
        return datetime(self.year, self.month, 1, tzinfo=SHANGHAI)

    @property
    def end(self) -> datetime:
        return self.next.start

    @property
    def next(self) -> Month:
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def previous(self) -> Month:
        return Month(self.year - (self.month == 1), 12 if self.month == 1 else self.month - 1)

    @property
    def last_year(self) -> Month:
        return Month(self.year - 1, self.month)

    def up_to_here(self, count: int) -> list[Month]:
        """So many months, this one the last."""
        months = [self]
        while len(months) < count:
            months.append(months[-1].previous)
        return months[::-1]

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def label(self) -> str:
        return _("%(year)d年%(month)d月") % {"year": self.year, "month": self.month}


@dataclass(frozen=True)
class Year:
    """A calendar year in Asia/Shanghai; ``start`` included, ``end`` (the first instant of the next one) not."""

    year: int

    @classmethod
    def parse(cls, text: str) -> Year:
        """From ``2026``. Raises Refusal: not a year, or before the year 2000."""
        if not re.fullmatch(r"[0-9]{4}", text.strip()) or not FIRST_YEAR <= int(text) <= 9998:
            raise Refusal(_("年份请写成 2026 这样。"), code="invalid")
        return cls(int(text))

    @property
    def first_day(self) -> date:
        return date(self.year, 1, 1)

    @property
    def start(self) -> datetime:
        return datetime(self.year, 1, 1, tzinfo=SHANGHAI)

    @property
    def end(self) -> datetime:
        return self.next.start

    @property
    def next(self) -> Year:
        return Year(self.year + 1)

    @property
    def previous(self) -> Year:
        return Year(self.year - 1)

    def __str__(self) -> str:
        return f"{self.year:04d}"

    @property
    def label(self) -> str:
        return _("%(year)d年") % {"year": self.year}
