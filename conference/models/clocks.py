"""The clock of a decision against a unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse

from conference.models.orders import Order
from deadlines.ladder import AlertLine, DueStep
from deadlines.models import Clock


class OrderClock(Clock):
    """Runs to the end of the due day; stopped by the unit's report, started anew when that was not enough."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="clocks")

    class Meta(Clock.Meta):
        abstract = False
        indexes = [Clock.sweep_index("order_clock_next")]
        constraints = [
            *Clock.Meta.constraints,
            models.UniqueConstraint(
                fields=["order"], condition=Q(stopped_at__isnull=True), name="order_clock_one_running"
            ),
        ]

    def get_explanation_url(self) -> str:
        return reverse("conference:clock", args=[self.order_id, self.pk])

    @classmethod
    def for_sweep(cls) -> models.QuerySet[Any]:
        return super().for_sweep().select_related("order__unit", "order__petition__complained_unit")

    @classmethod
    def alert_lines(cls, due: Sequence[DueStep]) -> Sequence[AlertLine]:
        """The unit, then the petition office and its inspectors; see ``services.alerts``."""
        from conference.services import alerts

        return alerts.order_lines(due)
