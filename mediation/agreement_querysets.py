"""Who reads an agreement. It outlives the mediation, and with it the mediator's reading of the case: what stays with
the mediator is the agreement alone, which they wrote and must follow up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from accounts.enums import Role

if TYPE_CHECKING:
    from accounts.actor import Actor


class AgreementQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> AgreementQuerySet:
        """Agreements whose text this actor reads; none of what was sealed."""
        return self.filter(mediation__in=settled_by(actor).values("pk"))


def settled_by(actor: Actor) -> models.QuerySet[Any]:
    """Mediations whose agreement this actor reads: those they mediate, or, as one of the readers of records
    (``rules.RECORD_READERS``), those they see."""
    from mediation import rules

    found = apps.get_model("mediation", "MediationCase").objects
    if actor.user is None or actor.unit is None or not rules.reads_record(actor):
        none: models.QuerySet[Any] = found.none()
        return none
    if actor.role != Role.MEDIATOR:
        seen: models.QuerySet[Any] = found.visible_to(actor)
        return seen
    cases = apps.get_model("petitions", "Petition").objects.not_against(actor)
    disputes = apps.get_model("mediation", "Dispute").objects.without_the_concerned(actor)
    own: models.QuerySet[Any] = found.filter(mediator=actor.user).exclude(bars__user=actor.user)
    return own.filter(Q(petition__in=cases.values("pk")) | Q(dispute__in=disputes.values("pk")))
