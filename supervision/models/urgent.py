"""Grave and urgent matters (条例 25): who was called at once, who came, what was reported upward, when it was over."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from petitions.models import Petition
from supervision.enums import Line
from supervision.querysets import UrgentQuerySet


class UrgentResponse(models.Model):
    """One press of 紧急调度 until the office declares it over. Moments are aware; never deleted, never taken back."""

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="urgent_responses")
    place = models.CharField(_("地点"), max_length=200)
    heads = models.PositiveIntegerField(_("涉及人数"), null=True, blank=True)
    situation = models.TextField(_("情况和趋势"))
    measures = models.TextField(_("已采取的措施"), blank=True, default="")
    started_at = models.DateTimeField(_("调度时间"))
    started_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    who = models.CharField(max_length=120)
    cleared_at = models.DateTimeField(_("处置完毕时间"), null=True, blank=True)
    cleared_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    result = models.TextField(_("处置结果"), blank=True, default="")

    objects: ClassVar[Any] = UrgentQuerySet.as_manager()

    class Meta:
        verbose_name = _("紧急处置")
        constraints = [
            models.UniqueConstraint(
                fields=["petition"], condition=Q(cleared_at=None), name="urgent_one_open_per_case"
            ),
            models.CheckConstraint(
                condition=Q(cleared_at=None) | ~Q(result="") & Q(cleared_at__gte=F("started_at")),
                name="urgent_cleared_with_its_result",
            ),
        ]
        indexes = [
            models.Index("started_at", "id", name="urgent_open_list", condition=Q(cleared_at=None)),
            models.Index(F("started_at").desc(), "id", name="urgent_newest_list"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("supervision:urgent", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.cleared_at is None


class DispatchedUnit(models.Model):
    """A body that was called. ``granted``: it reads the case by this alone, until it is over."""

    response = models.ForeignKey(UrgentResponse, on_delete=models.PROTECT, related_name="dispatched")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    notified_at = models.DateTimeField(_("通知"))
    acknowledged_at = models.DateTimeField(_("收到"), null=True, blank=True)
    acknowledged_by = models.CharField(max_length=120, blank=True, default="")
    arrived_at = models.DateTimeField(_("到达现场"), null=True, blank=True)
    arrived_by = models.CharField(max_length=120, blank=True, default="")
    granted = models.BooleanField(default=False)

    class Meta:
        ordering = ["notified_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["response", "unit"], name="dispatched_once"),
            models.CheckConstraint(
                condition=Q(arrived_at=None) | Q(acknowledged_at__isnull=False),
                name="dispatched_arrives_after_the_call",
            ),
        ]


class UrgentNote(models.Model):
    """What somebody reports of the progress; append-only."""

    response = models.ForeignKey(UrgentResponse, on_delete=models.PROTECT, related_name="notes")
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    who = models.CharField(max_length=120)
    text = models.TextField(_("进展"))

    class Meta:
        ordering = ["at", "id"]


class UpwardReport(models.Model):
    """A report on one of the two lines; append-only. The first one says what is known, later ones what became of it."""

    response = models.ForeignKey(UrgentResponse, on_delete=models.PROTECT, related_name="reports")
    line = models.CharField(_("报送方向"), max_length=10, choices=Line)
    to_whom = models.CharField(_("报送对象"), max_length=200)
    text = models.TextField(_("报送内容"))
    at = models.DateTimeField(_("报送时间"))
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    who = models.CharField(max_length=120)

    class Meta:
        ordering = ["at", "id"]
