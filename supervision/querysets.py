"""Who may see what of this room: the case's own scope comes first, and sealed cases have no part in it (条例 30)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from accounts.enums import Role, UnitKind
from accounts.querysets import path_range
from petitions.querysets import OfACase, unsealed_cases
from supervision.enums import DEMANDED, LIVE

if TYPE_CHECKING:
    from accounts.actor import Actor
    from accounts.models import Unit

OVERSEERS = frozenset({Role.INSPECTOR, Role.PETITION_OFFICER})
OFFICES = frozenset({UnitKind.PETITION_OFFICE, UnitKind.DISTRICT})
UNIT_ROLES = frozenset({Role.HANDLER, Role.UNIT_HEAD, Role.PETITION_OFFICER})


def oversees(actor: Actor) -> bool:
    """Inspectors and officers of the petition office: they supervise the whole district (条例 14, 16)."""
    return actor.unit is not None and actor.role in OVERSEERS and actor.unit.kind in OFFICES


def units_below(units: list[Unit]) -> Q:
    """Rows whose ``unit`` is one of these or stands below."""
    found = Q(pk__in=[])
    for unit in units:
        low, high = path_range(unit.path)
        found |= Q(unit__path__gte=low, unit__path__lt=high)
    return found


class SupervisionQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> SupervisionQuerySet:
        """Who supervises sees all of the cases they read; a leader what was demanded in their charge; a unit what was
        demanded of it or of what stands below it, and of nobody else. What is only proposed is the overseers' alone.
        """
        if actor.unit is None or actor.user is None or actor.post is None:
            return self.none()
        readable = self.filter(Q(petition=None) | Q(petition__in=unsealed_cases(actor).values("pk")))
        if oversees(actor):
            return readable
        demanded = readable.filter(state__in=DEMANDED)
        if actor.role == Role.LEADER:
            charge = units_below(list(actor.post.charge_units.all()))
            return demanded.filter(Q(petition__isnull=False) | charge)
        if actor.role in UNIT_ROLES:
            return demanded.filter(units_below([actor.unit]) | Q(opened_by=actor.user))
        return self.none()

    def live(self) -> SupervisionQuerySet:
        return self.filter(state__in=LIVE)

    def with_row_relations(self) -> SupervisionQuerySet:
        """What a row prints, in two queries: the case, the unit, the clocks."""
        clocks = apps.get_model("supervision", "SupervisionClock").objects.select_related("rule")
        return self.select_related(
            "petition__lead_unit",
            "petition__registered_unit",
            "petition__complained_unit",
            "unit",
            "opened_by",
        ).prefetch_related(
            models.Prefetch("clocks", queryset=clocks.order_by("-id"), to_attr="ordered_clocks")
        )


class UrgentQuerySet(OfACase):
    def visible_to(self, actor: Actor) -> UrgentQuerySet:
        """Whoever reads the case and is not of what it complains of; the bodies that were called read it by that. Of
        what is over they keep their record, though no longer the case."""
        if actor.unit is None or actor.user is None:
            return self.none()
        found: UrgentQuerySet = self.filter(
            Q(petition__in=unsealed_cases(actor).values("pk")) | Q(pk__in=self._answered(actor))
        )
        complained = Q(
            petition__complained_unit__isnull=False,
            petition__complained_unit__in=actor.unit.ancestor_ids[1:],  # everybody stands within the district
        )
        return found.exclude(complained)

    def _answered(self, actor: Actor) -> models.QuerySet[Any]:
        """Ids of those that are over and that the unit of this post was called to."""
        if actor.role not in UNIT_ROLES:
            return self.none()
        recused = apps.get_model("petitions", "Recusal").objects.filter(user=actor.user, ended_at=None)
        called = apps.get_model("supervision", "DispatchedUnit").objects.filter(
            unit=actor.unit, response__cleared_at__isnull=False, response__petition__sealed=False
        )
        return called.exclude(response__petition__in=recused.values("petition")).values("response")

    def open(self) -> UrgentQuerySet:
        return self.filter(cleared_at=None)

    def with_row_relations(self) -> UrgentQuerySet:
        """What a row and the live page print, in four queries."""
        return self.select_related("petition__complained_unit", "petition__registered_unit").prefetch_related(
            "dispatched__unit", "reports", "notes__unit"
        )


class SuggestionQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> SuggestionQuerySet:
        """The addressee, whoever supervises, and leaders; 追究责任 only the addressee, inspectors of the office, the
        discipline body and the district's leaders. Nobody reads one about themselves or their unit, nor one that grew
        out of a case they must keep out of. Of a case that was sealed since, none is left but 追究责任 before the
        discipline body that it was addressed to.
        """
        if actor.unit is None or actor.user is None or actor.post is None:
            return self.none()
        accusing = Q(kind="accountability")
        to_own = Q(pk__in=[])
        if actor.role in UNIT_ROLES | {Role.LEADER}:
            to_own = Q(unit=actor.unit)
        sees = to_own
        from_case = Q(petition=None) | Q(petition__in=unsealed_cases(actor).values("pk"))
        if oversees(actor):
            mine = from_case if actor.role == Role.INSPECTOR else from_case & ~accusing
            sees |= mine
        elif actor.role == Role.LEADER and actor.unit.kind == UnitKind.DISTRICT:
            sees |= from_case
        elif actor.unit.kind == UnitKind.DISCIPLINE and actor.role in UNIT_ROLES:
            sees |= accusing
        still = Q(petition=None) | Q(petition__sealed=False)
        if actor.unit.kind == UnitKind.DISCIPLINE:
            still |= accusing & Q(unit=actor.unit)
        found = self.filter(sees).filter(still)
        through = self.model.about_people.through.objects.filter(user=actor.user)
        found = found.exclude(pk__in=through.values("suggestion"))
        own = actor.unit.ancestor_ids[1:] or []
        found = found.exclude(about_unit__in=own) if own else found
        recused = apps.get_model("petitions", "Recusal").objects.filter(
            petition=models.OuterRef("petition"), user=actor.user, ended_at=None
        )
        return found.exclude(models.Exists(recused))

    def open(self) -> SuggestionQuerySet:
        """Neither answered nor lapsed."""
        return self.filter(answered_at=None, lapsed_at=None)

    def outside_the_seal(self) -> SuggestionQuerySet:
        """Those that end when their case is sealed: all but 追究责任 that a discipline body has in hand, which is of
        the route that the case follows from then on (条例 30)."""
        return self.exclude(kind="accountability", unit__kind=UnitKind.DISCIPLINE)

    def with_row_relations(self) -> SuggestionQuerySet:
        """What a row prints, in two queries."""
        clocks = apps.get_model("supervision", "SuggestionClock").objects.select_related("rule")
        return self.select_related("unit", "issued_by", "petition__complained_unit").prefetch_related(
            models.Prefetch("clocks", queryset=clocks.order_by("-id"), to_attr="ordered_clocks")
        )


class ListingQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> ListingQuerySet:
        """As the supervision itself."""
        rows = apps.get_model("supervision", "Supervision").objects.visible_to(actor)
        return self.filter(supervision__in=rows.values("pk"))

    def with_row_relations(self) -> ListingQuerySet:
        """What a row prints, in two queries."""
        return self.select_related(
            "supervision__petition__complained_unit", "supervision__unit"
        ).prefetch_related("milestones")
