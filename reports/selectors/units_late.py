"""How units keep their dates, for the bulletin and for warnings: counts that every reader of a bulletin may know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.conf import settings
from django.db.models import Count, F, Min, Q, QuerySet

from accounts.enums import UnitKind
from accounts.models import Unit
from core.heavy import heavy_read
from core.timekeeping import now
from deadlines.enums import RuleCode
from petitions.enums import Status
from petitions.models import PetitionClock
from petitions.querysets import PetitionQuerySet
from reports.models import WarningRule
from reports.periods import Month, Span
from reports.selectors import common
from reports.selectors.figures import FIGURES, Reading

ORDERS = ("respond_10", "call_30", "first_round_24")
#: What the law sets a unit: to tell of acceptance, to answer. Forwarding binds the office that writes the bulletin.
LAWFUL = ("acceptance", "conclusion")
#: Their clocks, and that of the office.
OF_THE_LAW = (
    RuleCode.FORWARDING,
    RuleCode.REFORWARDING,
    RuleCode.NOTICE,
    RuleCode.CONCLUSION,
    RuleCode.SIMPLE_ACCEPTANCE,
    RuleCode.SIMPLE_CONCLUSION,
)
SHARE_OF = timedelta(days=30)


@dataclass(frozen=True)
class Kept:
    """Of so many dates of a figure that came, so many were kept."""

    met: int = 0
    whole: int = 0

    @property
    def late_percent(self) -> int:
        """Half up, as every rate of the house."""
        late = self.whole - self.met
        return (200 * late + self.whole) // (2 * self.whole) if self.whole else 0


@dataclass(frozen=True)
class Overdue:
    unit: Unit
    count: int
    oldest: datetime


@dataclass(frozen=True)
class Measured:
    unit: Unit
    rule: WarningRule
    value: int
    whole: int
    threshold: int


@heavy_read
def kept_by_unit(code: str, start: datetime, end: datetime) -> dict[int, Kept]:
    """Unit → the dates of a figure that came in the span. One query and one for the district."""
    district = Unit.objects.filter(kind=UnitKind.DISTRICT).order_by("path").first()
    if district is None:
        return {}
    cases = common.counted()
    # Of a month a figure of clocks asks for its two ends alone.
    reading = Reading(
        cases=cases, seen=cases, unit=district, top_cases=cases, top=district,
        month=cast(Month, Span(start, end)), at=min(end, now()),
    )  # fmt: skip
    figure = FIGURES[code]
    rows = figure.counted(reading).values(of_unit=F(figure.unit)).order_by()
    found = rows.annotate(whole=Count("pk"), met=Count("pk", filter=Q(hit=True)))
    return {row["of_unit"]: Kept(row["met"], row["whole"]) for row in found if row["of_unit"] is not None}


def late_clocks(cases: PetitionQuerySet, until: datetime) -> QuerySet[PetitionClock]:
    """Running clocks of the law that are past: to forward, to tell of acceptance, to answer (条例 22, 23, 34). Not the
    district's minutes and hours, which other figures tell."""
    clocks: QuerySet[PetitionClock] = PetitionClock.objects.filter(
        stopped_at=None,
        due_at__lt=until,
        rule__code__in=OF_THE_LAW,
        petition__in=cases.exclude(status=Status.CLOSED),
    )
    return clocks


@heavy_read
def overdue(until: datetime) -> list[Overdue]:
    """Units that are bound by a date of the law that is past, those with the most cases first. Two queries."""
    late = late_clocks(common.counted(), until).order_by().values("unit")
    rows = list(late.annotate(n=Count("petition", distinct=True), oldest=Min("due_at")))
    units = Unit.objects.in_bulk([row["unit"] for row in rows])
    found = [Overdue(units[row["unit"]], row["n"], row["oldest"]) for row in rows]
    return sorted(found, key=lambda one: (-one.count, one.unit.path))


def measured(at: datetime) -> Iterator[Measured]:
    """Every unit that a rule of warnings names now. The thresholds are settings; the petition office itself and the
    district are not on its list."""
    for late in overdue(at):
        if late.count >= settings.WARN_OVERDUE and _is_listed(late.unit):
            yield Measured(late.unit, WarningRule.RED, late.count, 0, settings.WARN_OVERDUE)
    sums: dict[int, Kept] = {}
    for code in LAWFUL:
        for pk, kept in kept_by_unit(code, at - SHARE_OF, at).items():
            there = sums.get(pk, Kept())
            sums[pk] = Kept(there.met + kept.met, there.whole + kept.whole)
    units = Unit.objects.in_bulk(sums)
    for pk, kept in sorted(sums.items(), key=lambda one: units[one[0]].path):
        enough = kept.whole >= settings.WARN_LEAST
        if enough and kept.late_percent >= settings.WARN_LATE_PERCENT and _is_listed(units[pk]):
            yield Measured(
                units[pk], WarningRule.SHARE, kept.late_percent, kept.whole, settings.WARN_LATE_PERCENT
            )


def _is_listed(unit: Unit) -> bool:
    return unit.kind not in {UnitKind.DISTRICT, UnitKind.PETITION_OFFICE, UnitKind.DISCIPLINE}
