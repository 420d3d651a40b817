"""Joint sittings on a case: who was invited, what was resolved, what each unit undertook to do by when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from core.timekeeping import local_day
from deadlines.ladder import AlertLine, DueStep
from deadlines.models import Clock
from mediation.models.cases import MediationCase
from mediation.sitting_enums import Coming, DoingState, SittingKind, SittingState
from mediation.sitting_querysets import SittingQuerySet
from petitions.models import Petition


def _by() -> Any:
    return models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")


class StandingUnits(models.Model):
    """The units that a convening unit always asks (the 8 of 8+X); kept on a page, in force from the next sitting on."""

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="+")
    units: Any = models.ManyToManyField(Unit, verbose_name=_("常设会办单位"), related_name="+")
    kept_at = models.DateTimeField()
    kept_by = _by()

    class Meta:
        verbose_name = _("常设会办单位")


class Sitting(models.Model):
    """One sitting, called by ``unit`` on a case, on a mediation, or both. ``previous``: the round before; ``round``
    counts from 1."""

    petition = models.ForeignKey(
        Petition, null=True, blank=True, on_delete=models.PROTECT, related_name="sittings"
    )
    mediation = models.ForeignKey(
        MediationCase, null=True, blank=True, on_delete=models.PROTECT, related_name="sittings"
    )
    unit = models.ForeignKey(Unit, verbose_name=_("召集单位"), on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("形式"), max_length=8, choices=SittingKind)
    question = models.TextField(_("要会办的问题"))
    place = models.CharField(_("地点"), max_length=200)
    starts_at = models.DateTimeField(_("时间"))
    previous = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="next_round"
    )
    round = models.PositiveSmallIntegerField(_("第几轮"), default=1)
    state = models.CharField(_("状态"), max_length=10, choices=SittingState, default=SittingState.CALLED)
    called_at = models.DateTimeField()
    called_by = _by()
    resolved = models.TextField(_("会办结论"), blank=True, default="")
    held_at = models.DateTimeField(_("记录时间"), null=True, blank=True)
    held_by = _by()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(_("取消的理由"), max_length=500, blank=True, default="")
    submit_key = models.CharField(max_length=64, unique=True, null=True, blank=True)

    objects: ClassVar[Any] = SittingQuerySet.as_manager()

    class Meta:
        verbose_name = _("会办")
        ordering = ["-starts_at", "-id"]
        indexes = [
            models.Index("starts_at", "id", name="sitting_by_time"),
            models.Index("unit", "starts_at", "id", name="sitting_of_unit"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(petition__isnull=False) | Q(mediation__isnull=False),
                name="sitting_on_something",
            ),
            models.CheckConstraint(
                condition=~Q(question="") & ~Q(place=""), name="sitting_says_what_and_where"
            ),
            models.CheckConstraint(
                condition=(Q(state=SittingState.HELD, held_at__isnull=False) & ~Q(resolved=""))
                | (~Q(state=SittingState.HELD) & Q(held_at=None, resolved="")),
                name="sitting_held_with_result",
            ),
            models.CheckConstraint(
                condition=(Q(state=SittingState.CANCELLED, cancelled_at__isnull=False) & ~Q(cancel_reason=""))
                | (~Q(state=SittingState.CANCELLED) & Q(cancelled_at=None)),
                name="sitting_cancelled_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(previous=None, round=1) | Q(previous__isnull=False, round__gt=1),
                name="sitting_rounds_in_order",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("mediation:sitting", args=[self.pk])

    @property
    def day(self) -> date:
        """In Asia/Shanghai."""
        return local_day(self.starts_at)

    @property
    def state_tone(self) -> str:
        return SittingState(self.state).tone


class Invitation(models.Model):
    """A unit asked to a sitting. ``standing``: one of the convening unit's standing units then. ``sends``: whom it
    sends; ``came`` is known when the sitting was written down."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="invitations")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    standing = models.BooleanField(default=False)
    answer = models.CharField(_("来不来"), max_length=4, choices=Coming, blank=True, default="")
    sends = models.CharField(_("派谁"), max_length=120, blank=True, default="")
    why = models.CharField(_("不来的理由"), max_length=500, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = _by()
    came = models.BooleanField(_("到会"), null=True, blank=True)

    class Meta:
        ordering = ["-standing", "id"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "unit"], name="invitation_once"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None)
                | Q(answer=Coming.YES, answered_at__isnull=False) & ~Q(sends="")
                | Q(answer=Coming.NO, answered_at__isnull=False) & ~Q(why=""),
                name="invitation_answered_whole",
            ),
        ]


