"""三到位一处理 (条例 27), and the states of a matter that are no status of the case: 化解 and 息诉."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from outcomes.enums import CheckItem, CheckResult, MarkHow, MarkKind
from petitions.models import Petition, Reply
from petitions.querysets import OfACase


class ClosingCheck(models.Model):
    """One of four independent checks of what the office did about one answer; append-only. The newest row of an item
    counts, and those before it tell what was said then."""

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="closing_checks")
    reply = models.ForeignKey(Reply, on_delete=models.PROTECT, related_name="closing_checks")
    item = models.CharField(max_length=10, choices=CheckItem)
    result = models.CharField(_("核对"), max_length=16, choices=CheckResult)
    note = models.CharField(_("说明"), max_length=500, blank=True, default="")
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    who = models.CharField(max_length=120)

    objects: ClassVar[Any] = OfACase.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(result=CheckResult.NOT_DONE) | ~Q(note=""), name="check_not_done_says_why"
            ),
        ]
        indexes = [models.Index("reply", "item", "id", name="check_newest")]


class Mark(models.Model):
    """化解 or 息诉 of a matter, with its evidence; nothing follows from it. Taken back, it stays with its reason."""

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="marks")
    kind = models.CharField(max_length=10, choices=MarkKind)
    on = models.DateField(_("日期"))
    how = models.CharField(_("依据"), max_length=8, choices=MarkHow)
    evidence = models.TextField(_("凭据"))
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    who = models.CharField(max_length=120)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    end_reason = models.CharField(_("撤销理由"), max_length=500, blank=True, default="")

    objects: ClassVar[Any] = OfACase.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["petition", "kind"], condition=Q(ended_at=None), name="mark_one_standing"
            ),
            models.CheckConstraint(condition=~Q(evidence=""), name="mark_has_evidence"),
            models.CheckConstraint(
                condition=~Q(kind=MarkKind.ACCEPTED) | ~Q(how=MarkHow.FOUND), name="mark_accepted_by_own_word"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="") | Q(ended_at__gte=F("at")) & ~Q(end_reason=""),
                name="mark_ended_says_why",
            ),
        ]
