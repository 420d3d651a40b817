"""红榜预警: a unit whose dates are missed too often is warned, first itself, then in the bulletin. Of units, never
of people who petition, and never by how many petitions a unit receives (domain G)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit


class WarningRule(models.TextChoices):
    RED = "red", _("超期未办件数")
    SHARE = "share", _("近 30 天未按期比例")


class UnitWarning(models.Model):
    """One warning of one unit by one rule, open until what it was for is mended. ``value``: cases, or percent; with
    ``whole``, of a share, the clocks it is a share of. Both as they were when the unit was told."""

    unit = models.ForeignKey(Unit, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(_("规则"), max_length=10, choices=WarningRule)
    value = models.PositiveIntegerField()
    whole = models.PositiveIntegerField(default=0)
    threshold = models.PositiveIntegerField()
    warned_at = models.DateTimeField(_("预警时间"))
    cleared_at = models.DateTimeField(_("解除时间"), null=True)

    class Meta:
        verbose_name = _("红榜预警")
        verbose_name_plural = _("红榜预警")
        ordering = ["-warned_at", "-id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["unit", "rule"], condition=Q(cleared_at=None), name="unit_warning_open_once"
            ),
            models.CheckConstraint(
                condition=Q(cleared_at=None) | Q(cleared_at__gte=F("warned_at")),
                name="unit_warning_cleared_after",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.cleared_at is None
