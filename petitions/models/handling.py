"""What the units do with a case: shares, objections, records, reply, service, evaluation."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from core.sealing import SealedTextField
from petitions.enums import (
    CallOutcome,
    ForwardKind,
    PartState,
    Rating,
    RecordKind,
    RefusalReason,
    ReplyKind,
    ReportState,
    ServiceMethod,
    ShareRole,
)
from petitions.models.petition import Petition

#: A case may not be closed while its report stands so.
WAITING_REPORTS = (ReportState.DUE, ReportState.SENT, ReportState.RETURNED)


class Share(models.Model):
    """A unit's share in a case: one lead at a time (牵头抓总制), any number of co-units (协办同责制)."""

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="shares")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=4, choices=ShareRole)
    kind = models.CharField(max_length=8, choices=ForwardKind)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sent_from = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    feedback_due_on = models.DateField(_("反馈期限"), null=True, blank=True)
    demand = models.TextField(_("交办要求"), blank=True)
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="Handed back after an agreed objection, or ended."
    )
    report = models.CharField(
        _("办结报告"),
        max_length=8,
        choices=ReportState,
        default=ReportState.NONE,
        db_default=ReportState.NONE,
        help_text="Of the lead share of what was assigned; the reports themselves are ClosingReport.",
    )
    end_reason = models.TextField(_("结束协办的理由"), blank=True, default="", db_default="")
    answer = models.TextField(_("协办意见"), blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    return_reason = models.TextField(_("退回的理由"), blank=True, default="", db_default="")
    objection = models.TextField(_("协办异议"), blank=True, default="", db_default="")
    objected_at = models.DateTimeField(null=True, blank=True)
    objection_agreed = models.BooleanField(null=True, blank=True)
    objection_decision = models.TextField(_("核实意见"), blank=True, default="", db_default="")
    objection_decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["sent_at", "id"]
        indexes = [
            # The desks' lists of reports to be sent and to be looked at; nearly every share has none.
            models.Index(
                "report",
                "petition",
                name="share_report_waits",
                condition=Q(ended_at__isnull=True) & Q(report__in=WAITING_REPORTS),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(report=ReportState.NONE) | Q(kind=ForwardKind.ASSIGN, role=ShareRole.LEAD),
                name="share_report_on_what_was_assigned",
            ),
            models.UniqueConstraint(
                fields=["petition"],
                condition=Q(role=ShareRole.LEAD, ended_at__isnull=True),
                name="share_one_lead",
            ),
            models.UniqueConstraint(
                fields=["petition", "unit"],
                condition=Q(ended_at__isnull=True),
                name="share_unit_once",
            ),
            models.CheckConstraint(
                condition=~Q(kind=ForwardKind.ASSIGN) | Q(feedback_due_on__isnull=False),
                name="share_assigned_has_date",
            ),
            models.CheckConstraint(
                condition=Q(objected_at__isnull=True) & Q(objection="")
                | Q(role=ShareRole.CO) & ~Q(objection=""),
                name="share_part_objection_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(objection_agreed__isnull=True) & Q(objection_decided_at__isnull=True)
                | Q(objected_at__isnull=False)
                & Q(objection_decided_at__isnull=False)
                & ~Q(objection_decision=""),
                name="share_part_objection_weighed",
            ),
        ]

    @property
    def is_live_part(self) -> bool:
        """Whether it is a co-unit's, and not over."""
        return self.role == ShareRole.CO and self.ended_at is None

    @property
    def part(self) -> PartState:
        """Where a co-unit's part stands. ``feedback_due_on`` is its own day, ``demand`` what it is to contribute."""
        if self.ended_at is not None:
            return PartState.ENDED
        if self.objected_at is not None and self.objection_decided_at is None:
            return PartState.OBJECTED
        if self.answered_at is not None:
            return PartState.ANSWERED
        return PartState.RETURNED if self.returned_at is not None else PartState.WAITING


class Objection(models.Model):
    """异议 of the receiving unit (条例 23): the case stays with it until the sender agrees."""

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="objections")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("理由"))
    suggested_unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    agreed = models.BooleanField(null=True)
    decision = models.TextField(_("核实意见"), blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["raised_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["petition"],
                condition=Q(agreed__isnull=True),
                name="objection_one_open",
            )
        ]


class AcceptanceRefusal(models.Model):
    """不予受理: a listed reason and where to go instead, never one without the other (条例 19, 23)."""

    petition = models.OneToOneField(Petition, on_delete=models.PROTECT, related_name="refusal")
    reason = models.CharField(max_length=16, choices=RefusalReason)
    explanation = models.TextField(_("说明"))
    where_to_go = models.CharField(_("应向何处提出"), max_length=200)
    ground = models.CharField(
        max_length=200,
        blank=True,
        default="",
        help_text="The final review (文号, day) or who has the matter in hand, where no linked case shows it.",
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(where_to_go=""), name="refusal_says_where_to_go")]


