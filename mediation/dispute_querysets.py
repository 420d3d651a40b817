"""Who may see a dispute that came without a petition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.enums import Role, UnitKind
from mediation.dispute_enums import DisputeState

if TYPE_CHECKING:
    from accounts.actor import Actor

#: Whoever arranges mediation in the room's unit and above.
UNIT_READERS = frozenset({Role.PETITION_OFFICER, Role.HANDLER, Role.UNIT_HEAD})
#: Whoever sees to it in the whole district.
OFFICE_READERS = frozenset({Role.PETITION_OFFICER, Role.INSPECTOR})


class RoomDisputeQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> RoomDisputeQuerySet:
        """A mediator's: what waits in the mediator's rooms, and what is in the mediator's hands. An office's: what came
        to rooms of its unit and below; the petition office's: all. Never for whoever is out of it (条例 28)."""
        if actor.user is None or actor.unit is None:
            return self.none()
        return self.filter(self._within_reach(actor)).without_the_concerned(actor)

    def known_to(self, actor: Actor) -> RoomDisputeQuerySet:
        """Also what a mediator once mediated, to link what comes back to it; nothing of it is read again for that."""
        if actor.role != Role.MEDIATOR or actor.unit is None:
            return self.visible_to(actor)
        once = apps.get_model("mediation", "MediationCase").objects.of_mediator(actor.user)
        return self.filter(
            self._within_reach(actor) | Exists(once.filter(dispute=OuterRef("pk")))
        ).without_the_concerned(actor)

    def without_the_concerned(self, actor: Actor) -> RoomDisputeQuerySet:
        """Not for whoever is a party, kin or has an interest (``kept_out``), may not mediate it (``Bar``), or belongs
        to the unit that is the other side."""
        assert actor.unit is not None
        out = apps.get_model("mediation", "Dispute").kept_out.through.objects.filter(
            dispute=OuterRef("pk"), user=actor.user
        )
        barred = apps.get_model("mediation", "Bar").objects.filter(
            mediation__dispute=OuterRef("pk"), user=actor.user
        )
        own = Q(other_unit__isnull=False, other_unit__in=actor.unit.ancestor_ids)
        return self.exclude(own).filter(~Exists(out), ~Exists(barred))

    def to_take_up(self) -> RoomDisputeQuerySet:
        """What waits, the one that came first on top; in one query with what a row prints."""
        waiting: RoomDisputeQuerySet = self.filter(state=DisputeState.WAITING)
        return waiting.select_related("room__unit").order_by("came_at", "id")

    def _within_reach(self, actor: Actor) -> Q:
        assert actor.unit is not None
        if actor.role == Role.MEDIATOR:
            mine = apps.get_model("mediation", "MediationCase").objects.in_hand_of(actor.user)
            return Q(state=DisputeState.WAITING, room__in=self._rooms_of(actor)) | Q(
                Exists(mine.filter(dispute=OuterRef("pk")))
            )
        office = actor.unit.kind in {UnitKind.PETITION_OFFICE, UnitKind.DISTRICT}
        if office and actor.role in OFFICE_READERS:
            return Q()
        if actor.role in UNIT_READERS:
            return Q(room__unit__path__startswith=actor.unit.path)
        return Q(pk__in=[])

    @staticmethod
    def _rooms_of(actor: Actor) -> models.QuerySet[Any]:
        assert actor.user is not None
        found: models.QuerySet[Any] = actor.user.mediation_rooms.values("pk")
        return found
