"""A month, a quarter or a year of figures, as half-open spans of instants in Asia/Shanghai."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from core.errors import Refusal
from core.timekeeping import SHANGHAI, local_day

FIRST_YEAR, LAST_YEAR = 2000, 9998


@dataclass(frozen=True)
class Period:
    """From the first month, ``months`` long; ``start`` included, ``end`` not."""

    year: int
    month: int
    months: int

    @property
    def start(self) -> datetime:
        return datetime(self.year, self.month, 1, tzinfo=SHANGHAI)

    @property
    def end(self) -> datetime:
        count = self.month - 1 + self.months
        return datetime(self.year + count // 12, count % 12 + 1, 1, tzinfo=SHANGHAI)

    def __str__(self) -> str:
        if self.months == 12:
            return f"{self.year:04d}"
        if self.months == 3:
            return f"{self.year:04d}-Q{(self.month + 2) // 3}"
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def label(self) -> str:
        if self.months == 12:
            return _("%(year)d年") % {"year": self.year}
        if self.months == 3:
            return _("%(year)d年第%(quarter)d季度") % {"year": self.year, "quarter": (self.month + 2) // 3}
        return _("%(year)d年%(month)d月") % {"year": self.year, "month": self.month}


def parse(text: str) -> Period:
    """From ``2026-10``, ``2026-Q4`` or ``2026``. Raises Refusal: none of these, or before the year 2000."""
    found = re.fullmatch(r"([0-9]{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?", text.strip().upper())
    if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise Refusal(_("请写成 2026-10（月）、2026-Q4（季度）或者 2026（年）。"), code="invalid")
    year = int(found[1])
    if found[2]:
        return Period(year, int(found[2]) * 3 - 2, 3)
    return Period(year, int(found[3]), 1) if found[3] else Period(year, 1, 12)


def of(at: datetime) -> Period:
    """The year it is."""
    return Period(local_day(at).year, 1, 12)
