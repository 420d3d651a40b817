"""What a month would say today beside what was frozen: late data is shown next to the figure, never put into it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Unit
from reports.definitions import BY_CODE
from reports.models import Freeze
from reports.periods import Month
from reports.rates import NO_RATE, Rate
from reports.selectors.figures import FIGURES, RATES
from reports.selectors.month import MonthFigures, Volume, month_figures

VOLUMES = ("count", "pieces", "batches", "heads", "mass_batches", "mass_heads", "repeats")


@dataclass(frozen=True)
class Change:
    """One number that is another one today. ``line``: the unit's label, or the total's."""

    line: str
    name: str
    frozen: str
    today: str


def restated(actor: Actor, unit: Unit, freeze: Freeze) -> tuple[MonthFigures, list[Change]]:
    """The month as it was frozen, and every number of it that is counted otherwise today."""
    month = Month.of(freeze.month)
    kept = month_figures(actor=actor, unit=unit, month=month, freeze=freeze)
    return kept, list(_changes(kept, month_figures(actor=actor, unit=unit, month=month)))


def _changes(kept: MonthFigures, today: MonthFigures) -> Iterator[Change]:
    lines: list[int | None] = sorted(
        {*kept.by_unit, *today.by_unit, *kept.rates_by_unit, *today.rates_by_unit},
        key=lambda pk: (pk is None, today.units[pk].path if pk in today.units else ""),
    )
    yield from _of_line(_("合计"), (kept.total, kept.rates), (today.total, today.rates), kept.each_rating)
    for pk in lines:
        name = today.units[pk].label if pk in today.units else _("未转送")
        before, after = (
            (figures.by_unit.get(pk, Volume()), figures.rates_by_unit.get(pk, {}))
            for figures in (kept, today)
        )
        yield from _of_line(name, before, after, kept.each_rating)


def _of_line(
    line: str,
    before: tuple[Volume, dict[str, Rate]],
    after: tuple[Volume, dict[str, Rate]],
    each_rating: bool,
) -> Iterator[Change]:
    for code in VOLUMES:
        old, new = getattr(before[0], code), getattr(after[0], code)
        if old != new:
            yield Change(line, str(BY_CODE[code].name), f"{old:,}", f"{new:,}")
    for code in RATES:
        if FIGURES[code].of_ratings and not each_rating:
            continue  # two sums that differ by one rating would tell it
        one, other = before[1].get(code, NO_RATE), after[1].get(code, NO_RATE)
        if one != other:
            yield Change(line, str(BY_CODE[code].name), _printed(one), _printed(other))


def _printed(rate: Rate) -> str:
    return f"{rate.text}（{rate.part:,}/{rate.whole:,}）" if rate.whole else rate.text
