"""The clocks of this room: the body's 30 days, and the petitioner's 30 days after a review was served."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse

from deadlines.enums import Lamp, RuleCode
from deadlines.ladder import AlertLine, DueStep
from deadlines.models import Clock
from reviews.models.reviews import Review


class ReviewClock(Clock):
    """``review_30`` or ``final_review_30`` while the body decides (of a 复查 referred upward too, for the petition
    office); ``petitioner_window`` once a review is served."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="clocks")

    class Meta(Clock.Meta):
        abstract = False
        indexes = [Clock.sweep_index("review_clock_next")]
        constraints = [
            *Clock.Meta.constraints,
            models.UniqueConstraint(
                fields=["review", "rule"],
                condition=Q(stopped_at__isnull=True),
                name="review_clock_one_running",
            ),
        ]

    def get_explanation_url(self) -> str:
        return reverse("reviews:clock", args=[self.review.petition.number, self.pk])

    @property
    def is_right(self) -> bool:
        """The petitioner's window makes nobody late."""
        return self.rule.code == RuleCode.PETITIONER_WINDOW

    def lamp(self, at: Any = None) -> Lamp:
        return Lamp.GREEN if self.is_right else super().lamp(at)

    @classmethod
    def for_sweep(cls) -> models.QuerySet[Any]:
        return (
            super()
            .for_sweep()
            .select_related(
                "review__petition__complained_unit", "review__petition__registered_unit", "review__body"
            )
        )

    @classmethod
    def alert_lines(cls, due: Sequence[DueStep]) -> Sequence[AlertLine]:
        """The body's people, then its heads, then the petition office; see ``services.alerts``."""
        from reviews.services import alerts

        return alerts.review_lines(due)
