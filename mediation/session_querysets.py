"""Who may see which recordings: whoever sees the mediation they belong to; opening one is asked by session_rules."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models

if TYPE_CHECKING:
    from accounts.actor import Actor


class RecordingQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> RecordingQuerySet:
        """Of the mediations this actor may see."""
        mediations = apps.get_model("mediation", "MediationCase").objects.visible_to(actor)
        return self.filter(session__mediation__in=mediations.values("pk"))

    def due(self, at: datetime) -> RecordingQuerySet:
        """Kept ones whose time is over."""
        return self.filter(kept_at__isnull=False, gone_at=None, keep_until__lte=at)
