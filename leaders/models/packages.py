"""Cases that a leader took in hand (包案) until they are struck off (销案): one or several in a package."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from leaders.enums import LeaveWhy, PackageLevel, PackageState
from leaders.querysets import PackageCaseQuerySet, PackageQuerySet
from petitions.models import Petition


class CasePackage(models.Model):
    """Cases in one leader's hands. ``target_on`` is a day in Asia/Shanghai, the last one that is in time.

    ``petition`` is the first of its cases, by which the package is named and found; when that one leaves, the next
    takes its place. All of them, and those that left, are ``PackageCase`` rows.
    """

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="packages")
    leader = models.ForeignKey(
        User, verbose_name=_("包案领导"), on_delete=models.PROTECT, related_name="packages"
    )
    post = models.ForeignKey(Post, verbose_name=_("职务"), on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(_("层级"), choices=PackageLevel, default=PackageLevel.IN_CHARGE)
    target_on = models.DateField(_("目标日期"))
    reason = models.TextField(_("包案理由"))
    assigned_at = models.DateTimeField(_("包案时间"))
    assigned_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("状态"), max_length=12, choices=PackageState, default=PackageState.OPEN)
    evidence = models.TextField(_("销案依据"), blank=True, default="")
    struck_off_at = models.DateTimeField(_("销案时间"), null=True, blank=True)
    watch_until = models.DateField(
        _("跟踪到"), null=True, blank=True, help_text="Last day on which the matter's coming back reopens it."
    )
    struck_off_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[Any] = PackageQuerySet.as_manager()

    class Meta:
        verbose_name = _("包案")
        constraints = [
            models.CheckConstraint(
                condition=Q(state=PackageState.OPEN, struck_off_at=None)
                | Q(state=PackageState.STRUCK_OFF, struck_off_at__isnull=False) & ~Q(evidence=""),
                name="package_struck_off_with_evidence",
            ),
        ]
        indexes = [
            # A leader's own packages and the office's list, the earliest target first.
            models.Index(
                "leader", "target_on", "id", name="package_of_leader", condition=Q(state=PackageState.OPEN)
            ),
            models.Index("target_on", "id", name="package_open_list", condition=Q(state=PackageState.OPEN)),
        ]

    def get_absolute_url(self) -> str:
        return reverse("leaders:package", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == PackageState.OPEN


class PackageCase(models.Model):
    """A case while it is in a package, and after: 动态 means that solved ones leave and new ones enter."""

    package = models.ForeignKey(CasePackage, on_delete=models.PROTECT, related_name="cases")
    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="package_rows")
    entered_at = models.DateTimeField(_("进入时间"))
    entered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    left_at = models.DateTimeField(_("退出时间"), null=True, blank=True)
    left_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    left_why = models.CharField(_("退出原因"), max_length=12, choices=LeaveWhy, blank=True, default="")
    left_note = models.CharField(_("说明"), max_length=500, blank=True, default="")

    objects: ClassVar[Any] = PackageCaseQuerySet.as_manager()

    class Meta:
        ordering = ["entered_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["petition"], condition=Q(left_at=None), name="package_one_open_per_case"
            ),
            models.CheckConstraint(
                condition=Q(left_at=None, left_why="") | Q(left_at__isnull=False) & ~Q(left_why=""),
                name="package_case_left_says_why",
            ),
        ]
