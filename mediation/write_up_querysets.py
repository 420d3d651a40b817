"""Who may see which training material."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from accounts.enums import Role
from mediation.write_up_enums import WriteUpState

if TYPE_CHECKING:
    from accounts.actor import Actor

#: Who writes it, and who looks after the rooms.
READERS = (Role.MEDIATOR, Role.PETITION_OFFICER)


class WriteUpQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> WriteUpQuerySet:
        """Published ones are read by all mediators and the petition office; what is not yet checked, or was withdrawn,
        by the mediators of that matter and by officers who may see it. Nobody reads one of a case that was sealed."""
        if actor.user is None or actor.unit is None or actor.role not in READERS:
            return self.none()
        mediations = apps.get_model("mediation", "MediationCase").objects
        mediates = actor.role == Role.MEDIATOR
        own = mediations.of_mediator(actor.user) if mediates else mediations.visible_to(actor)
        found = self.exclude(mediation__petition__sealed=True)
        return found.filter(Q(state=WriteUpState.PUBLISHED) | Q(mediation__in=own.values("pk")))
