"""The clocks of a co-unit's part, beside those of the case: each co-unit has its own, the lead's go on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import Q

from accounts.models import Unit
from deadlines.ladder import AlertLine, DueStep
from deadlines.models import Clock
from petitions.models.handling import Share


class ShareClock(Clock):
    """One deadline of one co-unit: to answer its part (协办反馈), or to object to it (条例 23 by analogy).

    Not a ``PetitionClock``: a case has one running clock of a rule, and several co-units run at the same time.
    """

    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="clocks")

    class Meta(Clock.Meta):
        abstract = False
        indexes = [Clock.sweep_index("share_clock_next")]
        constraints = [
            *Clock.Meta.constraints,
            models.UniqueConstraint(
                fields=["share", "rule"],
                condition=Q(stopped_at__isnull=True),
                name="share_clock_one_running",
            ),
        ]

    def get_explanation_url(self) -> str:
        return f"{self.share.petition.get_absolute_url()}#handling"

    @property
    def unit(self) -> Unit:
        """Who must act."""
        return self.share.unit

    @classmethod
    def for_sweep(cls) -> models.QuerySet[Any]:
        related = ("share__petition__complained_unit", "share__petition__lead_unit", "share__unit")
        return super().for_sweep().select_related(*related)

    @classmethod
    def alert_lines(cls, due: Sequence[DueStep]) -> Sequence[AlertLine]:
        """The co-unit, its head, whoever leads, then the petition office; see ``services.part_alerts``."""
        from petitions.services import part_alerts

        return part_alerts.lines(due)
