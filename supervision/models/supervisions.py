"""督办 of a case (条例 38, 40): what is demanded of whom until when, what was done to press it, what came back."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from petitions.enums import CallOutcome
from petitions.models import Petition
from supervision.enums import LIVE, Ground, Mode, State
from supervision.models.files import WithFile
from supervision.models.rules import SupervisionRule
from supervision.querysets import SupervisionQuerySet


class Supervision(models.Model):
    """One demand on one unit. ``due_on`` is a day in Asia/Shanghai, the last one that is in time.

    ``petition`` is empty where a unit is supervised for its work as a whole (``LOW_RATING``): it names no case.
    """

    petition = models.ForeignKey(
        Petition, null=True, blank=True, on_delete=models.PROTECT, related_name="supervisions"
    )
    unit = models.ForeignKey(Unit, verbose_name=_("被督办单位"), on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(_("督办事由"), max_length=16, choices=Ground)
    ground_text = models.TextField(_("具体情况"), blank=True, default="")
    demand = models.TextField(_("督办要求"))
    due_on = models.DateField(_("反馈期限"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN)
    rule = models.ForeignKey(
        SupervisionRule,
        verbose_name=_("规则"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    rule_key = models.CharField(
        max_length=60,
        null=True,
        blank=True,
        help_text="What the rule found; it is found once, whoever sweeps.",
    )
    found_at = models.DateTimeField(_("发现时间"))
    opened_at = models.DateTimeField(_("督办时间"), null=True, blank=True)
    opened_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    end_text = models.TextField(_("说明"), blank=True, default="")

    objects: ClassVar[Any] = SupervisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("督办")
        constraints = [
            models.UniqueConstraint(
                fields=["petition", "unit", "ground"],
                condition=Q(state__in=LIVE) & ~Q(ground=Ground.OTHER),
                name="supervision_one_live_per_ground",
            ),
            models.UniqueConstraint(
                fields=["rule_key"], condition=Q(rule_key__isnull=False), name="supervision_found_once"
            ),
            models.CheckConstraint(
                condition=Q(petition__isnull=False) | Q(ground=Ground.LOW_RATING),
                name="supervision_of_a_case_or_a_rating",
            ),
            models.CheckConstraint(
                condition=~Q(ground=Ground.LOW_RATING) | Q(petition=None),
                name="supervision_of_a_rating_names_no_case",
            ),
            models.CheckConstraint(condition=~Q(demand=""), name="supervision_demands_something"),
            models.CheckConstraint(
                condition=Q(state__in=[State.PROPOSED, State.DISMISSED], opened_at=None)
                | Q(state__in=[State.OPEN, State.FED_BACK, State.CLOSED], opened_at__isnull=False)
                & Q(due_on__isnull=False)
                | Q(state=State.LAPSED),
                name="supervision_open_with_its_date",
            ),
            models.CheckConstraint(
                condition=Q(state__in=LIVE, ended_at=None) | ~Q(state__in=LIVE) & Q(ended_at__isnull=False),
                name="supervision_ended_with_its_time",
            ),
        ]
        indexes = [
            models.Index("unit", "due_on", "id", name="supervision_of_unit"),
            models.Index("state", "due_on", "id", name="supervision_live_list", condition=Q(state__in=LIVE)),
            models.Index(F("ended_at").desc(), "id", name="supervision_ended_list"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("supervision:detail", args=[self.pk])

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def state_tone(self) -> str:
        return State(self.state).tone


class SupervisionEffort(WithFile):
    """One effort in one of the six modes, with its proof; append-only. Read by those who supervise, not by the unit.

    Of a supervision; or, for a call that reminds a unit before a date is over, of the case alone.
    """

    supervision = models.ForeignKey(
        Supervision, null=True, blank=True, on_delete=models.PROTECT, related_name="efforts"
    )
    petition = models.ForeignKey(
        Petition, null=True, blank=True, on_delete=models.PROTECT, related_name="reminder_calls"
    )
    mode = models.CharField(_("督办方式"), max_length=12, choices=Mode)
    on = models.DateField(_("日期"))
    who = models.CharField(_("督办人员"), max_length=120)
    found = models.TextField(_("了解到的情况"))
    number = models.CharField(_("文号、编号或名称"), max_length=120, blank=True, default="")
    outcome = models.CharField(_("通话结果"), max_length=16, choices=CallOutcome, blank=True, default="")
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(mode=Mode.WRITTEN) & ~Q(number="")
                | Q(mode=Mode.PHONE) & ~Q(outcome="")
                | Q(mode=Mode.SITE) & ~Q(file="")
                | Q(mode__in=[Mode.MEETING, Mode.MEDIA, Mode.INSTRUCTION]) & (~Q(number="") | ~Q(file="")),
                name="effort_with_its_evidence",
            ),
            models.CheckConstraint(condition=~Q(found=""), name="effort_says_what_was_found"),
            models.CheckConstraint(
                condition=Q(supervision__isnull=False, petition=None)
                | Q(supervision=None, petition__isnull=False, mode=Mode.PHONE),
                name="effort_of_a_supervision_or_a_call",
            ),
        ]


class SupervisionFeedback(models.Model):
    """What the unit reports, and the supervisor's word on it; append-only but for that word."""

    supervision = models.ForeignKey(Supervision, on_delete=models.PROTECT, related_name="feedbacks")
    measures = models.TextField(_("采取的措施"))
    result = models.TextField(_("办理结果"))
    done_on = models.DateField(_("完成日期"))
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    who = models.CharField(max_length=120)
    accepted = models.BooleanField(null=True, blank=True)
    reply = models.TextField(_("审核意见"), blank=True, default="")
    replied_at = models.DateTimeField(null=True, blank=True)
    replied_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["supervision"], condition=Q(accepted__isnull=True), name="feedback_one_unread"
            ),
            models.CheckConstraint(
                condition=~Q(accepted=False) | ~Q(reply=""), name="feedback_returned_with_a_reason"
            ),
        ]
