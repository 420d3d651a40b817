"""Which cases a leader might take along, and the page to read of each before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.querysets import path_range
from leaders.models import DayCase, VisitDay, VisitRecord
from leaders.selectors.records import Visits, counts_of
from petitions.enums import Path, Status
from petitions.models import Petition
from petitions.querysets import unsealed_cases
from petitions.selectors import case as cases

#: What is old, and how many heads are many; suggestions are no marks of anybody.
OLD = timedelta(days=60)
MANY = 5
SHOWN = 10
COURSE_SHOWN = 6
CHANGES_SHOWN = 2
OPEN = [state for state in Status if state.is_open]


@dataclass(frozen=True)
class Suggestion:
    case: Petition
    why: str


@dataclass(frozen=True)
class PreRead:
    """One page: the matter, what was done, what the law allows, what is open."""

    picked: DayCase
    course: list[Any]
    clocks: list[Any]
    path: str
    visits: Visits
    changed: list[VisitRecord]


def suggestions(actor: Actor, day: VisitDay, at: datetime) -> list[Suggestion]:
    """Open cases of the place and of the leader's fields that are old, came again or have many heads; oldest first."""
    low, high = path_range(day.place_unit.path)
    fields = [unit.pk for unit in day.post.charge_units.all()]
    near = Q(place_unit__path__gte=low, place_unit__path__lt=high) | Q(lead_unit__in=fields)
    weighty = Q(registered_at__lt=at - OLD) | Q(repeat_of__isnull=False) | Q(head_count__gte=MANY)
    taken = DayCase.objects.filter(day=day).values("petition")
    found = unsealed_cases(actor).filter(near, weighty, status__in=OPEN).exclude(pk__in=taken)
    rows = found.select_related("lead_unit").order_by("registered_at", "pk")[:SHOWN]
    return [Suggestion(case, _why(case, at)) for case in rows]


def _why(case: Petition, at: datetime) -> str:
    words = []
    if case.registered_at < at - OLD:
        words.append(_("已 %(n)d 天") % {"n": (at - case.registered_at).days})
    if case.repeat_of_id:
        words.append(_("重复反映"))
    if case.head_count >= MANY:
        words.append(_("%(n)d 人") % {"n": case.head_count})
    return "，".join(words)


def pre_reads(actor: Actor, day: VisitDay) -> list[PreRead]:
    """As many as were picked and the actor reads; a few queries for each, of at most twenty."""
    found = DayCase.objects.concerning(actor).filter(day=day)
    related = (
        "petition__lead_unit",
        "petition__place_unit",
        "petition__category",
        "petition__registered_unit",
    )
    rows = found.select_related(*related).prefetch_related("petition__requests")
    visits = counts_of([picked.petition_id for picked in rows])
    return [
        PreRead(
            picked=picked,
            visits=visits.get(picked.petition_id, Visits()),
            changed=list(
                VisitRecord.objects.filter(petition=picked.petition_id)
                .exclude(changed="")
                .order_by("-at", "-id")[:CHANGES_SHOWN]
            ),
            course=list(cases.timeline(picked.petition, actor))[:COURSE_SHOWN],
            clocks=[clock for clock in cases.clocks(picked.petition) if clock.stopped_at is None],
            path=str(Path(picked.petition.path).label) if picked.petition.path else "",
        )
        for picked in rows
    ]
