"""Where leaders meet people (接访场所)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from leaders.enums import SiteKind
from leaders.querysets import SiteQuerySet


class Site(models.Model):
    """A place with an address that residents find. In use from ``used_from`` up to ``used_until`` (the last day)."""

    unit = models.ForeignKey(Unit, verbose_name=_("所在单位"), on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("类型"), max_length=12, choices=SiteKind)
    address = models.CharField(_("地址"), max_length=200)
    access = models.CharField(_("怎样到达"), max_length=300, blank=True, default="")
    used_from = models.DateField(_("启用日期"))
    used_until = models.DateField(_("停用日期"), null=True, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[Any] = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("接访场所")
        constraints = [
            models.UniqueConstraint(fields=["unit", "name"], name="site_name_in_unit"),
            models.CheckConstraint(
                condition=Q(used_until=None) | Q(used_until__gte=F("used_from")), name="site_used_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> str:
        """What stands on a notice: its name and where it is."""
        return f"{self.name}（{self.address}）"
