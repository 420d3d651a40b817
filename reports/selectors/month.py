"""The figures of a month, added up from the cases the reader may see.

What each rate counts is said once, in ``selectors.figures``; page, workbook and list take it from there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Unit
from core.heavy import heavy_read
from core.timekeeping import local_day, now
from petitions.enums import Channel
from petitions.querysets import mass_visits
from reports.models import Freeze
from reports.periods import Month, Year
from reports.rates import NO_RATE, Rate
from reports.selectors.figures import (
    FIGURES,
    RATES,
    VISITS,
    Figure,
    Reading,
    district_reading,
    registered,
)
from reports.selectors.frozen import REGISTERED, figure_of, kept, reading_for
from reports.selectors.lines import Lines, lines_of
from reports.selectors.withholding import told, withholds

Progress = Callable[[int], None]


@dataclass
class Volume:
    """Counts of one cell, in their own units: 件, 批, 人次 and 件次 are never added to each other by hand."""

    pieces: int = 0
    batches: int = 0
    heads: int = 0
    mass_batches: int = 0
    mass_heads: int = 0
    repeats: int = 0

    @property
    def count(self) -> int:
        """件次: pieces and batches."""
        return self.pieces + self.batches

    def add(self, other: Volume) -> None:
        self.pieces += other.pieces
        self.batches += other.batches
        self.heads += other.heads
        self.mass_batches += other.mass_batches
        self.mass_heads += other.mass_heads
        self.repeats += other.repeats

    @property
    def repeat_rate(self) -> Rate:
        return Rate(self.repeats, self.count)


@dataclass(frozen=True)
class Cell:
    """One line of the volume table: a unit (None: not forwarded yet), a channel, a first-level category."""

    unit: Unit | None
    channel: Channel
    category: str
    volume: Volume


@dataclass
class MonthFigures:
    month: Month | Year
    unit: Unit
    made_at: datetime
    cells: list[Cell] = field(default_factory=list)
    total: Volume = field(default_factory=Volume)
    by_unit: dict[int | None, Volume] = field(default_factory=dict)
    units: dict[int | None, Unit] = field(default_factory=dict)
    by_channel: dict[Channel, Volume] = field(default_factory=dict)
    rates: dict[str, Rate] = field(default_factory=dict)
    rates_by_unit: dict[int | None, dict[str, Rate]] = field(default_factory=dict)
    unreached: int = 0
    provisional: set[str] = field(default_factory=set)
    """Codes of rates that will be others when more time has passed (暂定)."""
    each_rating: bool = True
    """The reader may be told which case was rated how, and not only the sums."""
    charge_only: bool = False
    """A leader's figures: what is in the leader's charge, not all of the unit in the title."""
    freeze: Freeze | None = None
    """As they were frozen, not as they are counted today."""

    @property
    def heading(self) -> str:
        """Unit, what of it, month: 清江县（分管范围） 2026年9月."""
        part = _("（分管范围）") if self.charge_only else ""
        return f"{self.unit.name}{part} {self.month.label}"


@heavy_read
def month_figures(
    *,
    actor: Actor,
    unit: Unit,
    month: Month,
    freeze: Freeze | None = None,
    codes: Sequence[str] = RATES,
    tick: Progress = lambda percent: None,
) -> MonthFigures:
    """The volumes and the rates ``codes`` of a month for a unit and what is below it, as this actor may see them; as
    they were frozen where ``freeze`` is given.

    Raises:
        Refusal: code ``"not_found"`` if the actor may not read that unit's figures.
    """
    figures = count_figures(reading_for(actor, unit, month, freeze=freeze), codes=codes, tick=tick)
    figures.charge_only = actor.role == Role.LEADER
    return figures


def district_figures(*, unit: Unit, month: Month, codes: Sequence[str] = RATES) -> MonthFigures:
    """The same for the command line: every case but the sealed."""
    return count_figures(district_reading(unit, month), codes=codes)


def count_figures(
    reading: Reading, *, codes: Sequence[str] = RATES, tick: Progress = lambda percent: None
) -> MonthFigures:
    """One query for the volumes, one for each rate, one for the units."""
    figures = MonthFigures(month=reading.month, unit=reading.unit, made_at=reading.at, freeze=reading.freeze)
    figures.each_rating = reading.each_rating
    lines = lines_of(reading)
    figures.units.update(lines.children)
    add_volume(figures, reading, lines)
    for done, code in enumerate(codes, start=1):
        tick(40 + 50 * done // len(codes))
        if not _kept_then(code, reading):
            continue
        _add_rates(figures, figure_of(code, reading), reading, lines)
    figures.unreached = figure_of("unreached", reading).counted(reading).count()
    return figures


def _kept_then(code: str, reading: Reading) -> bool:
    """A month that was frozen before a figure was defined says nothing of it: neither 0 nor a dash of no cases."""
    return reading.freeze is None or any(one["code"] == code for one in reading.freeze.definitions)


def add_volume(
    figures: MonthFigures, reading: Reading, lines: Lines, then: Mapping[int, Lines] | None = None
) -> None:
    """Add what was registered in the month or year of ``reading`` to what is counted already. One query.

    ``then``: of several months that were frozen, the lines of each, by the id of the freeze. ``figures.units`` names
    the units of all lines."""
    apart = ("freeze_id",) if then else ()
    grouped = _registered_by(reading, "of_unit", "channel", "level1", *apart)
    cells: dict[tuple[int | None, str, str], Volume] = {
        (cell.unit.pk if cell.unit else None, cell.channel, cell.category): cell.volume
        for cell in figures.cells
    }
    for row in grouped:
        volume = _volume_of(row)
        unit_id = (then[row["freeze_id"]] if then else lines).of(row["of_unit"])
        cells.setdefault((unit_id, row["channel"], row["level1"] or _("未分类")), Volume()).add(volume)
        figures.total.add(volume)
        figures.by_unit.setdefault(unit_id, Volume()).add(volume)
        figures.by_channel.setdefault(Channel(row["channel"]), Volume()).add(volume)
    order = list(figures.units)
    figures.cells = [
        Cell(figures.units.get(unit_id) if unit_id else None, Channel(channel), level1, volume)
        for (unit_id, channel, level1), volume in sorted(
            cells.items(), key=lambda c: (order.index(c[0][0]) if c[0][0] in order else -1, c[0][1], c[0][2])
        )
    ]


def channel_figures(reading: Reading) -> MonthFigures:
    """The total and the channels alone, for lines of many months. One query."""
    figures = MonthFigures(month=reading.month, unit=reading.unit, made_at=reading.at, freeze=reading.freeze)
    figures.each_rating = reading.each_rating
    for row in _registered_by(reading, "channel"):
        volume = _volume_of(row)
        figures.total.add(volume)
        figures.by_channel.setdefault(Channel(row["channel"]), Volume()).add(volume)
    return figures


def rate_figures(reading: Reading, codes: Sequence[str]) -> MonthFigures:
    """The rates alone, by line: one query for each and one for the units."""
    figures = MonthFigures(month=reading.month, unit=reading.unit, made_at=reading.at, freeze=reading.freeze)
    figures.each_rating = reading.each_rating
    lines = lines_of(reading)
    figures.units.update(lines.children)
    for code in codes:
        if code == REGISTERED or _kept_then(code, reading):
            _add_rates(figures, figure_of(code, reading), reading, lines)
    return figures


def rate_of(code: str, reading: Reading) -> Rate:
    """The total of one rate that tells no ratings. One query."""
    figure = figure_of(code, reading)
    return figure.adds(**figure.counted(reading).aggregate(**figure.sums))


def _registered_by(reading: Reading, *by: str) -> QuerySet[Any, dict[str, Any]]:
    """Counts of what was registered, by channel and more: ``of_unit``, ``level1`` (first-level category)."""
    if reading.freeze is None:
        rows: QuerySet[Any] = registered(reading).annotate(batches=F("batch_count"), heads=F("head_count"))
        unit, mass, repeat = "lead_unit_id", mass_visits(), Q(first_here=False)
        if "level1" in by:
            rows = rows.annotate(level1=F("category__level1"))
    else:
        rows = kept(reading, FIGURES[REGISTERED])
        unit, mass, repeat = "unit_id", Q(mass=True), Q(met=True)
    if "of_unit" in by:
        rows = rows.annotate(of_unit=F(unit))
    return (
        rows.values(*by)
        .annotate(
            n=Count("pk"),
            all_batches=Sum("batches"),
            all_heads=Sum("heads"),
            mass_batches=Sum("batches", filter=mass),
            mass_heads=Sum("heads", filter=mass),
            repeats=Count("pk", filter=repeat),
            repeat_batches=Sum("batches", filter=repeat),
        )
        .order_by()
    )


def _volume_of(row: dict[str, Any]) -> Volume:
    visit = row["channel"] in VISITS
    return Volume(
        pieces=0 if visit else row["n"],
        batches=row["all_batches"] if visit else 0,
        heads=row["all_heads"] if visit else 0,
        mass_batches=row["mass_batches"] or 0,
        mass_heads=row["mass_heads"] or 0,
        repeats=(row["repeat_batches"] or 0) if visit else row["repeats"],
    )


def _add_rates(figures: MonthFigures, figure: Figure, reading: Reading, lines: Lines) -> None:
    found = figure.counted(reading).values(of_unit=F(figure.unit)).annotate(**figure.sums).order_by()
    total = nothing = figure.adds(0, 0)
    per_line: dict[int | None, Rate] = {}
    for row in found:
        rate = figure.adds(row["part"], row["whole"])
        line = lines.of(row["of_unit"])
        per_line[line] = per_line.get(line, nothing) + rate
        total += rate
    if withholds(figure, reading):
        may = told(figure, reading)
        total = total if may.total else NO_RATE
        per_line = {line: rate if line in may.lines else NO_RATE for line, rate in per_line.items()}
    figures.rates[figure.code] = total
    if figure.provisional(reading):
        figures.provisional.add(figure.code)
    for line, rate in per_line.items():
        figures.rates_by_unit.setdefault(line, {})[figure.code] = rate


def default_month() -> Month:
    """Last month in the first days of a month, when it is being reported; this month after that."""
    today = local_day(now())
    this = Month.of(today)
    return this.previous if today.day <= 10 else this
