"""Who may see a case. ``visible_to`` is the only start of a query in views, exports, searches, counts and APIs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.enums import Role, UnitKind
from accounts.querysets import path_range
from petitions.enums import Channel, ScopeReason

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
#: Hats under which somebody holds what they registered by name; while no discipline body has a sealed case, also those
#: of a trustee (``services.holding``).
REGISTRAR_ROLES = frozenset({Role.CLERK, Role.PETITION_OFFICER})
TRUSTEE_ROLES = frozenset({Role.UNIT_HEAD, Role.LEADER})
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


def mass_visits() -> Q:
    """What ``Petition.is_mass_visit`` says, as a condition."""
    visits = [channel for channel in Channel if channel.counted_in == "批"]
    return Q(channel__in=visits, head_count__gte=F("batch_count") * settings.MASS_VISIT_HEADS)


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
        return self._readable(actor, scope).without_recused(actor)

    def visible_to_office(self, actor: Actor) -> PetitionQuerySet:
        """What the actor's post would read if this person stayed out of no case: for what the office counts as one."""
        if actor.user is None or actor.post is None or actor.unit is None:
            return self.none()
        return self._readable(
            actor, apps.get_model("petitions", "PetitionScope").objects.filter(petition=OuterRef("pk"))
        )

    def without_recused(self, actor: Actor) -> PetitionQuerySet:
        """Whoever is recused (回避) reads the case no more than a stranger; the flag spares all others the look-up."""
        recused = apps.get_model("petitions", "Recusal").objects.filter(
            petition=OuterRef("pk"), user=actor.user, ended_at=None
        )
        return self.filter(Q(has_recusals=False) | ~Q(Exists(recused)))

    def not_against(self, actor: Actor) -> PetitionQuerySet:
        """Unsealed cases that complain neither of the actor's unit nor of the actor, and from which the actor is not
        recused (条例 28, 30). Says nothing of reading them: for desks that serve people about cases out of sight."""
        open_to_all = self.filter(sealed=False).exclude(self._against_own(actor, "complained_unit"))
        return open_to_all.without_recused(actor)

    def held_by_name(self, actor: Actor) -> PetitionQuerySet:
        """What stands in this person's name as registrar or trustee, under a hat that can hold it."""
        scope = apps.get_model("petitions", "PetitionScope").objects
        named = scope.filter(petition=OuterRef("pk"), user=actor.user, reason=ScopeReason.REGISTERED)
        holds = self._can_hold(actor, self._units_of(actor))
        if holds is None:
            return self.none()
        return self.filter(Exists(named)).filter(holds).without_recused(actor)

    def _readable(self, actor: Actor, scope: models.QuerySet[Any]) -> PetitionQuerySet:
        assert actor.unit is not None and actor.post is not None
        units = self._units_of(actor)
        given, holds = self._given(actor), self._can_hold(actor, units)
        named = Q(Exists(scope.filter(given)))
        if holds is not None:
            named |= Q(Exists(scope.filter(user=actor.user, reason=ScopeReason.REGISTERED))) & holds
        if sees_sealed(actor):
            return self._by_row(scope, Q(unit=actor.unit) | given, holds, actor)
        open_or_named = Q(sealed=False) | named
        if sees_district(actor):
            # What is complained about is this very office: its own desk does not read it (条例 28).
            return self.filter(open_or_named).exclude(self._against_own(actor, "complained_unit") & ~named)
        if any(unit.kind == UnitKind.DISTRICT for unit in units):
            # A leader in charge of the whole district.
            return self.filter(open_or_named).exclude(self._against_own(actor, "complained_unit"))
        if units:
            return self._by_row(scope, self._within(actor, units) | given, holds, actor).filter(open_or_named)
        if actor.role in GRANTED_ROLES:
            return self.filter(named)
        return self.none()

    def _by_row(
        self, scope: models.QuerySet[Any], counting: Q, holds: Q | None, actor: Actor
    ) -> PetitionQuerySet:
        """Cases with one of the rows ``counting``, or by name as ``holds`` says (``_can_hold``).

        One ``EXISTS`` finds them by index, whatever the hat; only for a hat that can hold by name is a found case
        looked at again, and of those only what this person registered or what is sealed.
        """
        if holds is None:
            return self.filter(Exists(scope.filter(counting)))
        held = Q(user=actor.user, reason=ScopeReason.REGISTERED)
        not_by_name = Q(sealed=False) & (Q(registered_by=None) | ~Q(registered_by=actor.user))
        found = self.filter(Exists(scope.filter(counting | held)))
        return found.filter(not_by_name | holds | Q(Exists(scope.filter(counting))))

    @staticmethod
    def _given(actor: Actor) -> Q:
        """Scope rows by name that count under this hat, but for registrars' and trustees' (``_can_hold``)."""
        reasons = [ScopeReason.GRANTED] if actor.role in GRANTED_ROLES else []
        if actor.role == Role.LEADER:
            reasons.append(ScopeReason.LEAD)  # in the place of an office that is itself complained of
        against_own = PetitionQuerySet._against_own(actor, "petition__complained_unit")
        return Q(user=actor.user, reason__in=reasons) & ~against_own

    @staticmethod
    def _within(actor: Actor, units: list[Unit]) -> Q:
        """Scope rows of these units. Where a leader's own unit is complained of, the charge over others opens nothing;
        its own rows are then those of a co-unit, which answers for its own part."""
        assert actor.unit is not None
        rows = Q(unit__in=[unit.pk for unit in units])
        if actor.role != Role.LEADER or not actor.unit.ancestor_ids[1:]:
            return rows
        own = Q(unit__in=[unit.pk for unit in units if unit.is_within(actor.unit)])
        return own | (rows & ~PetitionQuerySet._against_own(actor, "petition__complained_unit"))

    @staticmethod
    def _against_own(actor: Actor, field: str) -> Q:
        """The unit complained of is the actor's own, or stands above it (条例 28). Of somebody posted in the district
        itself that is never so."""
        assert actor.unit is not None
        own = actor.unit.ancestor_ids[1:]
        return Q(**{f"{field}__in": own, f"{field}__isnull": False}) if own else Q(pk__in=[])

    @staticmethod
    def _can_hold(actor: Actor, heads: list[Unit]) -> Q | None:
        """Cases that this hat can hold by name, registered in its unit or below; None for hats that hold none.

        A person who is moved, or who also works in the unit complained of, reads nothing there by what they once
        registered elsewhere (条例 28, 30). ``rules.can_hold`` says the same of one case.
        """
        if actor.unit is None or actor.role not in REGISTRAR_ROLES | TRUSTEE_ROLES or not heads:
            return None
        below = Q()
        for head in heads:
            low, high = path_range(head.path)
            below |= Q(path__gte=low, path__lt=high)
        units = apps.get_model("accounts", "Unit").objects.filter(below)
        holds = Q(registered_unit__in=units.values("pk"))
        if actor.role in TRUSTEE_ROLES:
            holds &= Q(lead_unit=None)
        return holds & ~PetitionQuerySet._against_own(actor, "complained_unit")

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


def unsealed_cases(actor: Actor) -> PetitionQuerySet:
    """Cases the actor may read, without the sealed ones: those have no part in the rooms above (条例 30)."""
    found: PetitionQuerySet = apps.get_model("petitions", "Petition").objects.visible_to(actor)
    return found.filter(sealed=False)


class OfACase(models.QuerySet[Any]):
    """Rows of a room above that hang on cases: seen by whoever reads the case. ``case``: the way to it."""

    case = "petition"

    def visible_to(self, actor: Actor) -> Any:
        return self.filter(**{f"{self.case}__in": unsealed_cases(actor).values("pk")})
