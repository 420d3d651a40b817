"""What a leader asks a unit to do about a case (批示), and what the unit answers."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, Unit, User
from leaders.querysets import InstructionQuerySet
from petitions.models import Petition


class Instruction(models.Model):
    """A task with a clock. ``done_at`` is set by the unit's report and emptied when the leader says 不够."""

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="instructions")
    leader = models.ForeignKey(
        User, verbose_name=_("批示领导"), on_delete=models.PROTECT, related_name="instructions"
    )
    post = models.ForeignKey(Post, verbose_name=_("职务"), on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("批示内容"))
    unit = models.ForeignKey(Unit, verbose_name=_("承办单位"), on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("办理期限"))
    doer = models.ForeignKey(
        Post, verbose_name=_("具体承办人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    given_at = models.DateTimeField(_("批示时间"))
    recorded_by = models.ForeignKey(
        User,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Whoever wrote it down; not the leader where an office recorded a promise.",
    )
    done_at = models.DateTimeField(_("反馈时间"), null=True, blank=True)
    feedback = models.TextField(_("办理情况"), blank=True, default="")
    acknowledged = models.BooleanField(_("阅示"), null=True, blank=True)
    acknowledgement = models.TextField(_("阅示意见"), blank=True, default="")
    acknowledged_at = models.DateTimeField(_("阅示时间"), null=True, blank=True)

    objects: ClassVar[Any] = InstructionQuerySet.as_manager()

    class Meta:
        verbose_name = _("批示")
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None) | ~Q(feedback=""), name="instruction_done_with_feedback"
            ),
            models.CheckConstraint(
                condition=~Q(acknowledged=True) | Q(done_at__isnull=False),
                name="instruction_acknowledged_after_report",
            ),
        ]
        indexes = [
            # 批示待办 of a unit; what a leader waits for; what a leader has not read yet.
            models.Index("unit", "due_on", "id", name="instruction_todo", condition=Q(done_at__isnull=True)),
            models.Index(
                "leader", "due_on", "id", name="instruction_waiting", condition=Q(done_at__isnull=True)
            ),
            models.Index(
                "leader",
                "done_at",
                name="instruction_unread",
                condition=Q(done_at__isnull=False, acknowledged__isnull=True),
            ),
            models.Index("leader", F("given_at").desc(), name="instruction_of_leader"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("leaders:instruction", args=[self.pk])

    @property
    def who_does(self) -> Post | None:
        """Who in the unit is to do it; nobody once the unit is another (条例 24: 承继)."""
        return self.doer if self.doer is not None and self.doer.unit_id == self.unit_id else None

    @property
    def is_open(self) -> bool:
        return self.done_at is None

    @property
    def awaits_reading(self) -> bool:
        return self.done_at is not None and self.acknowledged is None


class InstructionReport(models.Model):
    """One report of the unit and the leader's word on it; append-only but for that word."""

    instruction = models.ForeignKey(Instruction, on_delete=models.PROTECT, related_name="reports")
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    who = models.CharField(max_length=120)
    text = models.TextField(_("办理情况"))
    enough = models.BooleanField(null=True, blank=True)
    reply = models.TextField(_("阅示意见"), blank=True, default="")
    replied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["instruction"], condition=Q(enough__isnull=True), name="report_one_unread"
            ),
        ]
