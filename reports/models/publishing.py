"""Which frozen months the public may read, as they were given out: the figures of units, small cells left out."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, Unit
from reports.models.frozen import Freeze


class PublicMonth(models.Model):
    """One giving out of a district's month. ``table`` is what the page shows, word for word, so that nothing that
    happens to a case afterwards changes it: {columns: [{code, name, formula, basis}], rows: [{name, cells}],
    total: [cells]}.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(_("月份"), help_text="First day of the month, Asia/Shanghai.")
    freeze = models.ForeignKey(Freeze, on_delete=models.PROTECT, related_name="+")
    table = models.JSONField()
    published_at = models.DateTimeField(_("公布时间"))
    published_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True)
    withdrawn_by = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("撤回原因"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("公布的月报")
        verbose_name_plural = _("公布的月报")
        ordering = ["-month", "-id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["unit", "month"], condition=Q(withdrawn_at=None), name="public_month_once"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, reason="")
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(reason=""),
                name="public_month_withdrawn_whole",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("reports:public_month", args=[f"{self.month:%Y-%m}"])

    @property
    def is_open(self) -> bool:
        return self.withdrawn_at is None
