"""复查 and 复核 of a 处理意见书 (条例 35, 36), one row for each application."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from petitions.enums import ServiceMethod
from petitions.models import Attachment, Petition, PetitionRequest, Reply
from reviews.enums import OPEN, REPLACING, USED, Channel, Level, NotAdmitted, Outcome, State
from reviews.querysets import ReviewQuerySet

_NOT_DECIDED = Q(decided_at=None, outcome="", text="")
_DECIDED = Q(decided_at__isnull=False) & ~Q(outcome="") & ~Q(text="") & (~Q(basis="") | Q(body=None))


class Review(models.Model):
    """One application and what became of it.

    The paper complained about is ``reply`` (the opinion) at the first level and ``first`` (the decision of the review)
    at the second. ``applied_at`` is the moment of receipt, from which the body's 30 days count; ``posted_on`` the day
    of the postmark of a letter, by which it is in time. Days are those of Asia/Shanghai. A 复核 by a body that is no
    unit of this system has ``body_name`` instead of ``body``; what is known of it was entered from that body's paper.
    So has a 复查 for which no body of this system is free: the petition office refers it upward.
    """

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="reviews")
    level = models.CharField(_("层级"), max_length=6, choices=Level)
    body = models.ForeignKey(
        Unit,
        verbose_name=_("复查复核机关"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    body_name = models.CharField(_("外部复核机关"), max_length=80, blank=True, default="")
    reply = models.ForeignKey(Reply, null=True, blank=True, on_delete=models.PROTECT, related_name="reviews")
    first = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="final_reviews"
    )
    applied_at = models.DateTimeField(_("收到申请"))
    posted_on = models.DateField(_("邮戳日期"), null=True, blank=True)
    channel = models.CharField(_("申请方式"), max_length=10, choices=Channel)
    reason = models.TextField(_("申请理由"))
    taken_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.ASKED)
    outcome = models.CharField(_("结论"), max_length=8, choices=Outcome, blank=True, default="")
    text = models.TextField(_("复查复核意见"), blank=True, default="")
    opinion = models.TextField(_("新的处理意见"), blank=True, default="")
    basis = models.TextField(_("依据"), blank=True, default="")
    decided_at = models.DateTimeField(_("作出时间"), null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    served_at = models.DateTimeField(_("送达时间"), null=True, blank=True)
    method = models.CharField(_("送达方式"), max_length=12, choices=ServiceMethod, blank=True, default="")
    proof = models.TextField(_("送达证明"), blank=True, default="")
    not_admitted = models.CharField(max_length=16, choices=NotAdmitted, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)
    end_text = models.TextField(_("说明"), blank=True, default="")
    grants = models.ManyToManyField(
        PetitionRequest, blank=True, related_name="+", help_text="Requests that its own opinion supports."
    )
    files = models.ManyToManyField(
        Attachment, blank=True, related_name="+", help_text="What the body kept with its decision."
    )

    objects: ClassVar[Any] = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("复查复核")
        constraints = [
            models.CheckConstraint(
                condition=Q(level=Level.REVIEW, reply__isnull=False, first__isnull=True)
                | Q(level=Level.FINAL, reply__isnull=True, first__isnull=False),
                name="review_of_the_paper_of_its_level",
            ),
            models.CheckConstraint(
                condition=Q(body__isnull=False, body_name="") | Q(body=None) & ~Q(body_name=""),
                name="review_by_one_body",
            ),
            models.UniqueConstraint(
                # After 责令重新办理 the old review may still wait to be served when the new answer is complained about.
                fields=["petition"],
                condition=Q(state=State.ASKED) | Q(state=State.DECIDED) & ~Q(outcome=Outcome.REDO),
                name="review_one_open_per_case",
            ),
            models.UniqueConstraint(
                fields=["reply"], condition=Q(state__in=USED), name="review_once_per_reply"
            ),
            models.UniqueConstraint(
                fields=["first"], condition=Q(state__in=USED), name="review_final_once_per_review"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.ASKED, State.NOT_ADMITTED, State.WITHDRAWN]) & _NOT_DECIDED
                | Q(state__in=[State.DECIDED, State.SERVED]) & _DECIDED
                | Q(state=State.LAPSED),
                name="review_decided_whole",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=REPLACING) | ~Q(opinion="") | Q(body=None),
                name="review_replaced_by_an_opinion",
            ),
            models.CheckConstraint(
                condition=Q(state=State.SERVED, served_at__isnull=False) & (~Q(method="") | Q(body=None))
                | ~Q(state=State.SERVED) & Q(served_at=None),
                name="review_served_with_its_day",
            ),
            models.CheckConstraint(
                condition=Q(state=State.NOT_ADMITTED) & ~Q(not_admitted="")
                | ~Q(state=State.NOT_ADMITTED) & Q(not_admitted=""),
                name="review_not_admitted_says_why",
            ),
            models.CheckConstraint(condition=~Q(reason="") | Q(body=None), name="review_says_why"),
            models.CheckConstraint(
                condition=Q(decided_at=None) | Q(decided_at__gte=F("applied_at")), name="review_in_order"
            ),
        ]
        indexes = [
            models.Index("body", "applied_at", "id", name="review_of_body"),
            models.Index("applied_at", "id", name="review_open_list", condition=Q(state__in=OPEN)),
        ]

    def get_absolute_url(self) -> str:
        return reverse("reviews:case", args=[self.petition.number])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def state_tone(self) -> str:
        return State(self.state).tone

    @property
    def body_label(self) -> str:
        """The body's name, whether it is a unit of this system or not."""
        return self.body.name if self.body is not None else self.body_name

    @property
    def is_elsewhere(self) -> bool:
        """Decided by a body that is no unit of this system."""
        return self.body_id is None

    @property
    def is_referred(self) -> bool:
        """A 复查 that no body here may decide: taken in, and referred upward by the petition office."""
        return self.body_id is None and self.level == Level.REVIEW

    @property
    def is_final(self) -> bool:
        return self.level == Level.FINAL

    @property
    def handled_by(self) -> Unit:
        """Whose paper it is about: the unit that answered, at either level."""
        reply = self.reply if self.reply is not None else self.first.reply if self.first else None
        assert reply is not None
        return reply.unit


class HearingPeriod(models.Model):
    """Days of a hearing (听证), both included; left out of the 30 days of a 复核 alone (条例 36)."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="hearings")
    start_on = models.DateField(_("听证开始"))
    end_on = models.DateField(_("听证结束"))
    text = models.TextField(_("听证情况"))
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["start_on"]
        constraints = [
            models.CheckConstraint(condition=Q(end_on__gte=F("start_on")), name="hearing_in_order"),
            ExclusionConstraint(
                name="hearing_days_once",
                expressions=[
                    ("review", RangeOperators.EQUAL),
                    (
                        Func(
                            "start_on",
                            "end_on",
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    @property
    def days(self) -> int:
        return days_between(self.start_on, self.end_on)


def days_between(start: date, end: date) -> int:
    """Both days included."""
    return (end - start).days + 1
