"""回访: somebody else than those who answered goes back to the petitioner, and notes what they found."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from core.sealing import SealedTextField
from outcomes.enums import WAITING, VisitGround, VisitResult, VisitState, VisitWay
from outcomes.models.evaluations import StageEvaluation
from outcomes.querysets import ReturnVisitQuerySet
from petitions.models import Petition


class ReturnVisit(models.Model):
    """One visit. 事, 气 and 心 are notes of the staff about the visit, never marks of a person; they are sealed, for
    they tell how somebody feels. ``new_case`` is where new facts went: a case of its own (条例 36), no repeat.
    """

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="return_visits")
    ordinal = models.PositiveSmallIntegerField()
    ground = models.CharField(_("缘由"), max_length=8, choices=VisitGround)
    about = models.ForeignKey(
        StageEvaluation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The rating of a review that opened it.",
    )
    reason = models.CharField(_("说明"), max_length=500, blank=True, default="")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("状态"), max_length=10, choices=VisitState, default=VisitState.TO_ASSIGN)
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    assignee = models.ForeignKey(
        User, verbose_name=_("回访人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    assigned_at = models.DateTimeField(null=True, blank=True)
    visited_on = models.DateField(_("回访日期"), null=True, blank=True)
    way = models.CharField(_("回访方式"), max_length=10, choices=VisitWay, blank=True, default="")
    matter = SealedTextField(_("事：问题解决得怎样"))
    mood = SealedTextField(_("气：有没有听完、说清"))
    heart = SealedTextField(_("心：接下来怎样相处"))
    result = models.CharField(_("结果"), max_length=12, choices=VisitResult, blank=True, default="")
    new_case = models.ForeignKey(
        Petition, null=True, blank=True, on_delete=models.PROTECT, related_name="from_visits"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = ReturnVisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("回访")
        ordering = ["ordinal"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ground=VisitGround.STAGE, about__isnull=False)
                | ~Q(ground=VisitGround.STAGE) & Q(about=None),
                name="visit_about_a_stage",
            ),
            models.UniqueConstraint(fields=["petition", "ordinal"], name="visit_ordinal"),
            models.UniqueConstraint(
                fields=["petition"], condition=Q(state__in=WAITING), name="visit_one_waiting_per_case"
            ),
            models.CheckConstraint(
                condition=Q(state=VisitState.TO_ASSIGN, assignee=None)
                | Q(state__in=[VisitState.ASSIGNED, VisitState.DONE], assignee__isnull=False)
                | Q(state=VisitState.LAPSED),
                name="visit_assigned_to_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state=VisitState.DONE, visited_on__isnull=False) & ~Q(way="") & ~Q(result="")
                | ~Q(state=VisitState.DONE) & Q(result="", new_case=None),
                name="visit_done_whole",
            ),
            models.CheckConstraint(
                condition=Q(result=VisitResult.NEW_FACTS, new_case__isnull=False)
                | ~Q(result=VisitResult.NEW_FACTS) & Q(new_case=None),
                name="visit_new_facts_are_a_case",
            ),
        ]
        indexes = [
            models.Index("opened_at", "id", name="visit_waiting", condition=Q(state__in=WAITING)),
            models.Index("assignee", "state", name="visit_of_assignee", condition=Q(assignee__isnull=False)),
        ]

    def get_absolute_url(self) -> str:
        return reverse("outcomes:visit", args=[self.petition.number, self.pk])

    def sealed_to(self) -> str:
        """The row its sealed texts belong to."""
        return f"{self.petition_id}/{self.ordinal}"

    @property
    def state_tone(self) -> str:
        return VisitState(self.state).tone
