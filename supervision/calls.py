"""Which dates are near enough for a call, whom one dials, and the calls that were made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post
from accounts.selectors import people_of
from petitions.models import Petition, PetitionClock
from petitions.querysets import unsealed_cases
from petitions.selectors.veiling import veil
from petitions.services.clocks import DISTRICT_ORDER
from petitions.workflow import RIGHTS, ClockCode
from supervision import rules
from supervision.enums import SupervisionAct
from supervision.models import SupervisionEffort

#: Dates nobody calls a unit about: rights, minutes and hours, and what the office itself has to do.
NOT_CALLED_ABOUT = RIGHTS | DISTRICT_ORDER | {ClockCode.FORWARDING, ClockCode.REFORWARDING}


@dataclass(frozen=True)
class Dial:
    """Whom one calls: the unit's own number, and people by name with theirs; ``named`` where one is responsible."""

    unit_phone: str
    named: bool
    people: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    clock: PetitionClock
    case: Petition
    dial: Dial
    last: SupervisionEffort | None
    may_call: bool


def due_soon(actor: Actor, at: datetime) -> QuerySet[PetitionClock]:
    """Running clocks of units, within CALL_BEFORE_DAYS of their end, of cases the actor reads; sealed ones have no part
    in this room. Found by the sweep's index: something happens to each of them by its end at the latest."""
    until = at + timedelta(days=settings.CALL_BEFORE_DAYS)
    cases: Any = unsealed_cases(actor)
    near = PetitionClock.objects.filter(
        next_at__lte=until,
        stopped_at=None,
        due_at__gt=at,
        due_at__lte=until,
        petition__lead_unit__isnull=False,
    )
    found = near.filter(petition__in=cases.values("pk")).exclude(rule__code__in=NOT_CALLED_ABOUT)
    related = ("lead_unit", "registered_unit", "complained_unit", "responsible")
    return found.exclude(unit=actor.unit).select_related("rule", *(f"petition__{one}" for one in related))


def rows_of(clocks: Sequence[PetitionClock], actor: Actor, at: datetime) -> list[Row]:
    """Two queries for the numbers and the last calls; more only for cases that keep somebody out."""
    cases = [clock.petition for clock in clocks]
    dials, last = numbers_of(cases, at), _last_calls(cases)
    return [
        Row(
            clock,
            clock.petition,
            dials[clock.petition_id],
            last.get(clock.petition_id),
            rules.may(SupervisionAct.EFFORT, actor, petition=clock.petition, unit=clock.petition.lead_unit),
        )
        for clock in clocks
    ]


def numbers_of(cases: Iterable[Petition], at: datetime) -> dict[int, Dial]:
    """Whom to dial, by case: the responsible person while at work there, else the unit's heads. One query."""
    found = list(cases)
    posts: dict[int, list[Post]] = {}
    for post in people_of([case.lead_unit for case in found if case.lead_unit is not None], at):
        posts.setdefault(post.unit_id, []).append(post)
    return {case.pk: _dial(case, posts.get(case.lead_unit_id or 0, [])) for case in found}


def _dial(case: Petition, posts: list[Post]) -> Dial:
    wanted = [post for post in posts if post.user_id == case.responsible_id]
    own = {post.pk for post in wanted}
    wanted += [post for post in posts if post.stands_in_for_id in own]
    named = bool(wanted)
    wanted = wanted or [post for post in posts if post.role == Role.UNIT_HEAD] or posts
    people = {post.user_id: (post.user.get_full_name(), post.user.phone) for post in wanted}
    phone = case.lead_unit.phone if case.lead_unit is not None else ""
    return Dial(phone, named, list(people.values()))


def calls_on(case: Petition, actor: Actor) -> list[SupervisionEffort]:
    """The newest first, under the veil of a confidential case. The caller has asked who may press."""
    found = list(SupervisionEffort.objects.filter(petition=case).order_by("-at", "-id")[:20])
    for one in found:
        one.found = veil(case, actor, one.found)
    return found


def _last_calls(cases: Iterable[Petition]) -> dict[int, SupervisionEffort]:
    calls = SupervisionEffort.objects.filter(petition__in={case.pk for case in cases})
    newest = calls.order_by("petition", "-at", "-id").distinct("petition")
    return {one.petition_id: one for one in newest if one.petition_id is not None}
