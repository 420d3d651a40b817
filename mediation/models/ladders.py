"""The ladder of mediation, and where a matter stands on it: by default two attempts in the village, one in the area,
then the town's committee as often as needed (2+1+N)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from deadlines.ladder import AlertLine, DueStep
from deadlines.models import Clock
from mediation.enums import Leaving
from mediation.models.cases import MediationCase
from mediation.models.rooms import Room


class Ladder(models.Model):
    """One version of the levels that hold in a unit and below; without a unit in the whole district.

    A new version ends the former; what runs stays on the version it began on.
    """

    unit = models.ForeignKey(
        Unit, verbose_name=_("适用范围"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(_("名称"), max_length=40)
    made_at = models.DateTimeField(_("设定时间"))
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("调解阶梯")
        ordering = ["unit__path", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit"], condition=Q(ended_at=None), nulls_distinct=False, name="ladder_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Level(models.Model):
    """One step of a ladder. ``attempts``: sessions without agreement after which it goes on; none: as often as needed.
    ``days``: calendar days for the whole level."""

    ladder = models.ForeignKey(Ladder, on_delete=models.PROTECT, related_name="levels")
    place = models.PositiveSmallIntegerField()
    name = models.CharField(_("层级"), max_length=40)
    attempts = models.PositiveSmallIntegerField(_("次数"), null=True, blank=True)
    days = models.PositiveSmallIntegerField(_("天数"))

    class Meta:
        verbose_name = _("调解层级")
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["ladder", "place"], name="level_place_once"),
            models.CheckConstraint(condition=Q(days__gte=1), name="level_has_days"),
            models.CheckConstraint(
                condition=Q(attempts=None) | Q(attempts__gte=1), name="level_has_attempts_or_no_limit"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Stay(models.Model):
    """A matter at one level, in one room, with one mediator; the next begins where this one ends."""

    mediation = models.ForeignKey(MediationCase, on_delete=models.PROTECT, related_name="stays")
    level = models.ForeignKey(Level, null=True, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="+")
    mediator = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField(_("开始时间"))
    began_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("离开时间"), null=True, blank=True)
    leaving = models.CharField(_("去向"), max_length=10, choices=Leaving, blank=True, default="")
    words = models.TextField(_("说明"), blank=True, default="")

    class Meta:
        verbose_name = _("分级调解")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["mediation"], condition=Q(ended_at=None), name="stay_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, leaving="") | (Q(ended_at__isnull=False) & ~Q(leaving="")),
                name="stay_ended_how",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")), name="stay_in_order"
            ),
        ]


class StayClock(Clock):
    """The days of a level. It asks whoever mediates to go on; no day of the case's law depends on it."""

    stay = models.ForeignKey(Stay, on_delete=models.PROTECT, related_name="clocks")

    class Meta(Clock.Meta):
        abstract = False
        indexes = [Clock.sweep_index("stay_clock_next")]
        constraints = [
            *Clock.Meta.constraints,
            models.UniqueConstraint(
                fields=["stay"], condition=Q(stopped_at__isnull=True), name="stay_clock_one_running"
            ),
        ]

    def get_explanation_url(self) -> str:
        return self.stay.mediation.get_absolute_url()

    @classmethod
    def for_sweep(cls) -> models.QuerySet[Any]:
        return (
            super()
            .for_sweep()
            .select_related(
                "stay__mediation__petition__complained_unit",
                "stay__mediation__dispute__other_unit",
                "stay__room__unit",
                "stay__level",
            )
        )

    @classmethod
    def alert_lines(cls, due: Sequence[DueStep]) -> Sequence[AlertLine]:
        """The mediator, then the head of the room's unit, then the petition office; see ``services.level_alerts``."""
        from mediation.services import level_alerts

        return level_alerts.lines(due)
