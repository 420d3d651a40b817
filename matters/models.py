"""Hot matters: cases that tell of the same thing, what the office calls it, and what it set going because of it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, Unit, User
from matters.enums import MatterAct
from petitions.models import Petition
from supervision.models import Suggestion

LONGEST_NAME, LONGEST_TEXT = 60, 2000


class Matter(models.Model):
    """A group of cases. Made by the nightly run or by hand; without a ``name`` until the office gives it one."""

    name = models.CharField(_("名称"), max_length=LONGEST_NAME, blank=True, default="")
    named_by = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("归集时间"))
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="merged",
        help_text="The matter that has its cases since; itself never merged.",
    )
    suggestions: Any = models.ManyToManyField(Suggestion, blank=True, related_name="+")

    class Meta:
        verbose_name = _("热点问题")
        constraints = [
            models.CheckConstraint(
                condition=Q(name="") | Q(named_by__isnull=False), name="matter_named_by_somebody"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")), name="matter_not_merged_into_itself"
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("matters:matter", args=[self.pk])


class MatterCase(models.Model):
    """That a case belongs to a matter, or (``out``) that a person said it does not.

    The nightly run writes rows of cases that have none and changes no row: a person's word stands.
    """

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="cases")
    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(
        Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="None: the run."
    )
    out = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("热点问题里的件")
        constraints = [
            models.UniqueConstraint(fields=["petition", "matter"], name="matter_case_once"),
            models.UniqueConstraint(
                fields=["petition"], condition=Q(out=False), name="matter_case_in_one_matter"
            ),
            models.CheckConstraint(
                condition=Q(out=False) | Q(by__isnull=False), name="matter_case_out_by_somebody"
            ),
        ]


class JointTask(models.Model):
    """What several units do together about a matter (解决一类事), by a day; each reports on its own part."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="tasks")
    title = models.CharField(_("任务"), max_length=LONGEST_NAME)
    text = models.TextField(_("要求"))
    lead = models.ForeignKey(Unit, verbose_name=_("牵头单位"), on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("完成日期"), help_text="Asia/Shanghai.")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    result = models.TextField(_("结果"), blank=True, default="")

    class Meta:
        verbose_name = _("联合任务")
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, result="")
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(result=""),
                name="joint_task_ended_whole",
            )
        ]

    def get_absolute_url(self) -> str:
        return reverse("matters:task", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


class TaskPart(models.Model):
    """One unit's part in a joint task, the lead unit's too, and what it reported last."""

    task = models.ForeignKey(JointTask, on_delete=models.PROTECT, related_name="parts")
    unit = models.ForeignKey(Unit, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="+")
    report = models.TextField(_("反馈"), blank=True, default="")
    reported_at = models.DateTimeField(null=True, blank=True)
    reported_by = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("联合任务的一部分")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["task", "unit"], name="joint_task_part_once")]


class MatterEvent(models.Model):
    """What people did to a matter. ``petition``: the case it was about; who may not read it does not see the line."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="events")
    act = models.CharField(max_length=10, choices=MatterAct)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    who = models.CharField(max_length=120)
    text = models.TextField(blank=True, default="")
    petition = models.ForeignKey(Petition, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("热点问题经过")
        ordering = ["-at", "-id"]


class Run(models.Model):
    """One run of the grouping: how far it came. ``last``: the newest case it looked at."""

    at = models.DateTimeField()
    last = models.BigIntegerField()
    until = models.DateTimeField(help_text="Cases registered up to here were looked at.")
    looked = models.PositiveIntegerField()
    linked = models.PositiveIntegerField()
    made = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("热点归集记录")
        indexes = [models.Index(fields=["-at"], name="matter_run_newest")]
