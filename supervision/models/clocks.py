"""The clocks of this room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse

from deadlines.ladder import AlertLine, DueStep
from deadlines.models import Clock
from supervision.models.supervisions import Supervision


class SupervisionClock(Clock):
    """Runs to the end of the due day; stopped by the unit's feedback, started anew when that is returned."""

    supervision = models.ForeignKey(Supervision, on_delete=models.PROTECT, related_name="clocks")

    class Meta(Clock.Meta):
        abstract = False
        indexes = [Clock.sweep_index("supervision_clock_next")]
        constraints = [
            *Clock.Meta.constraints,
            models.UniqueConstraint(
                fields=["supervision"],
                condition=Q(stopped_at__isnull=True),
                name="supervision_clock_one_running",
            ),
        ]

    def get_explanation_url(self) -> str:
        return reverse("supervision:clock", args=[self.supervision_id, self.pk])

    @classmethod
    def for_sweep(cls) -> models.QuerySet[Any]:
        related = ("supervision__petition__complained_unit", "supervision__unit", "supervision__opened_by")
        return super().for_sweep().select_related(*related)

    @classmethod
    def alert_lines(cls, due: Sequence[DueStep]) -> Sequence[AlertLine]:
        """The unit, its leaders, then whoever supervises; see ``services.alerts``."""
        from supervision.services import alerts

        return alerts.supervision_lines(due)
