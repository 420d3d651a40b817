"""The working calendar: which years a published notice settles, and which days are not a plain week's."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext_lazy as _


class CalendarYear(models.Model):
    """A year whose table was entered. ``confirmed`` once the State Council's notice is what was entered."""

    year = models.PositiveSmallIntegerField(_("年份"), primary_key=True)
    confirmed = models.BooleanField(_("已公布"), default=False)
    source = models.CharField(_("来源"), max_length=200, blank=True, default="")
    entered_at = models.DateTimeField(_("录入时间"), auto_now=True)

    class Meta:
        verbose_name = _("日历年度")
        verbose_name_plural = _("日历年度")
        ordering = ("year",)
        constraints = (
            models.CheckConstraint(
                condition=Q(year__gte=1949, year__lte=2200), name="calendar_year_plausible"
            ),
        )

    def __str__(self) -> str:
        return str(self.year)


class CalendarDay(models.Model):
    """A day the notice names: a holiday, or a weekend on which people work (调休)."""

    day = models.DateField(_("日期"), primary_key=True)
    is_workday = models.BooleanField(_("上班"))
    note = models.CharField(_("说明"), max_length=60, blank=True, default="")
    year = models.ForeignKey(
        CalendarYear, verbose_name=_("年度"), on_delete=models.CASCADE, related_name="days"
    )

    class Meta:
        verbose_name = _("日历日")
        verbose_name_plural = _("日历日")
        ordering = ("day",)
        constraints = (
            models.CheckConstraint(
                condition=Q(year_id=ExtractYear(F("day"))), name="calendar_day_in_its_year"
            ),
        )

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.note}"
