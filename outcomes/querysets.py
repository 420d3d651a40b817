"""Who may see what of this room: the case's own scope comes first, and sealed cases have no part in it (条例 30)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Case, Q, Value, When

from accounts.enums import Role, UnitKind
from core.timekeeping import local_day, now
from outcomes.enums import UNDONE, WAITING, ExecutionState, VisitGround, VisitState
from petitions.enums import Rating, Status
from petitions.querysets import OfACase

if TYPE_CHECKING:
    from accounts.actor import Actor
    from accounts.models import Unit
    from petitions.models import Petition


WATCHERS = frozenset({Role.PETITION_OFFICER, Role.INSPECTOR, Role.LEADER})
#: After a rating of the government itself, for which the petition office prepares and serves: inspectors look into it.
ABOUT_THE_GOVERNMENT = Q(
    ground=VisitGround.STAGE, about__unit__kind__in=[UnitKind.DISTRICT, UnitKind.PETITION_OFFICE]
)
#: Visits after a rating of the petition office itself, which its officers do not read before the case is closed.
ABOUT_THE_OFFICE = Q(ground=VisitGround.RATING, petition__evaluation__office_rating=Rating.DISSATISFIED) & ~Q(
    petition__status=Status.CLOSED
)


def units_over(actor: Actor) -> set[int]:
    """Ids of the actor's unit, of those of all posts they hold today under other hats, and of what stands above them
    but the district, within which everybody stands. One query."""
    if actor.unit is None or actor.user is None:
        return set()
    held = apps.get_model("accounts", "Post").objects.current(local_day(now())).filter(user=actor.user)
    units = [actor.unit, *(post.unit for post in held.select_related("unit"))]
    return {pk for unit in units for pk in unit.ancestor_ids[1:]}


class ExecutionQuerySet(OfACase):
    def undone(self) -> ExecutionQuerySet:
        """Not confirmed yet, and not set aside with its answer."""
        return self.filter(state__in=UNDONE)

    def overdue(self, at: datetime) -> ExecutionQuerySet:
        """Not even reported though the day has passed (days in Asia/Shanghai)."""
        return self.filter(state=ExecutionState.OPEN, due_on__lt=local_day(at))

    def with_row_relations(self) -> ExecutionQuerySet:
        """What a row prints, in two queries: the case with its units, the request, the clocks."""
        clocks = apps.get_model("outcomes", "ExecutionClock").objects.select_related("rule").order_by("-id")
        return self.select_related(
            "petition__lead_unit", "petition__complained_unit", "petition__registered_unit", "request", "unit"
        ).prefetch_related(models.Prefetch("clocks", queryset=clocks, to_attr="ordered_clocks"))


class StageEvaluationQuerySet(OfACase):
    def of_service(self, petition: Petition, stage: str, unit: Unit, at: datetime) -> StageEvaluationQuerySet:
        """The rating of one service, if it was given."""
        return self.filter(petition=petition, stage=stage, unit=unit, served_at=at)


class ReturnVisitQuerySet(OfACase):
    def visible_to(self, actor: Actor) -> ReturnVisitQuerySet:
        """Whole (``whole``) to those who watch, as ``rules.watches`` says, and to whoever is asked to make it; of a
        closed case every other reader has the result of a finished visit, and nothing else of it
        (``selectors.as_read``). Whoever is posted in the unit that answered or in one complained of is never among
        the first, also after closing, nor an officer, before it, where the petition office was rated 不满意 (条例 21;
        domain G)."""
        found: ReturnVisitQuerySet = super().visible_to(actor)
        if actor.unit is None or actor.user is None:
            return found.none()
        whole = Q(assignee=actor.user)
        if actor.role in WATCHERS:
            above = Q(
                petition__lead_unit__isnull=False, petition__lead_unit__path__startswith=actor.unit.path
            )
            whole |= Q(petition__isnull=False) if actor.unit.kind == UnitKind.DISTRICT else ~above
        over = units_over(actor)
        rated = Q(petition__lead_unit__isnull=False, petition__lead_unit__in=over)
        rated |= Q(petition__complained_unit__isnull=False, petition__complained_unit__in=over)
        rated |= Q(about__isnull=False, about__unit__in=over)
        if actor.role == Role.PETITION_OFFICER:
            rated |= ABOUT_THE_OFFICE
        if actor.role != Role.INSPECTOR:
            rated |= ABOUT_THE_GOVERNMENT
        found = found.annotate(whole=Case(When(whole & ~rated, then=Value(True)), default=Value(False)))
        return found.filter(Q(whole=True) | Q(petition__status=Status.CLOSED, state=VisitState.DONE))

    def waiting(self) -> ReturnVisitQuerySet:
        return self.filter(state__in=WAITING)

    def with_row_relations(self) -> ReturnVisitQuerySet:
        """What a row prints, in one query."""
        related = ("petition__lead_unit", "petition__complained_unit", "petition__registered_unit")
        return self.select_related(*related, "petition__responsible", "assignee", "opened_by")
