"""Who may see a case. ``visible_to`` is the only start of a query in views, exports, searches, counts and APIs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.enums import Role, UnitKind
from petitions.enums import ScopeReason

if TYPE_CHECKING:
    from accounts.actor import Actor
    from accounts.models import Unit

DISTRICT_ROLES = frozenset({Role.PETITION_OFFICER, Role.INSPECTOR, Role.STATISTICIAN})
UNIT_ROLES = frozenset(
    {
        Role.CLERK,
        Role.PETITION_OFFICER,
        Role.HANDLER,
        Role.UNIT_HEAD,
        Role.STATISTICIAN,
        Role.INSPECTOR,
    }
)
DISCIPLINE_ROLES = frozenset({Role.PETITION_OFFICER, Role.HANDLER, Role.UNIT_HEAD})
#: Hats under which a case given by name is read (包案, 接访, 调解); under another hat of the same person it is not.
GRANTED_ROLES = frozenset({Role.LEADER, Role.MEDIATOR})


def sees_district(actor: Actor) -> bool:
    """Petition office, inspectors and the petition office's statistician read the whole district (条例 14, 16)."""
    return (
        actor.unit is not None
        and actor.unit.kind in {UnitKind.PETITION_OFFICE, UnitKind.DISTRICT}
        and actor.role in DISTRICT_ROLES
    )


def sees_sealed(actor: Actor) -> bool:
    """The discipline route: posts that handle cases in a discipline body (条例 30)."""
    return (
        actor.unit is not None and actor.unit.kind == UnitKind.DISCIPLINE and actor.role in DISCIPLINE_ROLES
    )


class PetitionQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor, *, live: bool = False) -> PetitionQuerySet:
        """The cases this actor may read, under the post (hat) that is on.

        Sealed cases (检举控告) are here only for the discipline body they went to and for the registrar named on them;
        for everyone else they do not exist. Administrators and the auditor read no cases at all.

        ``live`` is for callers whose own conditions leave closed cases out: a unit's few open cases are then found
        by the flag on its scope rows, without walking its many closed ones. It adds no condition on the case itself,
        because the planner takes two that imply each other for independent and expects far too few rows.
        """
        if actor.user is None or actor.post is None or actor.unit is None:
            return self.none()
        scope = apps.get_model("petitions", "PetitionScope").objects.filter(petition=OuterRef("pk"))
        if live:
            scope = scope.filter(live=True)
        return self._readable(actor, scope)

    def _readable(self, actor: Actor, scope: models.QuerySet[Any]) -> PetitionQuerySet:
        assert actor.unit is not None and actor.post is not None
        by_name = Q(user=actor.user)
        if actor.role not in GRANTED_ROLES:
            by_name &= ~Q(reason=ScopeReason.GRANTED)
        named = Exists(scope.filter(by_name))
        if sees_sealed(actor):
            return self.filter(Exists(scope.filter(Q(unit=actor.unit) | by_name)))
        open_or_named = Q(sealed=False) | Q(named)
        if sees_district(actor):
            # What is complained about is this very office: its own desk does not read it (条例 28).
            own = Q(complained_unit__in=actor.unit.ancestor_ids[1:], complained_unit__isnull=False)
            return self.filter(open_or_named).exclude(own & ~Q(named))
        units = self._units_of(actor)
        if any(unit.kind == UnitKind.DISTRICT for unit in units):
            return self.filter(open_or_named)  # a leader in charge of the whole district
        if units:
            within = Q(unit__in=[unit.pk for unit in units]) | by_name
            return self.filter(Exists(scope.filter(within))).filter(open_or_named)
        if actor.role in GRANTED_ROLES:
            return self.filter(named)
        return self.none()

    @staticmethod
    def _units_of(actor: Actor) -> list[Unit]:
        assert actor.post is not None and actor.unit is not None
        if actor.role == Role.LEADER:
            # Scope rows already name every superior, so the charge's own heads are enough.
            return list(actor.post.charge_units.all())
        if actor.role in UNIT_ROLES:
            return [actor.unit]
        return []

    def with_row_relations(self) -> PetitionQuerySet:
        """What a list row prints, in a fixed number of queries."""
        clock_model = apps.get_model("petitions", "PetitionClock")
        running = (
            clock_model.objects.filter(stopped_at__isnull=True).select_related("rule").order_by("due_at")
        )
        return self.select_related("lead_unit", "category", "place_unit", "registered_unit").prefetch_related(
            models.Prefetch("clocks", queryset=running, to_attr="running_clocks")
        )
