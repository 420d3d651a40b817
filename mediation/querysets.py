"""Who may see what of this room; the case's own scope comes first, and sealed cases have no part in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.enums import Role
from petitions.querysets import unsealed_cases

if TYPE_CHECKING:
    from accounts.actor import Actor


class MediationQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> MediationQuerySet:
        """Mediations of the cases and the disputes the actor may read; a mediator's are those put into their hands."""
        disputes = apps.get_model("mediation", "Dispute").objects.visible_to(actor)
        found = self.filter(
            Q(petition__in=unsealed_cases(actor).values("pk")) | Q(dispute__in=disputes.values("pk"))
        )
        return found.of_mediator(actor.user) if actor.role == Role.MEDIATOR else found

    def of_mediator(self, user: Any) -> MediationQuerySet:
        seats = apps.get_model("mediation", "Seat").objects.filter(
            session__mediation=OuterRef("pk"), user=user, cancelled_at=None
        )
        return self.filter(Q(mediator=user) | Exists(seats))

    def in_hand_of(self, user: Any) -> MediationQuerySet:
        """Mediations that have not ended and are this mediator's now: not those that were handed on."""
        return self.filter(self._in_hand(user), ended_at=None)

    @staticmethod
    def _in_hand(user: Any) -> Q:
        planned = apps.get_model("mediation", "Seat").objects.filter(
            session__mediation=OuterRef("pk"), user=user, cancelled_at=None, session__held_at=None
        )
        return Q(mediator=user) | Q(Exists(planned))

    def done_by(self, user: Any) -> MediationQuerySet:
        """What this mediator did that has ended or was handed on, asked of the rows alone: the case is read no longer,
        and nothing of it is printed. Sealed later or not, a row stands the same; one that went missing would tell. In
        two queries, with ``own_sessions``: those this mediator sat in."""
        held = apps.get_model("mediation", "Session").objects.filter(
            seats__user=user, cancelled_at=None, held_at__isnull=False
        )
        return (
            self.of_mediator(user)
            .exclude(self._in_hand(user), ended_at=None)
            .select_related("room")
            .prefetch_related(
                models.Prefetch("sessions", queryset=held.order_by("starts_at"), to_attr="own_sessions")
            )
        )

    def with_recused_mark(self) -> MediationQuerySet:
        """``mediator_recused``: the mediation waits for another mediator (条例 28)."""
        recused = apps.get_model("petitions", "Recusal").objects.filter(
            petition=OuterRef("petition"), user=OuterRef("mediator"), ended_at=None
        )
        kept_out = apps.get_model("mediation", "Dispute").kept_out.through.objects.filter(
            dispute=OuterRef("dispute"), user=OuterRef("mediator")
        )
        return self.annotate(mediator_recused=Exists(recused) | Exists(kept_out))

    def with_row_relations(self) -> MediationQuerySet:
        """What a row prints, in two queries: the case, the room, the mediator and whether they are recused, planned
        sessions."""
        planned = (
            apps.get_model("mediation", "Session")
            .objects.filter(cancelled_at=None, held_at=None)
            .order_by("starts_at")
        )
        return (
            self.select_related("petition__lead_unit", "dispute", "room", "mediator")
            .with_recused_mark()
            .prefetch_related(models.Prefetch("sessions", queryset=planned, to_attr="planned_sessions"))
        )
