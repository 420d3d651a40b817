"""A hearing (听证) that the reviewing body calls: its notice, its panel, who was asked to stand aside (条例 28, 36)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from petitions.querysets import OfACase
from reviews.enums import ToldHow
from reviews.models.reviews import HearingPeriod, Review


class OfAReview(OfACase):
    case = "review__petition"


class CalledHearing(models.Model):
    """One hearing of which both sides were told. ``told_on``: the day on which the applicant was; the unit whose paper
    is under review is told by the step itself. ``period``: the days it took, once it was held; ``ended_at`` without
    one: it was called off, or the review ended before it."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="called_hearings")
    starts_at = models.DateTimeField(_("听证时间"))
    place = models.CharField(_("地点"), max_length=200)
    told_on = models.DateField(_("通知申请人的日期"))
    told_how = models.CharField(_("怎样通知申请人"), max_length=10, choices=ToldHow)
    called_at = models.DateTimeField()
    called_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    period = models.OneToOneField(
        HearingPeriod, null=True, blank=True, on_delete=models.PROTECT, related_name="called"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(_("取消的理由"), max_length=500, blank=True, default="")

    objects: ClassVar[Any] = OfAReview.as_manager()

    class Meta:
        verbose_name = _("复查复核听证")
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["review"], condition=Q(ended_at=None), name="called_hearing_one_coming"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, period=None, end_reason="")
                | Q(ended_at__isnull=False, period__isnull=False, end_reason="")
                | Q(ended_at__isnull=False, period=None) & ~Q(end_reason=""),
                name="called_hearing_ended_whole",
            ),
        ]

    @property
    def sitting(self) -> list[HearingMember]:
        """The panel as it stands, the chair first; of rows that were fetched before where they were."""
        return sorted((one for one in self.panel.all() if one.left_at is None), key=lambda one: not one.chair)


class HearingMember(models.Model):
    """Somebody of the staff on the panel; whoever stands aside stays as a row with the reason."""

    hearing = models.ForeignKey(CalledHearing, on_delete=models.PROTECT, related_name="panel")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=120, help_text="The post in which they sit, as it was called then.")
    chair = models.BooleanField(_("听证主持人"), default=False)
    left_at = models.DateTimeField(null=True, blank=True)
    asked = models.CharField(_("申请回避的理由"), max_length=500, blank=True, default="")
    granted = models.BooleanField(null=True, blank=True)
    decision = models.CharField(_("决定的理由"), max_length=500, blank=True, default="")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["hearing", "user"], name="hearing_member_once"),
            models.CheckConstraint(
                condition=Q(granted=None, decision="")
                | Q(granted__isnull=False) & ~Q(asked="") & ~Q(decision=""),
                name="hearing_member_recusal_whole",
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) & ~Q(granted=True) | Q(left_at__isnull=False, granted=True),
                name="hearing_member_left_by_recusal",
            ),
        ]
