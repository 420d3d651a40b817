"""Cases that a leader takes along to a reception (带案下访), and what is to be read of each before."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from leaders.models.turns import Turned
from leaders.models.visits import VisitDay
from leaders.querysets import DayCaseQuerySet
from petitions.models import Petition


class DayCase(Turned):
    """The pre-read of one case: matter and course come from the case itself, law and open points from the office.

    ``turn`` is ABSENT where nobody came about it; a talk is known by its record. ``read_at``: the leader has read it.
    """

    day = models.ForeignKey(VisitDay, on_delete=models.PROTECT, related_name="cases")
    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="visit_days")
    law = models.TextField(_("法律政策允许什么"), blank=True, default="")
    open_points = models.TextField(_("还有什么没解决"), blank=True, default="")
    picked_at = models.DateTimeField()
    picked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(_("预读时间"), null=True, blank=True)

    objects: ClassVar[Any] = DayCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("带案")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["day", "petition"], name="day_case_once")]
