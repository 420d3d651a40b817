"""The running deadlines of a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Unit
from deadlines.enums import Lamp, RuleCode
from deadlines.ladder import AlertLine, DueStep
from deadlines.models import ENDS_AT, Clock
from petitions.models.petition import Petition
from petitions.workflow import RIGHTS


class PetitionClock(Clock):
    """One deadline of one case. ``unit`` is who must act: the lead unit, or the office that must forward.

    ``missed_unit``: who had the case when the time ran out, where it was given on to ``unit`` after that. What is still
    to be done is told to ``unit``; that it is late is ``missed_unit``'s.
    """

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="clocks")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    missed_unit = models.ForeignKey(
        Unit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    stopped_by = models.CharField(
        max_length=20,
        blank=True,
        help_text="The act that stopped it; figures ask for it.",
    )

    class Meta(Clock.Meta):
        abstract = False
        indexes = [
            Clock.sweep_index("petition_clock_next"),
            models.Index("rule", ENDS_AT, name="petition_clock_month"),
        ]
        constraints = [
            *Clock.Meta.constraints,
            models.UniqueConstraint(
                fields=["petition", "rule"],
                condition=Q(stopped_at__isnull=True),
                name="petition_clock_one_running",
            ),
        ]

    def get_explanation_url(self) -> str:
        return reverse("petitions:clock", args=[self.petition.number, self.pk])

    @property
    def is_right(self) -> bool:
        """Of a right somebody may use, the petitioner's window or a unit's objection: it makes nobody late."""
        return self.rule.code in RIGHTS

    def lamp(self, at: datetime | None = None) -> Lamp:
        return Lamp.GREEN if self.is_right else super().lamp(at)

    @classmethod
    def for_sweep(cls) -> models.QuerySet[Any]:
        return super().for_sweep().select_related("petition__complained_unit", "unit")

    @classmethod
    def alert_lines(cls, due: Sequence[DueStep]) -> Sequence[AlertLine]:
        """Who is told what; see ``petitions.services.alerts``."""
        from petitions.services import alerts

        return alerts.lines(due)

    @classmethod
    def on_lapse(cls, due: Sequence[DueStep], now: datetime) -> None:
        """The petitioner's window passed: the case closes by itself, unrated (条例 35, domain B5)."""
        from petitions.services import following

        windows = [step.clock for step in due if step.clock.rule.code == RuleCode.PETITIONER_WINDOW]
        following.close_lapsed([clock.petition_id for clock in windows], now)  # type: ignore[attr-defined]
