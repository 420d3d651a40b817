"""What a month would say today beside what was frozen: late data is shown next to the figure, never put into it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Unit
from core.heavy import heavy_read
from reports.definitions import BY_CODE
from reports.models import Freeze
from reports.periods import Month
from reports.rates import Rate, Tally
from reports.selectors.figures import FIGURES, RATES
from reports.selectors.frozen import reading_for
from reports.selectors.month import MonthFigures, Progress, Volume, month_figures
from reports.selectors.volumes import BY, Line, of_the_month

VOLUMES = ("count", "pieces", "batches", "heads", "mass_batches", "mass_heads", "repeats")


@dataclass(frozen=True)
class Change:
    """One number that is another one today. ``line``: the unit's label, or the total's."""

    line: str
    name: str
    frozen: str
    today: str


@heavy_read
def restated(
    actor: Actor,
    unit: Unit,
    freeze: Freeze,
    codes: Sequence[str] = RATES,
    *,
    tick: Progress = lambda percent: None,
) -> tuple[MonthFigures, list[Change]]:
    """The month as it was frozen, and every number of it that is counted otherwise today: of the volumes, also told
    apart by channel, category, purpose, path, place and first or repeated, and of the rates ``codes`` kept then."""
    month = Month.of(freeze.month)
    kept = month_figures(actor=actor, unit=unit, month=month, freeze=freeze, codes=codes, tick=tick)
    today = month_figures(actor=actor, unit=unit, month=month, codes=tuple(kept.rates), tick=tick)
    readings = (reading_for(actor, unit, month, freeze=one) for one in (freeze, None))
    return kept, [*_changes(kept, today), *_apart(*map(of_the_month, readings))]


def _changes(kept: MonthFigures, today: MonthFigures) -> Iterator[Change]:
    units = today.units | kept.units  # called as the frozen page calls them
    lines: list[int | None] = sorted(
        {*kept.by_unit, *today.by_unit, *kept.rates_by_unit, *today.rates_by_unit},
        key=lambda pk: (pk is None, units[pk].path if pk in units else ""),
    )
    yield from _of_line(_("合计"), (kept.total, kept.rates), (today.total, today.rates), kept.each_rating)
    if kept.unreached != today.unreached:
        yield Change(_("合计"), str(BY_CODE["unreached"].name), f"{kept.unreached:,}", f"{today.unreached:,}")
    for pk in lines:
        name = units[pk].label if pk in units else _("未转送")
        before, after = (
            (figures.by_unit.get(pk, Volume()), figures.rates_by_unit.get(pk, {}))
            for figures in (kept, today)
        )
        yield from _of_line(name, before, after, kept.each_rating)


def _apart(kept: dict[str, list[Line]], today: dict[str, list[Line]]) -> Iterator[Change]:
    """件次 by each way to tell them apart that the frozen month can answer by."""
    for code, lines in kept.items():
        was = {line.key: line for line in lines}
        for line in (*lines, *(one for one in today[code] if one.key not in was)):
            after = next((one.now for one in today[code] if one.key == line.key), 0)
            before = was[line.key].now if line.key in was else 0
            if before != after:
                yield Change(
                    f"{BY[code].name}：{line.name}", str(BY_CODE["count"].name), f"{before:,}", f"{after:,}"
                )


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
    for code in dict.fromkeys((*before[1], *after[1])):
        if FIGURES[code].of_ratings and not each_rating:
            continue  # two sums that differ by one rating would tell it
        nothing = FIGURES[code].adds(0, 0)
        one, other = before[1].get(code, nothing), after[1].get(code, nothing)
        if one != other:
            yield Change(line, str(BY_CODE[code].name), _printed(one), _printed(other))


def _printed(rate: Rate) -> str:
    if not rate.whole or isinstance(rate, Tally):
        return rate.text
    return f"{rate.text}（{rate.part:,}/{rate.whole:,}）"
