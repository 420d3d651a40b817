"""Duty hours: which minutes count for rules that do not run around the clock. What was entered never changes."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit


class DutyHours(models.Model):
    """The hours of a unit, or without one of the district, as entered once; the last entry of each is in force.

    ``spans``: [["08:30", "12:00"], …] in order, up to "24:00"; empty where a unit goes by the district's again. The
    database refuses every change: a clock keeps the hours it started under, and its ledger names them by this id.
    """

    unit = models.ForeignKey(
        Unit, verbose_name=_("单位"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    spans = models.JSONField(_("办公时间"), default=list)
    every_day = models.BooleanField(_("节假日也值守"), default=False)
    reason = models.CharField(_("理由"), max_length=500, blank=True, default="")
    entered_at = models.DateTimeField(_("录入时间"), auto_now_add=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("录入人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("办公时间")
        verbose_name_plural = _("办公时间")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.unit or '全区'} {self.spans}"
