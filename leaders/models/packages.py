"""Cases that a leader took in hand (包案) until they are struck off (销案)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from leaders.enums import PackageLevel, PackageState
from leaders.querysets import PackageQuerySet
from petitions.models import Petition


class CasePackage(models.Model):
    """One case in one leader's hands. ``target_on`` is a day in Asia/Shanghai, the last one that is in time."""

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
    struck_off_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[Any] = PackageQuerySet.as_manager()

    class Meta:
        verbose_name = _("包案")
        constraints = [
            models.UniqueConstraint(
                fields=["petition"], condition=Q(state=PackageState.OPEN), name="package_one_open_per_case"
            ),
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
