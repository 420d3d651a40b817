"""文号: which words a unit numbers its papers under, and how far each series has come this year."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from documents.enums import Series


class PaperSeries(models.Model):
    """机关代字 of a unit for one series; GENERAL is for every series that has no word of its own."""

    unit = models.ForeignKey(
        Unit, verbose_name=_("机构"), on_delete=models.PROTECT, related_name="paper_series"
    )
    series = models.CharField(_("编号系列"), max_length=12, choices=Series.choices, default=Series.GENERAL)
    word = models.CharField(_("机关代字"), max_length=20, unique=True)

    class Meta:
        verbose_name = _("机关代字")
        verbose_name_plural = _("机关代字")
        constraints = (
            models.UniqueConstraint(fields=["unit", "series"], name="paper_series_of_unit"),
            models.CheckConstraint(condition=~Q(series=Series.NONE), name="paper_series_is_numbered"),
            models.CheckConstraint(condition=~Q(word=""), name="paper_series_has_a_word"),
        )

    def __str__(self) -> str:
        return f"{self.unit} {self.word}"


class PaperCounter(models.Model):
    """The last serial given in a year. The row is locked by whoever takes the next one, until their transaction ends:
    that is what makes the series gapless."""

    series = models.ForeignKey(PaperSeries, on_delete=models.PROTECT, related_name="counters")
    year = models.PositiveSmallIntegerField(_("年份"))
    last = models.PositiveIntegerField(_("最后一号"))

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["series", "year"], name="paper_counter_of_year"),
            models.CheckConstraint(condition=Q(last__gt=0), name="paper_counter_positive"),
        )

    def __str__(self) -> str:
        return f"{self.series}〔{self.year}〕{self.last}"
