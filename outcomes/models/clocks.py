"""The clock of an execution. It runs beside the case, also after the case was closed: 办结 is not 落实."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse

from deadlines.ladder import AlertLine, DueStep
from deadlines.models import Clock
from outcomes.models.executions import Execution


class ExecutionClock(Clock):
    """Runs to the end of the due day; stopped by the unit's report, started anew when that was not enough."""

    execution = models.ForeignKey(Execution, on_delete=models.PROTECT, related_name="clocks")

    class Meta(Clock.Meta):
        abstract = False
        indexes = [Clock.sweep_index("execution_clock_next")]
        constraints = [
            *Clock.Meta.constraints,
            models.UniqueConstraint(
                fields=["execution"],
                condition=Q(stopped_at__isnull=True),
                name="execution_clock_one_running",
            ),
        ]

    def get_explanation_url(self) -> str:
        return reverse("outcomes:clock", args=[self.execution.petition.number, self.execution_id, self.pk])

    @classmethod
    def for_sweep(cls) -> models.QuerySet[Any]:
        related = (
            "execution__petition__complained_unit",
            "execution__petition__lead_unit",
            "execution__unit",
        )
        return super().for_sweep().select_related(*related)

    @classmethod
    def alert_lines(cls, due: Sequence[DueStep]) -> Sequence[AlertLine]:
        """The unit's people, those in charge of it, then the petition office; see ``services.alerts``."""
        from outcomes.services import alerts

        return alerts.execution_lines(due)
