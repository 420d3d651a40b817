"""听证 in handling: one hearing with its panel, what became of its day, who was asked to stand aside, its record."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from core.sealing import SealedTextField
from core.timekeeping import local_day
from hearings.enums import COMING, OPEN, ChangeKind, Outside, Seat, State, ToldHow
from hearings.querysets import HearingQuerySet
from petitions.models import Attachment, Petition

_open = [state.value for state in OPEN]


def person(words: Any = "") -> Any:
    return models.ForeignKey(
        User, verbose_name=words, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )


class Hearing(models.Model):
    """One hearing. Prepared by the handler, decided on by the head; the case's state and clocks go on untouched.

    ``told_on``: the day (Asia/Shanghai) on which the petitioner was told of the day and place that stand here; a
    hearing that is put off must be told of anew.
    """

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="hearings")
    unit = models.ForeignKey(Unit, verbose_name=_("举行单位"), on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.PREPARED)
    matter = models.TextField(_("听证事由"))
    public = models.BooleanField(_("公开听证"), default=False)
    place = models.CharField(_("地点"), max_length=200)
    starts_at = models.DateTimeField(_("时间"))
    prepared_at = models.DateTimeField(_("提出时间"))
    prepared_by = person(_("提出人"))
    prepared_who = models.CharField(max_length=120)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = person()
    decided_who = models.CharField(max_length=120, blank=True, default="")
    decision = models.TextField(_("决定的理由"), blank=True, default="")
    told_on = models.DateField(_("通知日期"), null=True, blank=True)
    told_how = models.CharField(_("通知方式"), max_length=10, choices=ToldHow, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = HearingQuerySet.as_manager()

    class Meta:
        verbose_name = _("听证")
        ordering = ["id"]
        indexes = [models.Index(fields=["starts_at", "id"], name="hearing_by_time")]
        constraints = [
            models.UniqueConstraint(
                fields=["petition"], condition=Q(state__in=_open), name="hearing_one_open_per_case"
            ),
            models.CheckConstraint(
                condition=Q(state__in=_open, ended_at=None)
                | (~Q(state__in=_open) & Q(ended_at__isnull=False)),
                name="hearing_ended_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.TOLD, State.HELD])
                | Q(told_on__isnull=False) & ~Q(told_how="") & Q(decided_at__isnull=False),
                name="hearing_held_after_notice",
            ),
            models.CheckConstraint(
                condition=~Q(matter="") & ~Q(place=""), name="hearing_says_what_and_where"
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("hearings:hearing", args=[self.petition.number, self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_coming(self) -> bool:
        return self.state in COMING

    @property
    def day(self) -> date:
        """In Asia/Shanghai."""
        return local_day(self.starts_at)

    @property
    def state_tone(self) -> str:
        return State(self.state).tone


class PanelMember(models.Model):
    """Somebody of the panel: one of the staff, by their post then, or a person from outside, whose name is sealed.

    The row stays when they leave, with the reason.
    """

    hearing = models.ForeignKey(Hearing, on_delete=models.PROTECT, related_name="panel")
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    seat = models.CharField(_("席位"), max_length=8, choices=Seat)
    user = person(_("工作人员"))
    label = models.CharField(max_length=120, blank=True, default="", help_text="The post held when seated.")
    name = SealedTextField(_("姓名"))
    outside = models.CharField(_("身份"), max_length=10, choices=Outside, blank=True, default="")
    body = models.CharField(_("单位、职务"), max_length=120, blank=True, default="")
    seated_at = models.DateTimeField()
    seated_by = person()
    left_at = models.DateTimeField(null=True, blank=True)
    left_reason = models.CharField(_("更换理由"), max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("听证人员")
        ordering = ["seat", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["hearing", "user"], condition=Q(left_at=None), name="panel_member_once"
            ),
            models.UniqueConstraint(
                fields=["hearing"], condition=Q(left_at=None, seat=Seat.CHAIR), name="panel_one_chair"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, outside="") | (Q(user=None) & ~Q(outside="")),
                name="panel_member_of_staff_or_outside",
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | ~Q(left_reason=""), name="panel_member_left_why"
            ),
        ]

    def sealed_to(self) -> str:
        """The row its sealed text belongs to."""
        return str(self.token)

    @property
    def shown_name(self) -> str:
        return self.user.get_full_name() if self.user is not None else str(self.name)

    @property
    def shown_post(self) -> str:
        """What they are: the post held, or what somebody from outside is."""
        if self.user is not None:
            return self.label
        return " ".join(part for part in (str(Outside(self.outside).label), self.body) if part)


class HearingChange(models.Model):
    """What became of a day that had been set: put off or called off, and why. Never changed."""

    hearing = models.ForeignKey(Hearing, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=10, choices=ChangeKind)
    was = models.DateTimeField(_("原定时间"))
    reason = models.TextField(_("理由"))
    at = models.DateTimeField()
    by = person()
    who = models.CharField(max_length=120)

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="hearing_change_says_why")]


class RecusalAsked(models.Model):
    """The petitioner asks that one of the panel stand aside (条例 28); the head decides with a reason."""

    member = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="recusals_asked")
    reason = models.TextField(_("理由"))
    asked_at = models.DateTimeField()
    by = person()
    who = models.CharField(max_length=120)
    granted = models.BooleanField(null=True, blank=True)
    decision = models.TextField(_("决定的理由"), blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = person()
    decided_who = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        verbose_name = _("回避申请")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(granted=None), name="panel_recusal_one_waiting"
            ),
            models.CheckConstraint(
                condition=Q(granted=None, decided_at=None)
                | (Q(granted__isnull=False, decided_at__isnull=False) & ~Q(decision="")),
                name="panel_recusal_decided_whole",
            ),
        ]


class HearingRecord(models.Model):
    """听证笔录: who came, what each side said, evidence, the panel's opinion. Written once; no door changes it."""

    hearing = models.OneToOneField(Hearing, on_delete=models.PROTECT, related_name="record")
    began_at = models.DateTimeField(_("开始"))
    ended_at = models.DateTimeField(_("结束"))
    petitioner_came = models.BooleanField(_("信访人到场"))
    came = SealedTextField(_("参加人"))
    petitioner_said = models.TextField(_("信访人的陈述"), blank=True, default="")
    unit_said = models.TextField(_("办理单位的说明"))
    evidence = models.TextField(_("证据和质证"))
    opinion = models.TextField(_("听证意见"))
    minority = models.TextField(_("少数意见"), blank=True, default="")
    files = models.ManyToManyField(Attachment, blank=True, related_name="+")
    at = models.DateTimeField()
    by = person(_("记录人"))
    who = models.CharField(max_length=120)

    class Meta:
        verbose_name = _("听证笔录")
        constraints = [
            models.CheckConstraint(condition=Q(ended_at__gt=F("began_at")), name="hearing_record_in_order"),
            models.CheckConstraint(
                condition=~Q(unit_said="") & ~Q(evidence="") & ~Q(opinion=""), name="hearing_record_whole"
            ),
        ]

    def sealed_to(self) -> str:
        """The row its sealed text belongs to."""
        return str(self.hearing_id)
