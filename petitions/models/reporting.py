"""办结报告 on what was assigned (交办, 条例 22): every version and every word on it. Append-only, by trigger."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from petitions.models.handling import Reply, Share
from petitions.models.people import Attachment
from petitions.models.petition import Petition


class ClosingReport(models.Model):
    """One version of the lead unit's report to the office that assigned the case, about one answer."""

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="closing_reports")
    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="reports", db_index=False)
    reply = models.ForeignKey(Reply, on_delete=models.PROTECT, related_name="reports")
    along_with = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="carried",
        help_text="The original's report that this one went along with: they are decided together.",
    )
    demand = models.TextField(_("主要诉求"))
    handling = models.TextField(_("调查和办理情况"))
    result = models.TextField(_("办理结果"))
    attitude = models.TextField(_("信访人意见"))
    contact = models.CharField(_("联系人"), max_length=60)
    phone = models.CharField(_("联系电话"), max_length=40)
    files = models.ManyToManyField(Attachment, related_name="+", blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    who = models.CharField(max_length=120, help_text="Unit, post and name as they were then.")

    class Meta:
        ordering = ["sent_at", "id"]


class ReportDecision(models.Model):
    """The sender's word on one version: accepted, or returned with a reason and a new last day."""

    report = models.OneToOneField(ClosingReport, on_delete=models.PROTECT, related_name="decision")
    accepted = models.BooleanField()
    text = models.TextField(_("审核意见"), blank=True)
    due_on = models.DateField(_("重新报送期限"), null=True, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    who = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted=True, due_on__isnull=True)
                | (Q(accepted=False, due_on__isnull=False) & ~Q(text="")),
                name="report_returned_with_reason_and_day",
            )
        ]
