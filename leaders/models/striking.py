"""销案: asked for with evidence, looked at by somebody outside the team, decided by a second person, watched after."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.sealing import SealedTextField
from leaders.enums import EvidenceKind, ReopenWhy, StrikeOffState
from leaders.models.packages import CasePackage
from outcomes.enums import VisitWay
from petitions.models import Petition


class StrikeOff(models.Model):
    """One application. 事 and 心 (``matter``, ``heart``) are what was solved and how people part; the second and what a
    visitor noted are sealed, for they tell how somebody feels."""

    package = models.ForeignKey(CasePackage, on_delete=models.PROTECT, related_name="strike_offs")
    ordinal = models.PositiveSmallIntegerField()
    kind = models.CharField(_("销案依据"), max_length=12, choices=EvidenceKind)
    evidence = models.TextField(_("依据说明"))
    matter = models.TextField(_("事：问题解决得怎样"))
    heart = SealedTextField(_("心：心结怎样解开"))
    applied_at = models.DateTimeField()
    applied_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    applied_who = models.CharField(max_length=120)
    visited_on = models.DateField(_("回访日期"), null=True, blank=True)
    visit_way = models.CharField(_("回访方式"), max_length=10, choices=VisitWay, blank=True, default="")
    visit_note = SealedTextField(_("回访情况"))
    visited_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("审核"), max_length=12, choices=StrikeOffState, default=StrikeOffState.WAITING)
    word = models.TextField(_("审核意见"), blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_who = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ["-ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["package", "ordinal"], name="strike_off_ordinal"),
            models.UniqueConstraint(
                fields=["package"], condition=Q(state=StrikeOffState.WAITING), name="strike_off_one_waiting"
            ),
            models.CheckConstraint(condition=~Q(evidence="") & ~Q(matter=""), name="strike_off_has_evidence"),
            models.CheckConstraint(
                condition=Q(state=StrikeOffState.WAITING, decided_at=None)
                | ~Q(state=StrikeOffState.WAITING) & Q(decided_at__isnull=False) & ~Q(word=""),
                name="strike_off_decided_whole",
            ),
            models.CheckConstraint(
                condition=(Q(decided_by=None) | ~Q(decided_by=F("applied_by")))
                & (Q(visited_by=None) | ~Q(visited_by=F("applied_by"))),
                name="strike_off_by_another",
            ),
            models.CheckConstraint(
                condition=Q(visited_on=None, visit_way="") | Q(visited_on__isnull=False) & ~Q(visit_way=""),
                name="strike_off_visited_whole",
            ),
        ]

    def sealed_to(self) -> str:
        """The row its sealed texts belong to."""
        return f"{self.package_id}/{self.ordinal}"

    @property
    def state_tone(self) -> str:
        return StrikeOffState(self.state).tone


class PackageReopening(models.Model):
    """A struck-off matter came back within the watch time; append-only. Once for each time it was struck off."""

    package = models.ForeignKey(CasePackage, on_delete=models.PROTECT, related_name="reopenings")
    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(_("原因"), max_length=10, choices=ReopenWhy)
    at = models.DateTimeField()
    struck_off_at = models.DateTimeField(_("原销案时间"))

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["package", "struck_off_at"], name="package_reopened_once")
        ]
