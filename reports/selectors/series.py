"""The month's figures one month after another: as they were frozen where they were, as they count today where not.

Nothing is defined here. Each number is the one that the page of its month prints.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay

from accounts.actor import Actor
from accounts.enums import UnitKind
from accounts.models import Unit
from core.heavy import heavy_read
from core.timekeeping import SHANGHAI
from reports.periods import Month
from reports.rates import Rate
from reports.selectors.figures import Reading
from reports.selectors.frozen import REGISTERED, figure_of, latest_of, reading_for
from reports.selectors.lines import Lines, lines_of, lines_under
from reports.selectors.month import MonthFigures, add_volume, channel_figures, rate_of

MONTHS = 12
TIMELY = ("forwarding", "acceptance", "conclusion")


@dataclass(frozen=True)
class Series:
    """Twelve months, the last of them the one asked for, and the same months of the year before.

    ``rates``: of each of the twelve, the figures of timeliness by code.
    """

    months: list[MonthFigures]
    before: list[MonthFigures]
    rates: list[dict[str, Rate]]
    asked: Reading

    @property
    def frozen(self) -> int:
        """How many of the twelve are shown as they were frozen."""
        return sum(figures.freeze is not None for figures in self.months)


@heavy_read
def series(*, actor: Actor, unit: Unit, month: Month) -> Series:
    """As this actor may see it. Two queries for each month and one for each rate of one.

    Raises:
        Refusal: code ``"not_found"`` if the actor may not read that unit's figures.
    """
    months = month.up_to_here(MONTHS)
    before = [one.last_year for one in months]
    freezes = latest_of(unit, [*months, *before])
    now = [reading_for(actor, unit, one, freeze=freezes.get(one)) for one in months]
    then = [reading_for(actor, unit, one, freeze=freezes.get(one)) for one in before]
    return Series(
        months=[channel_figures(reading) for reading in now],
        before=[channel_figures(reading) for reading in then],
        rates=[{code: rate_of(code, reading) for code in TIMELY} for reading in now],
        asked=now[-1],
    )


@heavy_read
def by_hour(reading: Reading) -> dict[tuple[int, int], int]:
    """件次 registered in the month, by weekday (1: Monday) and hour of registration in Asia/Shanghai. One query."""
    figure = figure_of(REGISTERED, reading)
    rows = figure.counted(reading).annotate(
        on_day=ExtractIsoWeekDay(figure.moment, tzinfo=SHANGHAI),
        in_hour=ExtractHour(figure.moment, tzinfo=SHANGHAI),
    )
    counted = rows.values("on_day", "in_hour").annotate(n=Sum("counts")).order_by()
    return {(row["on_day"], row["in_hour"]): row["n"] for row in counted}


@heavy_read
def by_place(reading: Reading) -> tuple[MonthFigures, list[Unit]]:
    """The month by unit, and which of its lines are places: the towns of a district, the villages of a town. Three
    queries; no units for a unit that has no places below it."""
    figures = MonthFigures(month=reading.month, unit=reading.unit, made_at=reading.at, freeze=reading.freeze)
    figures.each_rating = reading.each_rating
    lines = lines_of(reading)
    figures.units.update(lines.children)
    add_volume(figures, reading, lines)
    return figures, _places(lines)


def places_of(unit: Unit) -> list[Unit]:
    """The towns of a district, the villages of a town, in the order of the tree. One query."""
    return _places(lines_under(unit))


def _places(lines: Lines) -> list[Unit]:
    kind = UnitKind.TOWN if lines.unit.kind == UnitKind.DISTRICT else UnitKind.VILLAGE
    return [unit for unit in lines.children.values() if unit.kind == kind and unit != lines.unit]
