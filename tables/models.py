"""Own tables (自建统计表): what somebody wants counted, with whom it is shared, and when people are told of it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Post, Unit
from petitions.enums import Channel, Kind, Path, Status
from tables.enums import WEEKDAYS, Every, Key, Period, Told
from tables.shape import Shape

LONGEST_TITLE = 60


class SavedTable(models.Model):
    """What is counted is never kept: whoever opens it reads it with their own eyes, today.

    Deleted for good by its owner, with its shares and its schedule.
    """

    owner = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("标题"), max_length=LONGEST_TITLE)
    rows = models.CharField(_("行"), max_length=10, choices=Key)
    columns = models.CharField(_("列"), max_length=10, choices=Key, blank=True)
    measures = ArrayField(models.CharField(max_length=24), verbose_name=_("指标"))
    period = models.CharField(_("统计期间"), max_length=10, choices=Period)
    since = models.DateField(_("开始日期"), null=True)
    until = models.DateField(_("结束日期"), null=True)
    unit = models.ForeignKey(
        Unit, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("单位范围")
    )
    place = models.ForeignKey(
        Unit, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("问题属地")
    )
    channel = models.CharField(_("信访形式"), max_length=16, choices=Channel, blank=True)
    kind = models.CharField(_("信访目的"), max_length=12, choices=Kind, blank=True)
    path = models.PositiveSmallIntegerField(_("办理路径"), choices=Path, null=True)
    status = models.CharField(_("状态"), max_length=12, choices=Status, blank=True)
    category = models.CharField(_("内容分类"), max_length=60, blank=True)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("自建统计表")
        verbose_name_plural = _("自建统计表")
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=~Q(rows=F("columns")), name="saved_table_two_keys"),
            models.CheckConstraint(condition=~Q(kind=Kind.ACCUSATION), name="saved_table_no_accusations"),
            models.CheckConstraint(
                condition=~Q(period=Period.FIXED)
                | Q(since__isnull=False, until__isnull=False, until__gte=F("since")),
                name="saved_table_fixed_days",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("tables:table", args=[self.pk])

    @property
    def says(self) -> list[str]:
        """What it asks for in words: keys, period, filters."""
        columns = f" × {self.get_columns_display()}" if self.columns else ""
        filters = {
            _("单位"): self.unit and self.unit.label,
            _("属地"): self.place and self.place.label,
            _("形式"): self.get_channel_display(),
            _("分类"): self.category,
            _("目的"): self.get_kind_display(),
            _("路径"): self.get_path_display(),
            _("状态"): self.get_status_display(),
        }
        found = [f"{name}：{value}" for name, value in filters.items() if value]
        return [f"{self.get_rows_display()}{columns}", self.get_period_display(), *found]

    @property
    def about(self) -> str:
        """How notices name it."""
        return f"table:{self.pk}"

    @property
    def shape(self) -> Shape:
        return Shape(
            rows=self.rows,
            columns=self.columns,
            measures=tuple(self.measures),
            period=self.period,
            since=self.since,
            until=self.until,
            unit=self.unit,
            place=self.place,
            channel=self.channel,
            kind=self.kind,
            path=self.path,
            status=self.status,
            category=self.category,
        )


class TableShare(models.Model):
    """Whoever reads statistics in this unit, and with ``below`` in any unit below it, may open the table; with ``role``
    only under that hat."""

    table = models.ForeignKey(SavedTable, on_delete=models.PROTECT, related_name="shares")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("单位"))
    below = models.BooleanField(_("包括下级单位"), default=False)
    role = models.CharField(_("岗位"), max_length=24, choices=Role, blank=True)

    class Meta:
        verbose_name = _("统计表共享")
        verbose_name_plural = _("统计表共享")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["table", "unit", "role"], name="table_share_once"),
        ]

    def __str__(self) -> str:
        return f"{self.table} → {self.unit}"


class Schedule(models.Model):
    """When people are told that the table is there to be read. ``next_at``: the turn to come; a worker that finds it
    past tells of the latest turn and sets the next one, in one transaction."""

    table = models.OneToOneField(SavedTable, on_delete=models.PROTECT, related_name="schedule")
    every = models.CharField(_("频次"), max_length=5, choices=Every)
    weekday = models.PositiveSmallIntegerField(_("星期"), choices=WEEKDAYS, default=0)
    day = models.PositiveSmallIntegerField(_("日"), default=1)
    hour = models.PositiveSmallIntegerField(_("时"), default=8)
    told = models.CharField(_("通知谁"), max_length=7, choices=Told)
    next_at = models.DateTimeField(_("下次"))
    last_at = models.DateTimeField(_("上次"), null=True)

    class Meta:
        verbose_name = _("统计表定时通知")
        verbose_name_plural = _("统计表定时通知")
        indexes: ClassVar[list[Any]] = [models.Index("next_at", name="table_schedule_next")]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(weekday__lte=6, day__gte=1, day__lte=31, hour__lte=23), name="table_schedule_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.next_at:%Y-%m-%d %H:%M}"

    @property
    def turn(self) -> tuple[str, int, int, int]:
        """What ``periods.next_turn`` asks for."""
        return self.every, self.weekday, self.day, self.hour
