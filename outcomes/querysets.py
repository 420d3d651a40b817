"""Who may see what of this room: the case's own scope comes first, and sealed cases have no part in it (条例 30)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import F, Q

from accounts.enums import Role, UnitKind
from core.timekeeping import local_day
from outcomes.enums import UNDONE, WAITING, ExecutionState
from petitions.enums import Status

if TYPE_CHECKING:
    from accounts.actor import Actor


def cases_of(actor: Actor) -> Any:
    """Cases the actor may read, without sealed ones."""
    return apps.get_model("petitions", "Petition").objects.visible_to(actor).filter(sealed=False)


class OfCasesQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> OfCasesQuerySet:
        return self.filter(petition__in=cases_of(actor).values("pk"))


class ExecutionQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> ExecutionQuerySet:
        return self.filter(petition__in=cases_of(actor).values("pk"))

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


class ReturnVisitQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> ReturnVisitQuerySet:
        """As a rating is (``petitions.rules.sees_evaluation``): before the case is closed neither the unit that
        answered nor those below the petition office learn of a visit, but for whoever is to make it."""
        found = self.filter(petition__in=cases_of(actor).values("pk"))
        if actor.unit is None or actor.user is None:
            return found.none()
        own = Q(petition__status=Status.CLOSED) | Q(assignee=actor.user)
        if actor.role in {Role.PETITION_OFFICER, Role.INSPECTOR, Role.LEADER}:
            watches = Q()
            if actor.unit.kind != UnitKind.DISTRICT:
                watches = Q(petition__lead_unit=None) | ~Q(
                    petition__lead_unit__path__startswith=actor.unit.path
                )
            own |= watches if watches else Q(pk=F("pk"))
        return found.filter(own)

    def waiting(self) -> ReturnVisitQuerySet:
        return self.filter(state__in=WAITING)

    def with_row_relations(self) -> ReturnVisitQuerySet:
        """What a row prints, in one query."""
        related = ("petition__lead_unit", "petition__complained_unit", "petition__registered_unit")
        return self.select_related(*related, "petition__responsible", "assignee", "opened_by")
