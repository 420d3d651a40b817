"""Which hearings somebody finds in the own list. Sealed cases have none (条例 30)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from petitions.querysets import OfACase

if TYPE_CHECKING:
    from accounts.actor import Actor


class HearingQuerySet(OfACase):
    def listed_for(self, actor: Actor) -> Any:
        """Of the cases one reads, and those on whose panel one sits, which opens nothing but the line of the list.
        Whoever is recused from the case or complained of in it finds nothing (条例 28)."""
        if actor.user is None or actor.unit is None:
            return self.none()
        seats = apps.get_model("hearings", "PanelMember").objects
        sits = Q(Exists(seats.filter(hearing=OuterRef("pk"), user=actor.user, left_at=None)))
        recused = apps.get_model("petitions", "Recusal").objects.filter(
            petition=OuterRef("petition"), user=actor.user, ended_at=None
        )
        reads = Q(pk__in=self.visible_to(actor).values("pk"))
        found = self.filter(reads | sits, petition__sealed=False).exclude(Exists(recused))
        own = actor.unit.ancestor_ids[1:]  # everybody stands within the district itself
        return found.exclude(petition__complained_unit__isnull=False, petition__complained_unit__in=own)
