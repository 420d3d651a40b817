"""What of the hot matters a reader sees: only cases they may read, and no count that tells of others.

``open_cases`` is what may be grouped and counted at all. Every count is made for its reader: of two who look at the
same matter each sees their own number, and a matter of which a reader may read too few cases is not there for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from accounts.actor import Actor
from accounts.enums import Role
from core.timekeeping import SHANGHAI, local_day
from matters import rules
from matters.models import JointTask, Matter, MatterCase, MatterEvent
from petitions.models import Petition

#: From so many cases on a group is a matter; a named one from the first.
LEAST = 3
#: A week against the average of the weeks before; fewer than ``LEAST`` in the week never rise.
WEEK, WEEKS = timedelta(days=7), 4
SHOWN = 50


@dataclass(frozen=True)
class Hot:
    """A matter as one reader sees it. ``total``: of all years; ``recent``: of the last ``MATTER_WINDOW_DAYS``;
    ``before``: mean of the weeks before, with one decimal."""

    matter: Matter
    total: int
    recent: int
    week: int
    before: float
    latest: datetime
    called: str

    @property
    def rises(self) -> bool:
        return self.week >= LEAST and self.week > self.before


def open_cases(found: Any) -> Any:
    """Without sealed cases (条例 30), without those that somebody stays out of or that complain of the readers' own
    offices (条例 28), and without the repeats of one person: how often somebody comes makes nothing hot."""
    own = Petition.objects.filter(complained_unit__kind__in=rules.UNIT_KINDS)
    kept = found.filter(sealed=False, has_recusals=False, repeat_of=None)
    return kept.exclude(Exists(own.filter(pk=OuterRef("pk"))))


def board(actor: Actor, at: datetime, *, rising: bool = False) -> list[Hot]:
    """The matters this reader sees, those that rise most first, then the largest of the window. Four queries."""
    if not rules.reads(actor):
        return []
    return of_cases(open_cases(Petition.objects.visible_to(actor)), at, rising=rising)


def rising_of_all(at: datetime) -> list[Hot]:
    """Of all cases that may be counted for every reader: for the one text of the daily brief."""
    return of_cases(open_cases(Petition.objects.all()), at, rising=True)


def of_cases(cases: Any, at: datetime, *, rising: bool = False) -> list[Hot]:
    start = at - WEEK
    counted = (
        _links(cases)
        .values("matter")
        .annotate(
            total=Count("pk"),
            recent=Count("pk", filter=_registered(at - timedelta(days=settings.MATTER_WINDOW_DAYS), at)),
            week=Count("pk", filter=_registered(start, at)),
            past=Count("pk", filter=_registered(start - WEEK * WEEKS, start)),
            latest=Max("petition__registered_at"),
            named=Max("matter__name"),
        )
        .order_by()
    )
    rows = [row for row in counted if row["total"] >= (1 if row["named"] else LEAST)]
    if rising:
        rows = [row for row in rows if row["week"] >= LEAST and row["week"] * WEEKS > row["past"]]
    # By size those of the window: what was written years ago keeps nothing at the top of today's list.
    rows.sort(
        key=lambda row: (
            -max(row["week"] - row["past"] / WEEKS, 0),
            -row["recent"],
            -row["total"],
            row["matter"],
        )
    )
    rows = rows[:SHOWN]
    matters = Matter.objects.in_bulk([row["matter"] for row in rows])
    called = _called(cases, [row["matter"] for row in rows])
    return [
        Hot(
            matter=matters[row["matter"]],
            total=row["total"],
            recent=row["recent"],
            week=row["week"],
            before=round(row["past"] / WEEKS, 1),
            latest=row["latest"],
            called=matters[row["matter"]].name or called[row["matter"]],
        )
        for row in rows
    ]


def one(actor: Actor, pk: int, at: datetime) -> Hot | None:
    """One matter for this reader; None where it is not there for them."""
    if not rules.reads(actor):
        return None
    cases = open_cases(Petition.objects.visible_to(actor))
    mine = cases.filter(pk__in=_links(cases).filter(matter=pk).values("petition"))
    found = of_cases(mine, at)
    return next((hot for hot in found if hot.matter.pk == pk), None)


def cases_of(actor: Actor, matter: Matter) -> QuerySet[Petition]:
    """Its cases that this reader may read."""
    linked = MatterCase.objects.filter(matter=matter, out=False).values("petition")
    found: QuerySet[Petition] = open_cases(Petition.objects.visible_to(actor)).filter(pk__in=linked)
    return found.select_related("category", "place_unit", "lead_unit")


def events_of(actor: Actor, matter: Matter) -> QuerySet[MatterEvent]:
    """Its history and that of what was merged into it; lines about cases this reader may not read are left out."""
    readable = open_cases(Petition.objects.visible_to(actor))
    told = Q(petition=None) | Q(petition__in=readable.values("pk"))
    return MatterEvent.objects.filter(told, Q(matter=matter) | Q(matter__merged_into=matter))


def by_day(cases: QuerySet[Petition], until: date, days: int = 28) -> list[tuple[date, int]]:
    """How many came on each of the last ``days`` days, the oldest first."""
    counts: dict[date, int] = {}
    span = [until - timedelta(days=n) for n in reversed(range(days))]
    start = datetime.combine(span[0], time.min, SHANGHAI)
    for at in cases.filter(registered_at__gte=start).values_list("registered_at", flat=True):
        counts[local_day(at)] = counts.get(local_day(at), 0) + 1
    return [(day, counts.get(day, 0)) for day in span]


def tasks(actor: Actor) -> QuerySet[JointTask]:
    """Joint tasks: all for whoever reads the matters, those of the own unit for its people."""
    found: QuerySet[JointTask] = JointTask.objects.select_related("lead", "matter", "opened_by__user")
    if rules.reads(actor):
        return found
    if actor.unit is None or actor.role not in rules.TASK_READERS or actor.role == Role.LEADER:
        return found.none()
    return found.filter(parts__unit=actor.unit)


def _links(cases: Any) -> QuerySet[MatterCase]:
    """None in a matter that was merged into another: a run may put one there, until the next one brings it after."""
    found: QuerySet[MatterCase] = MatterCase.objects.filter(
        out=False, matter__merged_into=None, petition__in=cases.order_by().values("pk")
    )
    return found


def _registered(start: datetime, end: datetime) -> Q:
    return Q(petition__registered_at__gte=start, petition__registered_at__lt=end)


def _called(cases: Any, wanted: list[int]) -> dict[int, str]:
    """Place and category most of its cases have, for matters without a name: nothing a petitioner wrote."""
    found: dict[int, dict[str, dict[str, int]]] = {pk: {"place": {}, "category": {}} for pk in wanted}
    rows = (
        _links(cases)
        .filter(matter__in=wanted)
        .values_list(
            "matter", "petition__place_unit__name", "petition__category__level1", "petition__category__level2"
        )
    )
    for matter, place, level1, level2 in rows:
        for kind, word in (("place", place), ("category", level2 or level1)):
            if word:
                found[matter][kind][word] = found[matter][kind].get(word, 0) + 1
    return {
        pk: " ".join(filter(None, (_most(kinds["place"]), _most(kinds["category"])))) or "未分类"
        for pk, kinds in found.items()
    }


def _most(counts: dict[str, int]) -> str:
    return min(counts, key=lambda word: (-counts[word], word), default="")