class Undertaking(models.Model):
    """承诺事项: what one unit is to do. ``due_on``: the last day in Asia/Shanghai that is in time."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="undertakings")
    ordinal = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(Unit, verbose_name=_("承诺单位"), on_delete=models.PROTECT, related_name="+")
    what = models.CharField(_("承诺事项"), max_length=500)
    due_on = models.DateField(_("完成日期"))
    state = models.CharField(_("状态"), max_length=10, choices=DoingState, default=DoingState.OPEN)
    made_at = models.DateTimeField()
    made_by = _by()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("承诺事项")
        ordering = ["ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "ordinal"], name="undertaking_ordinal"),
            models.CheckConstraint(condition=~Q(what=""), name="undertaking_says_something"),
            models.CheckConstraint(
                condition=Q(state__in=[DoingState.OPEN, DoingState.REPORTED], ended_at=None)
                | Q(state__in=[DoingState.DONE, DoingState.LAPSED], ended_at__isnull=False),
                name="undertaking_ended_when",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("mediation:sitting", args=[self.sitting_id])

    @property
    def state_tone(self) -> str:
        return DoingState(self.state).tone


class DoingReport(models.Model):
    """What the unit did, and the convener's word on it: done, or not yet, with the reason and a new day."""

    undertaking = models.ForeignKey(Undertaking, on_delete=models.PROTECT, related_name="reports")
    text = models.TextField(_("落实情况"))
    at = models.DateTimeField()
    by = _by()
    who = models.CharField(max_length=120)
    accepted = models.BooleanField(null=True, blank=True)
    reply = models.TextField(_("审核意见"), blank=True, default="")
    new_due_on = models.DateField(null=True, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    replied_by = _by()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["undertaking"], condition=Q(accepted__isnull=True), name="doing_report_one_unread"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="doing_report_says_something"),
            models.CheckConstraint(
                condition=~Q(accepted=False) | ~Q(reply="") & Q(new_due_on__isnull=False),
                name="doing_report_sent_back_with_a_day",
            ),
        ]


class UndertakingClock(Clock):
    """Runs to the end of the day undertaken; stopped by the unit's report, started anew when that was not enough."""

    undertaking = models.ForeignKey(Undertaking, on_delete=models.PROTECT, related_name="clocks")

    class Meta(Clock.Meta):
        abstract = False
        indexes = [Clock.sweep_index("undertaking_clock_next")]
        constraints = [
            *Clock.Meta.constraints,
            models.UniqueConstraint(
                fields=["undertaking"],
                condition=Q(stopped_at__isnull=True),
                name="undertaking_clock_one_running",
            ),
        ]

    def get_explanation_url(self) -> str:
        return self.undertaking.get_absolute_url()

    @classmethod
    def for_sweep(cls) -> models.QuerySet[Any]:
        return (
            super()
            .for_sweep()
            .select_related(
                "undertaking__unit",
                "undertaking__sitting__unit",
                "undertaking__sitting__petition__complained_unit",
            )
        )

    @classmethod
    def alert_lines(cls, due: Sequence[DueStep]) -> Sequence[AlertLine]:
        """The unit, then also the convener; see ``services.undertakings``."""
        from mediation.services import undertakings

        return undertakings.alert_lines(due)
