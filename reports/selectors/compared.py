"""The rates of a month beside those of the month before (环比) and of the same month of the year before (同比).

Months it is compared with are read as they were frozen, where they were, as the volumes are (``selectors.volumes``);
the others are counted today. One query for each rate of each of the two, and those that withholding of ratings needs:
pages count them only when asked to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.actor import Actor
from accounts.models import Unit
from core.heavy import heavy_read
from reports.periods import Month
from reports.rates import NO_RATE, Rate, Tally, points_text
from reports.selectors.figures import FIGURES
from reports.selectors.frozen import REGISTERED, latest_of, reading_for
from reports.selectors.month import MonthFigures, Volume, rate_figures


@dataclass(frozen=True)
class Beside:
    """One rate of one line in the three months; no rate where nothing is known, due or may be told."""

    code: str
    now: Rate
    before: Rate
    last_year: Rate

    @property
    def on_month(self) -> str:
        """环比, in percentage points or days."""
        return points_text(self.now, self.before)

    @property
    def on_year(self) -> str:
        """同比, in percentage points or days."""
        return points_text(self.now, self.last_year)


@dataclass(frozen=True)
class Compared:
    """The month asked for, the one before and the same of the year before, and which rates they are compared by."""

    now: MonthFigures
    before: MonthFigures
    last_year: MonthFigures
    codes: tuple[str, ...]

    @property
    def total(self) -> list[Beside]:
        return [Beside(code, *(_total(one, code) for one in self._months)) for code in self.codes]

    def line(self, key: int | None) -> list[Beside]:
        """Of one line of the month asked for, by the id of its unit."""
        return [Beside(code, *(_of_line(one, key, code) for one in self._months)) for code in self.codes]

    @property
    def _months(self) -> tuple[MonthFigures, MonthFigures, MonthFigures]:
        return self.now, self.before, self.last_year


@heavy_read
def compared(actor: Actor, unit: Unit, figures: MonthFigures, codes: Sequence[str]) -> Compared:
    """``figures`` beside the two months, as this actor may see them; ``codes``: what has no share or mean is left out.

    Raises:
        Refusal: code ``"not_found"`` if the actor may not read that unit's figures.
    """
    month = figures.month
    assert isinstance(month, Month)
    wanted = tuple(
        code
        for code in codes
        if not issubclass(FIGURES[code].adds, Tally) and (code == REGISTERED or code in figures.rates)
    )
    months = (month.previous, month.last_year)
    kept = latest_of(unit, months)
    before, last_year = (
        rate_figures(reading_for(actor, unit, one, freeze=kept.get(one)), wanted) for one in months
    )
    return Compared(figures, before, last_year, wanted)


def _total(figures: MonthFigures, code: str) -> Rate:
    if code == REGISTERED and code not in figures.rates:
        return figures.total.repeat_rate
    return figures.rates.get(code, NO_RATE)


def _of_line(figures: MonthFigures, key: int | None, code: str) -> Rate:
    if code == REGISTERED and code not in figures.rates:
        return figures.by_unit.get(key, Volume()).repeat_rate
    return figures.rates_by_unit.get(key, {}).get(code, NO_RATE)
