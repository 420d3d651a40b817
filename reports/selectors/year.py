"""The yearly report (年度报告, 条例 41): its chapters, from the months as they were frozen and, for those that were
not, counted from the same rows.

督办 is the months' own figure. 转送, 交办, the ways of 督办 and 三项建议 with what became of them are counted today, as
far as the reader may count them, and the page says so. Sealed cases are in none of it. Ratings are not told: what may
be told of them by the month (``selectors.withholding``) would follow by subtraction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Count, Q

from accounts.actor import Actor
from accounts.models import Unit
from core.heavy import heavy_read
from core.timekeeping import local_day, now
from petitions.enums import Act, Channel
from petitions.models import PetitionEvent
from reports.models import Freeze
from reports.periods import Month, Year
from reports.rates import NO_RATE, Rate
from reports.selectors.figures import Reading, reading_of
from reports.selectors.frozen import of_year, year_readings
from reports.selectors.lines import lines_together, lines_under
from reports.selectors.month import MonthFigures, Volume, add_volume, rate_of
from reports.selectors.room_figures import readable_rows
from supervision.enums import DEMANDED, Adoption, Mode, SuggestionKind
from supervision.models import Suggestion, Supervision, SupervisionEffort

Key = TypeVar("Key")
MOST_UNITS = 10
RATES = ("forwarding", "acceptance", "conclusion")


@dataclass(frozen=True)
class Suggestions:
    """One of the three: how many were made, and what became of them by now."""

    kind: SuggestionKind
    made: int
    adopted: int
    partly: int
    declined: int
    waiting: int


@dataclass(frozen=True)
class YearReport:
    """Chapter one: ``figures`` and ``before`` (the year before), ``fields``, ``units``; two: ``sent``, ``assigned``,
    ``rates``, ``pressed``, ``pressed_ended``, ``modes``; three: ``suggestions``. ``months``: what it was read from."""

    year: Year
    unit: Unit
    figures: MonthFigures
    before: Volume
    channels: list[tuple[Channel, Volume]]
    fields: list[tuple[str, Volume]]
    units: list[tuple[Unit, Volume]]
    sent: int
    assigned: int
    rates: dict[str, Rate]
    pressed: int
    pressed_ended: int
    modes: list[tuple[Mode, int]]
    suggestions: list[Suggestions]
    months: list[tuple[Month, Freeze | None]]

    @property
    def frozen(self) -> list[tuple[Month, Freeze]]:
        """Months that are read as they were frozen."""
        return [(month, kept) for month, kept in self.months if kept is not None]

    @property
    def live(self) -> list[Month]:
        """Months that are counted today."""
        return [month for month, kept in self.months if kept is None]


@heavy_read
def year_report(*, actor: Actor, unit: Unit, year: Year) -> YearReport:
    """All chapters, as this actor may see them, up to now.

    Raises:
        Refusal: code ``"not_found"`` if the actor may not read that unit's figures.
    """
    frozen = of_year(unit, year)
    reading, parts = reading_of(actor, unit, year), year_readings(actor, unit, year, frozen)
    figures = _volumes(parts)
    before = _volumes(year_readings(actor, unit, year.previous, of_year(unit, year.previous))).total
    sent, assigned = _sent(reading)
    pressed = _rate(parts, "supervised")
    return YearReport(
        year=year,
        unit=figures.units.get(unit.pk, unit),
        figures=figures,
        before=before,
        channels=_most(figures.by_channel.items()),
        fields=_fields(figures),
        units=[
            (figures.units[pk], volume)
            for pk, volume in _most(figures.by_unit.items())
            if pk is not None and pk in figures.units
        ][:MOST_UNITS],
        sent=sent,
        assigned=assigned,
        rates={code: _rate(parts, code) for code in RATES},
        months=_months(year, frozen, reading.at),
        pressed=pressed.whole,
        pressed_ended=pressed.part,
        modes=_modes(reading),
        suggestions=_suggestions(reading),
    )


def _volumes(parts: Sequence[Reading]) -> MonthFigures:
    """Each month by the tree it is read by. A unit bears the name of the latest of them."""
    live = parts[0]
    figures = MonthFigures(month=live.month, unit=live.unit, made_at=live.at)
    lines, frozen = lines_under(live.unit), [part for part in parts if part.freezes]
    then = {pk: its for part in frozen for pk, its in lines_together(part.unit, part.freezes).items()}
    for kept in then.values():
        figures.units.update(kept.children)
    if any(month not in live.without for month, _kept in _months(live.month, {}, live.at)):
        figures.units.update(lines.children)
    for part in parts:
        add_volume(figures, part, lines, then if part.freezes else None)
    return figures


def _months(
    year: Month | Year, frozen: dict[Month, Freeze], at: datetime
) -> list[tuple[Month, Freeze | None]]:
    """The months of the year that have begun, each with the version it is read from, or None as it is counted today."""
    months = [Month(year.year, number) for number in range(1, 13)]
    return [(month, frozen.get(month)) for month in months if month.start <= at]


def _most(rows: Iterable[tuple[Key, Volume]]) -> list[tuple[Key, Volume]]:
    return sorted(rows, key=lambda row: -row[1].count)


def _fields(figures: MonthFigures) -> list[tuple[str, Volume]]:
    """By first-level category."""
    found: dict[str, Volume] = {}
    for cell in figures.cells:
        found.setdefault(cell.category, Volume()).add(cell.volume)
    return _most(found.items())


def _rate(parts: Sequence[Reading], code: str) -> Rate:
    total = NO_RATE
    for part in parts:
        total += rate_of(code, part)
    return total


def _sent(reading: Reading) -> tuple[int, int]:
    """Acts of 转送 and of 交办 on the cases counted here."""
    events = PetitionEvent.objects.filter(
        act__in=[Act.FORWARD, Act.ASSIGN],
        at__gte=reading.month.start,
        at__lt=reading.month.end,
        petition__in=reading.cases,
    )
    found = events.aggregate(
        sent=Count("pk", filter=Q(act=Act.FORWARD)), assigned=Count("pk", filter=Q(act=Act.ASSIGN))
    )
    return found["sent"], found["assigned"]


def _modes(reading: Reading) -> list[tuple[Mode, int]]:
    """In which ways was pressed (电话、实地 …), of what the months count as 督办 today."""
    year = reading.month
    opened = readable_rows(Supervision, reading).filter(
        reading.within("unit"),
        state__in=DEMANDED,
        petition__isnull=False,
        opened_at__gte=year.start,
        opened_at__lt=year.end,
    )
    efforts = SupervisionEffort.objects.filter(supervision__in=opened)
    by_mode = dict(efforts.order_by().values_list("mode").annotate(n=Count("pk")))
    return [(mode, by_mode[mode]) for mode in Mode if mode in by_mode]


def _suggestions(reading: Reading) -> list[Suggestions]:
    year = reading.month
    rows = readable_rows(Suggestion, reading).filter(
        reading.within("unit"), lapsed_at=None, issued_at__gte=year.start, issued_at__lt=year.end
    )
    made = (
        rows.order_by()
        .values("kind")
        .annotate(
            made=Count("pk"),
            adopted=Count("pk", filter=Q(adoption=Adoption.ADOPTED)),
            partly=Count("pk", filter=Q(adoption=Adoption.PARTLY)),
            declined=Count("pk", filter=Q(adoption=Adoption.NOT_ADOPTED)),
            waiting=Count("pk", filter=Q(answered_at=None)),
        )
    )
    counts = {row.pop("kind"): row for row in made}
    none = dict.fromkeys(("made", "adopted", "partly", "declined", "waiting"), 0)
    return [Suggestions(kind=kind, **counts.get(kind, none)) for kind in SuggestionKind]


def default_year() -> Year:
    """Last year in January and February, when it is being reported; this year after that."""
    today = local_day(now())
    return Year(today.year - 1 if today.month <= 2 else today.year)
