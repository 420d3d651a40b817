"""Jobs that make files."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, Unit, User


class ExportState(models.TextChoices):
    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("正在生成")
    DONE = "done", _("已完成")
    FAILED = "failed", _("未完成")


def export_path(instance: ExportJob, filename: str) -> str:
    """A path that tells nothing and cannot be guessed."""
    return f"exports/{instance.pk.hex}.xlsx"


class ExportJob(models.Model):
    """One wanted workbook. The row is the truth: a worker claims it, and a dead worker's claim runs out.

    One live job per (post, month, unit): pressing twice gives the same job.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, related_name="+", help_text="Whose eyes the figures have."
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(help_text="First day of the month, Asia/Shanghai.")
    state = models.CharField(max_length=8, choices=ExportState, default=ExportState.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0, help_text="percent")
    error = models.CharField(max_length=200, blank=True)
    file = models.FileField(upload_to=export_path, blank=True)
    requested_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("月报导出")
        verbose_name_plural = _("月报导出")
        indexes: ClassVar[list[Any]] = [
            models.Index("requested_at", name="export_waiting", condition=Q(state__in=["queued", "running"])),
        ]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["post", "month", "unit"],
                condition=Q(state__in=["queued", "running"]),
                name="export_one_live_per_wish",
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="export_progress_is_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.month:%Y-%m}"

    @property
    def is_live(self) -> bool:
        return self.state in {ExportState.QUEUED, ExportState.RUNNING}

    @property
    def download_name(self) -> str:
        return f"信访月报-{self.unit.label}-{self.month:%Y-%m}.xlsx"
