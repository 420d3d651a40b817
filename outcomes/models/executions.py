"""执行: what an answer supported is carried out (条例 32), one row for each request, and the unit's reports on it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from outcomes.enums import UNDONE, ExecutionState
from outcomes.querysets import ExecutionQuerySet
from petitions.models import Attachment, Petition, PetitionRequest, Reply


class Execution(models.Model):
    """One supported request. ``what`` is what the answer promised; days are those of Asia/Shanghai.

    It is done when somebody else than whoever reported it has confirmed it. An answer that was set aside takes its
    executions with it, with a reason; the new answer, or the decision in its place, opens its own.
    """

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="executions")
    request = models.ForeignKey(PetitionRequest, on_delete=models.PROTECT, related_name="executions")
    reply = models.ForeignKey(Reply, on_delete=models.PROTECT, related_name="executions")
    unit = models.ForeignKey(Unit, verbose_name=_("责任单位"), on_delete=models.PROTECT, related_name="+")
    what = models.TextField(_("执行内容"))
    opened_at = models.DateTimeField(_("答复时间"))
    due_on = models.DateField(_("执行期限"))
    due_by = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who set the date by hand; empty: EXECUTION_DAYS after the answer.",
    )
    due_reason = models.CharField(_("期限说明"), max_length=500, blank=True, default="")
    state = models.CharField(_("状态"), max_length=10, choices=ExecutionState, default=ExecutionState.OPEN)
    done_on = models.DateField(_("落实日期"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(
        _("不再执行的原因"), max_length=300, blank=True, default="", help_text="Why it was set aside."
    )
    source = models.CharField(
        max_length=120,
        blank=True,
        default="",
        help_text="The decision of a review it comes of; empty: the answer.",
    )
    round = models.PositiveSmallIntegerField(
        default=1, help_text="1 for the answer, one more for each decision that stood in its place."
    )

    objects: ClassVar[Any] = ExecutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("执行事项")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "reply", "round"], name="execution_once_per_decision"),
            models.CheckConstraint(
                condition=~Q(state=ExecutionState.SET_ASIDE) | ~Q(end_reason=""),
                name="execution_set_aside_says_why",
            ),
            models.CheckConstraint(condition=~Q(what=""), name="execution_says_what"),
            models.CheckConstraint(
                condition=~Q(state=ExecutionState.DONE) | Q(done_on__isnull=False), name="execution_done_when"
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNDONE, ended_at=None)
                | Q(state__in=[ExecutionState.DONE, ExecutionState.SET_ASIDE], ended_at__isnull=False),
                name="execution_ended_when",
            ),
        ]
        indexes = [
            models.Index("due_on", "id", name="execution_undone", condition=Q(state__in=UNDONE)),
            models.Index("petition", "id", name="execution_of_case"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("outcomes:execution", args=[self.petition.number, self.pk])

    @property
    def state_tone(self) -> str:
        return ExecutionState(self.state).tone


class ExecutionReport(models.Model):
    """What the unit reports with its proof, and the word of whoever looked into it; append-only but for that word."""

    execution = models.ForeignKey(Execution, on_delete=models.PROTECT, related_name="reports")
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    who = models.CharField(max_length=120)
    done_on = models.DateField(_("落实日期"))
    text = models.TextField(_("执行情况"))
    files = models.ManyToManyField(Attachment, blank=True, related_name="+")
    accepted = models.BooleanField(null=True, blank=True)
    word = models.TextField(_("核实情况"), blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_who = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["execution"], condition=Q(accepted__isnull=True), name="execution_report_one_waiting"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="execution_report_says_something"),
            models.CheckConstraint(
                condition=Q(accepted=None, decided_at=None)
                | Q(accepted__isnull=False, decided_at__isnull=False) & ~Q(word=""),
                name="execution_report_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("by")),
                name="execution_confirmed_by_another",
            ),
        ]
