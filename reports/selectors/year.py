"""The yearly report (年度报告, 条例 41): its chapters, counted from the same rows as the months.

What lies in another room is counted there as far as its reader may see it: 督办, 三项建议. Sealed cases are in none of
it. Ratings are not: what may be told of them by the month (``selectors.withholding``) would follow by subtraction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Count, Q

from accounts.actor import Actor
from accounts.models import Unit
from core.timekeeping import local_day, now
from petitions.enums import Act, Channel
from petitions.models import PetitionEvent
from reports.periods import Year
from reports.rates import Rate
from reports.selectors.figures import FIGURES, Reading, reading_of
from reports.selectors.lines import lines_under
from reports.selectors.month import MonthFigures, Volume, add_volume
from supervision.enums import Adoption, Mode, State, SuggestionKind
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
    ``rates``, ``pressed``, ``pressed_ended``, ``modes``; three: ``suggestions``."""

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


def year_report(*, actor: Actor, unit: Unit, year: Year) -> YearReport:
    """All chapters, as this actor may see them, up to now.

    Raises:
        Refusal: code ``"not_found"`` if the actor may not read that unit's figures.
    """
    reading = reading_of(actor, unit, year)
    figures = _volumes(reading)
    before = _volumes(reading_of(actor, unit, year.previous)).total
    sent, assigned = _sent(reading)
    pressed, ended, modes = _pressed(reading, actor)
    return YearReport(
        year=year,
        unit=unit,
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
        rates={code: _rate(reading, code) for code in RATES},
        pressed=pressed,
        pressed_ended=ended,
        modes=modes,
        suggestions=_suggestions(reading, actor),
    )


def _volumes(reading: Reading) -> MonthFigures:
    figures = MonthFigures(month=reading.month, unit=reading.unit, made_at=reading.at)
    lines = lines_under(reading.unit)
    figures.units.update(lines.children)
    add_volume(figures, reading, lines)
    return figures


def _most(rows: Iterable[tuple[Key, Volume]]) -> list[tuple[Key, Volume]]:
    return sorted(rows, key=lambda row: -row[1].count)


def _fields(figures: MonthFigures) -> list[tuple[str, Volume]]:
    """By first-level category."""
    found: dict[str, Volume] = {}
    for cell in figures.cells:
        found.setdefault(cell.category, Volume()).add(cell.volume)
    return _most(found.items())


def _rate(reading: Reading, code: str) -> Rate:
    found = FIGURES[code].counted(reading).aggregate(n=Count("pk"), hits=Count("pk", filter=Q(hit=True)))
    return Rate(found["hits"], found["n"])


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


def _pressed(reading: Reading, actor: Actor) -> tuple[int, int, list[tuple[Mode, int]]]:
    year = reading.month
    opened = Supervision.objects.visible_to(actor).filter(
        reading.within("unit"), opened_at__gte=year.start, opened_at__lt=year.end
    )
    ended = opened.filter(state=State.CLOSED).count()
    efforts = SupervisionEffort.objects.filter(supervision__in=opened)
    by_mode = dict(efforts.order_by().values_list("mode").annotate(n=Count("pk")))
    return opened.count(), ended, [(mode, by_mode[mode]) for mode in Mode if mode in by_mode]


def _suggestions(reading: Reading, actor: Actor) -> list[Suggestions]:
    year = reading.month
    rows = Suggestion.objects.visible_to(actor).filter(
        reading.within("unit"), issued_at__gte=year.start, issued_at__lt=year.end
    )
    made = (
        rows.order_by()
        .values("kind")
        .annotate(
            made=Count("pk"),
            adopted=Count("pk", filter=Q(adoption=Adoption.ADOPTED)),
            partly=Count("pk", filter=Q(adoption=Adoption.PARTLY)),
            declined=Count("pk", filter=Q(adoption=Adoption.NOT_ADOPTED)),
            waiting=Count("pk", filter=Q(answered_at=None, lapsed_at=None)),
        )
    )
    counts = {row.pop("kind"): row for row in made}
    none = dict.fromkeys(("made", "adopted", "partly", "declined", "waiting"), 0)
    return [Suggestions(kind=kind, **counts.get(kind, none)) for kind in SuggestionKind]


def default_year() -> Year:
    """Last year in January and February, when it is being reported; this year after that."""
    today = local_day(now())
    return Year(today.year - 1 if today.month <= 2 else today.year)
