"""民情日报 and 每周通报: drafted from the records, edited and signed by people, read by leaders."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, Unit, User
from petitions.models import Petition

LONGEST = 500
LONGEST_SOURCE = 80


class BriefKind(models.TextChoices):
    DAILY = "daily", _("民情日报")
    BULLETIN = "bulletin", _("工作通报")


class Section(models.TextChoices):
    """In the order of the page; the last three are of the bulletin."""

    CAME = "came", _("新收")
    SETTLED = "settled", _("办结")
    HOT = "hot", _("热点")
    HARD = "hard", _("疑难复杂")
    RED = "red", _("期限红灯")
    PROMISED = "promised", _("接访承诺和批示")
    ORDERS = "orders", _("10-30-24 落实情况")
    OVERDUE = "overdue", _("超期未办")
    WARNED = "warned", _("红榜预警")


OF_THE_BULLETIN = (Section.ORDERS, Section.OVERDUE, Section.WARNED)


def sections_of(kind: str) -> list[tuple[str, Any]]:
    """The sections, as choices, of one kind."""
    bulletin = kind == BriefKind.BULLETIN
    return [(one.value, one.label) for one in Section if (one in OF_THE_BULLETIN) == bulletin]


class Brief(models.Model):
    """One day's brief or bulletin of a district. ``since`` to ``until``: the instants it tells of.

    ``revision`` grows with every change, so that of two who edit at once the second sees what the first wrote.
    ``version``: what was signed is corrected by another version, with a ``reason``; the earlier one stays readable.
    """

    kind = models.CharField(_("种类"), max_length=10, choices=BriefKind, default=BriefKind.DAILY)
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    reason = models.CharField(_("更正原因"), max_length=200, blank=True, default="")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    day = models.DateField(_("日期"), help_text="Asia/Shanghai.")
    since = models.DateTimeField()
    until = models.DateTimeField()
    drafted_at = models.DateTimeField(_("汇总时间"))
    revision = models.PositiveIntegerField(default=0)
    edited_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("编辑")
    )
    signed_at = models.DateTimeField(_("签发时间"), null=True)
    signed_by = models.ForeignKey(
        Post, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("签发")
    )

    class Meta:
        verbose_name = _("民情日报")
        verbose_name_plural = _("民情日报")
        ordering = ["-day"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["unit", "kind", "day", "version"], name="brief_one_version"),
            models.CheckConstraint(
                condition=Q(version=1, reason="") | Q(version__gt=1) & ~Q(reason=""),
                name="brief_corrected_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None)
                | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="brief_signed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.kind} {self.day} v{self.version}"

    def get_absolute_url(self) -> str:
        return reverse("reports:brief", args=[self.pk])

    @property
    def is_signed(self) -> bool:
        return self.signed_at is not None


class BriefItem(models.Model):
    """One line of a brief. An empty text is not printed: that is how a drafted line is struck out."""

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="items")
    ordinal = models.PositiveSmallIntegerField()
    section = models.CharField(_("栏目"), max_length=10, choices=Section)
    text = models.CharField(_("内容"), max_length=LONGEST, blank=True)
    petition = models.ForeignKey(Petition, null=True, on_delete=models.PROTECT, related_name="+")
    drafted = models.BooleanField(
        default=True, help_text="As the records had it: nobody changed or struck it out."
    )
    source = models.CharField(max_length=LONGEST_SOURCE, blank=True, help_text="What it was drafted from.")

    class Meta:
        verbose_name = _("日报条目")
        verbose_name_plural = _("日报条目")
        ordering = ["ordinal"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["brief", "ordinal"], name="brief_item_place"),
        ]


class BriefReading(models.Model):
    """Who opened a signed brief, and when for the first time."""

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="readings")
    reader = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(_("阅读时间"))

    class Meta:
        verbose_name = _("日报阅读")
        verbose_name_plural = _("日报阅读")
        ordering = ["read_at"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["brief", "reader"], name="brief_read_once"),
        ]
