"""Every number of a month under the code of its line and of its indicator: what a CSV and a form of the upper level
take, so that both say what the page and the workbook say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from reports.definitions import BY_CODE
from reports.rates import NO_RATE, NOTHING, Rate
from reports.selectors.changes import VOLUMES
from reports.selectors.figures import MORE, RATES, SECTIONS
from reports.selectors.month import MonthFigures, Volume

#: The line of what is forwarded to nobody yet, where other lines have the unit's statistical code.
UNFORWARDED = "unforwarded"
ALL_RATES = ("repeat_rate", *RATES, *MORE, *SECTIONS["variants"])


@dataclass(frozen=True)
class MonthCell:
    """One indicator of one line. ``line``: the unit's statistical code, empty for the total; ``coded``: it has one.

    ``text``: as the workbook prints it; a dash where nothing is counted or the number is withheld. ``part``, ``whole``:
    of a rate, None where there is a dash."""

    name: str
    line: str
    coded: bool
    code: str
    text: str
    count: int | None = None
    part: int | None = None
    whole: int | None = None
    share: Decimal | None = None

    @property
    def indicator(self) -> str:
        return str(BY_CODE[self.code].name)


def line_keys(figures: MonthFigures) -> list[int | None]:
    """Keys of the lines below the total in the order of the tree; what is not forwarded yet comes last."""
    keys = set(figures.by_unit) | set(figures.rates_by_unit)
    return sorted(keys, key=lambda pk: (pk is None, figures.units[pk].path if pk in figures.units else ""))


def month_cells(figures: MonthFigures, *, every_line: bool = False) -> Iterator[MonthCell]:
    """The total, then the lines in the order of the page; what a frozen month did not count yet is left out.

    ``every_line``: those of units without any number, too."""
    yield from _of_line(_("合计"), "", figures.total, figures.rates, figures)
    idle = [key for key in figures.units if key not in line_keys(figures)] if every_line else []
    for key in [*line_keys(figures), *idle]:
        unit = figures.units.get(key)
        name, line = (unit.name, unit.code) if unit else (_("未转送"), UNFORWARDED)
        volume, rates = figures.by_unit.get(key, Volume()), figures.rates_by_unit.get(key, {})
        yield from _of_line(name, line, volume, rates, figures)


def _of_line(
    name: str, line: str, volume: Volume, rates: dict[str, Rate], figures: MonthFigures
) -> Iterator[MonthCell]:
    coded = bool(line) or volume is figures.total
    for code in VOLUMES:
        number = getattr(volume, code)
        yield MonthCell(name, line, coded, code, str(number), count=number)
    for code in ALL_RATES:
        if code == "repeat_rate":
            rate = volume.repeat_rate
        elif code in figures.rates:
            rate = rates.get(code, NO_RATE)
        else:
            continue
        if rate.whole:
            share = rate.value if type(rate) is Rate else None
            yield MonthCell(name, line, coded, code, rate.text, None, rate.part, rate.whole, share)
        else:
            yield MonthCell(name, line, coded, code, NOTHING)
