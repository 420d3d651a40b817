"""The three suggestions (条例 40): to whom, on what facts and basis, and whether they were adopted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from deadlines.ladder import AlertLine, DueStep
from deadlines.models import Clock
from petitions.models import Petition
from supervision.enums import Adoption, SuggestionKind
from supervision.querysets import SuggestionQuerySet


class Suggestion(models.Model):
    """One suggestion to one unit. ``about_units`` and ``about_people`` are whose responsibility is in question, of
    追究责任 alone; they never see it. ``petition`` is the case it grew out of, if one."""

    kind = models.CharField(_("建议类型"), max_length=16, choices=SuggestionKind)
    unit = models.ForeignKey(Unit, verbose_name=_("建议对象"), on_delete=models.PROTECT, related_name="+")
    petition = models.ForeignKey(
        Petition, null=True, blank=True, on_delete=models.PROTECT, related_name="suggestions"
    )
    title = models.CharField(_("标题"), max_length=120)
    facts = models.TextField(_("事实"))
    basis = models.TextField(_("依据"))
    text = models.TextField(_("建议"))
    about_unit = models.ForeignKey(
        Unit,
        verbose_name=_("责任单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    about_people: Any = models.ManyToManyField(User, verbose_name=_("责任人员"), blank=True, related_name="+")
    issued_at = models.DateTimeField(_("提出时间"))
    issued_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    adoption = models.CharField(_("采纳情况"), max_length=12, choices=Adoption, blank=True, default="")
    answer = models.TextField(_("反馈"), blank=True, default="")
    answered_at = models.DateTimeField(_("反馈时间"), null=True, blank=True)
    lapsed_at = models.DateTimeField(
        null=True, blank=True, help_text="The case it grew out of was sealed; nobody answers it any more."
    )
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[Any] = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("三项建议")
        constraints = [
            models.CheckConstraint(
                condition=Q(adoption="", answer="", answered_at=None)
                | ~Q(adoption="") & ~Q(answer="") & Q(answered_at__gte=F("issued_at")),
                name="suggestion_answered_whole",
            ),
            models.CheckConstraint(
                condition=Q(lapsed_at=None) | Q(answered_at=None), name="suggestion_lapsed_or_answered"
            ),
            models.CheckConstraint(
                condition=~Q(facts="") & ~Q(basis="") & ~Q(text=""), name="suggestion_whole"
            ),
            models.CheckConstraint(
                condition=Q(kind=SuggestionKind.ACCOUNTABILITY) | Q(about_unit=None),
                name="suggestion_names_whom_alone_it_may",
            ),
        ]
        indexes = [
            models.Index(F("issued_at").desc(), "id", name="suggestion_register"),
            models.Index("unit", F("issued_at").desc(), "id", name="suggestion_of_unit"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("supervision:suggestion", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.lapsed_at is None


class SuggestionClock(Clock):
    """The days for a written answer (a local rule ⚠: the Regulation sets none); the answer stops it."""

    suggestion = models.ForeignKey(Suggestion, on_delete=models.PROTECT, related_name="clocks")

    class Meta(Clock.Meta):
        abstract = False
        indexes = [Clock.sweep_index("suggestion_clock_next")]
        constraints = [
            *Clock.Meta.constraints,
            models.UniqueConstraint(
                fields=["suggestion"],
                condition=Q(stopped_at__isnull=True),
                name="suggestion_clock_one_running",
            ),
        ]

    def get_explanation_url(self) -> str:
        return reverse("supervision:suggestion_clock", args=[self.suggestion_id, self.pk])

    @classmethod
    def for_sweep(cls) -> models.QuerySet[Any]:
        return super().for_sweep().select_related("suggestion__unit", "suggestion__petition")

    @classmethod
    def alert_lines(cls, due: Sequence[DueStep]) -> Sequence[AlertLine]:
        """Whoever may read it in the unit, then the inspectors; see ``services.suggesting``."""
        from supervision.services import suggesting

        return suggesting.lines(due)
