"""The working calendar: the table of each year, as often as it was entered. What was entered never changes."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CalendarTable(models.Model):
    """One year's days that are not those of a plain week, as entered once; the year's last entry is in force.

    ``days``: "2026-10-10" → [whether people work, why]. ``confirmed`` where the State Council's notice is what was
    entered. The database refuses every change: a due date is counted again under the very table it was counted by,
    which the clock's ledger names by the table's id. ``takes_back``: the mistaken table of the year that this one
    undoes; without days and not ``confirmed`` where there was none before that.
    """

    year = models.PositiveSmallIntegerField(_("年份"))
    days = models.JSONField(_("日期"), default=dict)
    confirmed = models.BooleanField(_("已公布"), default=False)
    source = models.CharField(_("来源"), max_length=200, blank=True, default="")
    takes_back = models.ForeignKey(
        "self",
        verbose_name=_("撤回的日历"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
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
        verbose_name = _("年度日历")
        verbose_name_plural = _("年度日历")
        ordering = ("year", "pk")
        indexes = (models.Index(fields=["year", "-id"], name="calendar_table_latest"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(year__gte=1949, year__lte=2200), name="calendar_table_year_plausible"
            ),
        )

    def __str__(self) -> str:
        return str(self.year)

    @property
    def is_none(self) -> bool:
        """Whether it stands for no table at all: the year's only one was taken back."""
        return not self.confirmed and not self.days
