"""满意度评价 of what came after the answer, one row per case, stage and body (条例 21; domain B5)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from core.sealing import SealedTextField
from outcomes.enums import Stage
from outcomes.querysets import StageEvaluationQuerySet
from petitions.enums import Rating
from petitions.models import Petition


class StageEvaluation(models.Model):
    """How the petitioner rated the body that decided a 复查 or 复核, once for each service of its decision.

    The answer's own two ratings, of the petition office and of the unit, are ``petitions.Evaluation``: they move the
    case, these do not. ``served_at`` is the service that was rated. What the petitioner said is sealed.
    """

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="stage_evaluations")
    stage = models.CharField(_("阶段"), max_length=8, choices=Stage)
    unit = models.ForeignKey(Unit, verbose_name=_("作出机关"), on_delete=models.PROTECT, related_name="+")
    served_at = models.DateTimeField(_("送达时间"))
    rating = models.PositiveSmallIntegerField(_("评价"), choices=Rating)
    comment = SealedTextField(_("信访人的话"))
    at = models.DateTimeField(_("评价时间"))

    objects: ClassVar[Any] = StageEvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = _("复查复核评价")
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["petition", "stage", "unit", "served_at"], name="stage_evaluation_once"
            ),
            models.CheckConstraint(condition=Q(rating__in=Rating.values), name="stage_evaluation_codes"),
            models.CheckConstraint(
                condition=Q(at__gte=F("served_at")), name="stage_evaluation_after_service"
            ),
        ]

    def sealed_to(self) -> str:
        """The row its sealed text belongs to."""
        return f"{self.petition_id}/{self.stage}/{self.unit_id}/{int(self.served_at.timestamp())}"