class HandlingRecord(models.Model):
    """A note, a phone call, a site visit; a plan, a talk, a reconciliation (``models.recording``). Internal."""

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="records")
    kind = models.CharField(max_length=8, choices=RecordKind)
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("内容"))
    call_outcome = models.CharField(max_length=16, choices=CallOutcome, blank=True)
    meeting_at = models.DateTimeField(_("约见时间"), null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]


class Paper(models.Model):
    """A row that a case has once: it belongs to the case, or, after 责令重新办理 (条例 36), to what went before.

    ``petition.reply`` is the answer in force; ``petition.former_replies`` those that were ordered to be made anew.
    """

    former_of = models.ForeignKey(
        Petition, null=True, blank=True, on_delete=models.PROTECT, related_name="former_%(class)s_set"
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(petition__isnull=False, former_of__isnull=True)
                | Q(petition__isnull=True, former_of__isnull=False),
                name="%(class)s_now_or_former",
            ),
        ]


class Extension(Paper):
    """One extension of at most 30 days, approved by the unit's head, the reason told (条例 34)."""

    petition = models.OneToOneField(
        Petition, null=True, blank=True, on_delete=models.PROTECT, related_name="extension"
    )
    days = models.PositiveSmallIntegerField(_("延长天数"))
    reason = models.TextField(_("理由"))
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()

    class Meta(Paper.Meta):
        abstract = False
        constraints = [
            *Paper.Meta.constraints,
            models.CheckConstraint(
                condition=Q(days__gte=1, days__lte=30),
                name="extension_one_to_thirty_days",
            ),
        ]


class Reply(Paper):
    """The answer. A 处理意见书 on path six, a reply otherwise; the outcomes are on the requests."""

    petition = models.OneToOneField(
        Petition, null=True, blank=True, on_delete=models.PROTECT, related_name="reply"
    )
    kind = models.CharField(max_length=8, choices=ReplyKind)
    text = models.TextField(_("答复内容"))
    basis = models.TextField(_("依据"), blank=True)
    review_body = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    made_at = models.DateTimeField(
        _("作出时间"),
        null=True,
        blank=True,
        help_text="When its paper was made (成文); of an answer that is no opinion, when it was given.",
    )
    paper_number = models.CharField(
        _("文书文号"),
        max_length=60,
        blank=True,
        default="",
        db_default="",
        help_text="Of an opinion that was made outside the system.",
    )
    outcomes_then = models.JSONField(
        default=list,
        blank=True,
        help_text="Of a former answer: ordinal, outcome and opinion of each request.",
    )

    class Meta(Paper.Meta):
        abstract = False
        indexes = [models.Index("paper_number", name="reply_by_number", condition=~Q(paper_number=""))]


class PaperService(Paper):
    """送达 of the reply: without it no review window opens (条例 35).

    ``served_at`` is when it counts as received: of a 公告 30 days after ``published_at``. ``paper_number``: the 文号 of
    what was handed over; every 处理意见书 has one, entries from before it was asked for have none.
    """

    petition = models.OneToOneField(
        Petition, null=True, blank=True, on_delete=models.PROTECT, related_name="service"
    )
    method = models.CharField(_("送达方式"), max_length=12, choices=ServiceMethod)
    served_at = models.DateTimeField(_("送达时间"))
    recipient = SealedTextField(_("签收人"))
    published_at = models.DateTimeField(_("公告时间"), null=True, blank=True)
    signed = models.BooleanField(_("已签收"), default=True)
    proof = models.TextField(_("证明"), blank=True)
    consented = models.BooleanField(_("收件人已同意电子送达"), default=False)
    paper_number = models.CharField(_("文书文号"), max_length=60, blank=True, default="", db_default="")
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta(Paper.Meta):
        abstract = False
        indexes = [models.Index("paper_number", name="service_by_number", condition=~Q(paper_number=""))]
        constraints = [
            *Paper.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(method=ServiceMethod.ELECTRONIC) | Q(consented=True),
                name="service_electronic_by_consent",
            ),
        ]

    def sealed_to(self) -> str:
        """The row its sealed text belongs to."""
        return str(self.petition_id or self.former_of_id)


class Evaluation(Paper):
    """满意度评价 by the petitioner alone, once, apart for the petition office and the unit (domain B5)."""

    petition = models.OneToOneField(
        Petition, null=True, blank=True, on_delete=models.PROTECT, related_name="evaluation"
    )
    office_rating = models.PositiveSmallIntegerField(_("对信访部门"), choices=Rating)
    unit_rating = models.PositiveSmallIntegerField(_("对责任单位"), choices=Rating)
    comment = models.TextField(_("意见"), blank=True)
    at = models.DateTimeField()

    class Meta(Paper.Meta):
        abstract = False
        constraints = [
            *Paper.Meta.constraints,
            models.CheckConstraint(
                condition=Q(office_rating__in=Rating.values, unit_rating__in=Rating.values),
                name="evaluation_codes",
            ),
        ]
        # The month's figures find its ratings by when they were given.
        indexes = [models.Index(fields=["at"], name="evaluation_month")]
