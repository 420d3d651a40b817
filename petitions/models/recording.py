"""What a handling record holds beside its text: the steps of a plan, a talk with the petitioner, a reconciliation."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.sealing import SealedTextField
from petitions.enums import Signature, TalkWay
from petitions.models.handling import HandlingRecord


class PlanStep(models.Model):
    """One step of a 办理方案. The plan made last is in force; the former ones stay on file."""

    record = models.ForeignKey(HandlingRecord, on_delete=models.PROTECT, related_name="steps")
    ordinal = models.PositiveSmallIntegerField()
    text = models.CharField(_("做什么"), max_length=300)
    who = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("何时完成"))

    class Meta:
        ordering = ["ordinal"]
        constraints = [models.UniqueConstraint(fields=["record", "ordinal"], name="plan_step_ordinal")]


class Talk(models.Model):
    """A talk with the petitioner: what was said is the record's text (条例 31(6))."""

    record = models.OneToOneField(HandlingRecord, on_delete=models.PROTECT, related_name="talk")
    way = models.CharField(_("方式"), max_length=8, choices=TalkWay)
    held_at = models.DateTimeField(_("谈话时间"))
    place = SealedTextField(_("地点"))
    present = SealedTextField(_("在场人员"))
    signature = models.CharField(_("签名"), max_length=8, choices=Signature)

    def sealed_to(self) -> str:
        """The row its sealed texts belong to."""
        return str(self.record_id)


class Reconciliation(models.Model):
    """和解 of the two sides by their own will (条例 33). What they agreed on is the record's text; the case is answered
    as before, which ``afterwards`` says in words."""

    record = models.OneToOneField(HandlingRecord, on_delete=models.PROTECT, related_name="reconciliation")
    agreed_on = models.DateField(_("和解日期"))
    petitioner_side = SealedTextField(_("信访人一方"))
    other_side = SealedTextField(_("对方"))
    afterwards = models.TextField(_("本件怎样办理"))

    def sealed_to(self) -> str:
        """The row its sealed texts belong to."""
        return str(self.record_id)
