"""Who sees a request for an extension: whoever reads the case; who decides: the head of the lead unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F

from accounts.enums import Role
from leaders.enums import AskState
from petitions.enums import Status
from petitions.querysets import OfACase

if TYPE_CHECKING:
    from accounts.actor import Actor


class AskQuerySet(OfACase):
    def waiting_for(self, actor: Actor) -> AskQuerySet:
        """Asked, and the case may still be extended: it is in handling, by this unit, and was not extended before."""
        if actor.role != Role.UNIT_HEAD or actor.unit is None:
            return self.none()
        found: AskQuerySet = self.filter(
            state=AskState.ASKED,
            unit=actor.unit,
            petition__lead_unit=F("unit"),
            petition__status=Status.ACCEPTED,
            petition__extension=None,
        ).visible_to(actor)
        return found.order_by("asked_at", "id")
