"""Jobs that make files."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, Unit, User
from core.sealing import SealedTextField
from core.timekeeping import local_day


class ExportState(models.TextChoices):
    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("正在生成")
    DONE = "done", _("已完成")
    FAILED = "failed", _("未完成")
    STOPPED = "stopped", _("已取消")
    GONE = "gone", _("已过期删除")


class ExportOf(models.TextChoices):
    MONTH = "month", _("月报")
    CASES = "cases", _("信访件清单")
    FORM = "form", _("上级报表")


class FileForm(models.TextChoices):
    XLSX = "xlsx", "XLSX"
    CSV = "csv", "CSV"
    DOCX = "docx", "DOCX"
    PDF = "pdf", "PDF"


LIVE = (ExportState.QUEUED, ExportState.RUNNING)


FOLDER = "exports"


def export_path(instance: ExportJob, filename: str) -> str:
    """A path that tells nothing and cannot be guessed."""
    return f"{FOLDER}/{instance.pk.hex}.{instance.form}"


class ExportJob(models.Model):
    """One wanted file. The row is the truth: a worker claims it, and a dead worker's claim runs out.

    One live job per wish of a post: pressing twice gives the same job. ``attempt`` grows with each claim, so that a
    worker that was slow and is no longer the one knows it and writes nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, related_name="+", help_text="Whose eyes the figures have."
    )
    what = models.CharField(max_length=8, choices=ExportOf, default=ExportOf.MONTH)
    form = models.CharField(max_length=4, choices=FileForm, default=FileForm.XLSX)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(null=True, blank=True, help_text="First day of the month, Asia/Shanghai.")
    wish = SealedTextField(
        help_text="JSON: view, filters and columns of a list. Words looked for may be a name."
    )
    wish_key = models.CharField(
        max_length=64, blank=True, help_text="HMAC of the wish: one live job of each."
    )
    reason = models.CharField(_("导出理由"), max_length=200, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    rows = models.PositiveIntegerField(null=True, blank=True, help_text="Cases written so far.")
    state = models.CharField(max_length=8, choices=ExportState, default=ExportState.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0, help_text="percent")
    error = models.CharField(max_length=200, blank=True)
    file = models.FileField(upload_to=export_path, blank=True)
    requested_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("导出任务")
        verbose_name_plural = _("导出任务")
        indexes: ClassVar[list[Any]] = [
            models.Index("requested_at", name="export_waiting", condition=Q(state__in=["queued", "running"])),
        ]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["post", "what", "form", "month", "unit", "wish_key"],
                condition=Q(state__in=["queued", "running"]),
                nulls_distinct=False,
                name="export_one_live_of_each",
            ),
            models.CheckConstraint(
                condition=Q(what__in=["month", "form"], month__isnull=False, unit__isnull=False)
                | Q(what="cases", month=None, unit=None),
                name="export_month_has_unit",
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="export_progress_is_percent"),
        ]

    def __str__(self) -> str:
        return self.title

    def sealed_to(self) -> str:
        """The row its sealed wish belongs to."""
        return str(self.pk)

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def title(self) -> str:
        """How pages and the log call it: no word of what was looked for."""
        if self.month is None or self.unit is None:
            return str(ExportOf.CASES.label)
        return f"{self.unit.label} {self.month:%Y-%m} {self.get_what_display()}"

    @property
    def download_name(self) -> str:
        if self.month is None or self.unit is None:
            return f"信访件清单-{local_day(self.requested_at):%Y-%m-%d}.{self.form}"
        called = "信访月报" if self.what == ExportOf.MONTH else "上级报表"
        return f"{called}-{self.unit.label}-{self.month:%Y-%m}.{self.form}"
