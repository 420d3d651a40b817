"""What was agreed in a mediation, who signed it, and what each side is to do by when (人民调解法 28–31).

Every text is sealed and read by whoever reads the record; that there is an agreement, of which kind and since when, is
not. A change before signing is a new version; one that holds is never written again (``services.agreements``).
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.sealing import SealedTextField
from core.timekeeping import local_day, now
from mediation.agreement_enums import RUNNING, AgreementKind, DutyState, Signer, SigningWay
from mediation.agreement_querysets import AgreementQuerySet
from mediation.models.cases import MediationCase
from mediation.models.parties import Party
from petitions.models import Petition


def by_whom() -> Any:
    return models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")


class Agreement(models.Model):
    """One agreement of a mediation. ``effective_on``: the day from which it binds, in Asia/Shanghai: that of the last
    signature (人民调解法 29), of an oral one that of its record (人民调解法 30)."""

    mediation = models.ForeignKey(MediationCase, on_delete=models.PROTECT, related_name="agreements")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("种类"), max_length=10, choices=AgreementKind)
    version = models.PositiveSmallIntegerField(default=1)
    made_at = models.DateTimeField(_("拟写时间"))
    made_by = by_whom()
    effective_on = models.DateField(_("生效日期"), null=True, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("调解协议")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["mediation"], name="agreement_one_of_a_mediation"),
            models.CheckConstraint(
                condition=Q(effective_on=None, recorded_at=None)
                | Q(effective_on__isnull=False, recorded_at__isnull=False),
                name="agreement_recorded_when_effective",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("mediation:agreement", args=[self.pk])

    @property
    def case(self) -> Petition | None:
        """The case it came from; a dispute may have none."""
        return self.mediation.petition

    @property
    def holds(self) -> bool:
        return self.effective_on is not None

    @property
    def is_oral(self) -> bool:
        return self.kind == AgreementKind.ORAL

    @property
    def state_words(self) -> str:
        return str(_("已生效") if self.holds else _("待签字") if not self.is_oral else _("待记录"))

    @property
    def state_tone(self) -> str:
        return "done" if self.holds else "soon"


class AgreementText(models.Model):
    """One version of the words. ``done_already``: carried out on the spot, nothing is left to do."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="texts")
    number = models.PositiveSmallIntegerField()
    facts = SealedTextField(_("主要事实"))
    dispute = SealedTextField(_("争议事项"))
    liability = SealedTextField(_("各方责任"))
    content = SealedTextField(_("协议内容"))
    done_already = models.BooleanField(_("已当场履行，没有以后要做的事"), default=False)
    made_at = models.DateTimeField()
    made_by = by_whom()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["agreement", "number"], name="agreement_version_once")]

    def sealed_to(self) -> str:
        return f"{self.agreement_id}/{self.number}"


class Duty(models.Model):
    """What one party is to do for another. ``due_on``: the last day that is in time; ``amount`` and ``paid``: yuan."""

    text = models.ForeignKey(AgreementText, on_delete=models.PROTECT, related_name="duties")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="duties")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    ordinal = models.PositiveSmallIntegerField()
    ower = models.ForeignKey(Party, verbose_name=_("谁履行"), on_delete=models.PROTECT, related_name="owes")
    owed = models.ForeignKey(
        Party, verbose_name=_("向谁履行"), on_delete=models.PROTECT, related_name="is_owed"
    )
    what = SealedTextField(_("做什么"))
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2, null=True, blank=True)
    due_on = models.DateField(_("最后日期"))
    way = SealedTextField(_("履行方式"))
    state = models.CharField(_("状态"), max_length=8, choices=DutyState, default=DutyState.OPEN)
    paid = models.DecimalField(_("已付"), max_digits=12, decimal_places=2, default=0)
    done_on = models.DateField(_("履行日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("协议义务")
        ordering = ["due_on", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["text", "ordinal"], name="duty_ordinal"),
            models.CheckConstraint(condition=~Q(ower=F("owed")), name="duty_between_two"),
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gt=0), name="duty_of_some_money"),
            models.CheckConstraint(
                condition=Q(state=DutyState.DONE, done_on__isnull=False)
                | ~Q(state=DutyState.DONE) & Q(done_on=None),
                name="duty_done_when",
            ),
        ]
        indexes = [models.Index("due_on", name="duty_running", condition=Q(state__in=RUNNING))]

    def get_absolute_url(self) -> str:
        return reverse("mediation:duty", args=[self.agreement_id, self.pk])

    def sealed_to(self) -> str:
        return str(self.key)

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING

    @property
    def left(self) -> Any:
        """Yuan still owed; None where no money is."""
        return None if self.amount is None else max(self.amount - self.paid, 0)

    @property
    def late(self) -> bool:
        """Done after its day, or not done and the day is over."""
        if self.done_on is not None:
            return self.done_on > self.due_on
        return self.state != DutyState.LAPSED and self.due_on < local_day(now())

    @property
    def state_tone(self) -> str:
        return "late" if self.late and self.is_running else DutyState(self.state).tone


class AgreementFile(models.Model):
    """A scan or a drawn signature: what the upload door let through, sealed in the database, at no address of its own
    on a disk."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="files")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    content_type = models.CharField(max_length=100)
    extension = models.CharField(max_length=8)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = SealedTextField()
    added_at = models.DateTimeField()
    added_by = by_whom()

    class Meta:
        ordering = ["id"]

    def sealed_to(self) -> str:
        return str(self.key)


class Signature(models.Model):
    """A hand below one version; a new version is signed anew."""

    text = models.ForeignKey(AgreementText, on_delete=models.PROTECT, related_name="signatures")
    signer = models.CharField(_("谁签"), max_length=10, choices=Signer)
    party = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="signatures")
    way = models.CharField(_("方式"), max_length=8, choices=SigningWay)
    signed_on = models.DateField(_("签字日期"))
    file = models.ForeignKey(AgreementFile, on_delete=models.PROTECT, related_name="signatures")
    at = models.DateTimeField()
    by = by_whom()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["text", "signer", "party"], name="signature_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(signer=Signer.PARTY, party__isnull=False)
                | ~Q(signer=Signer.PARTY) & Q(party=None),
                name="signature_of_somebody",
            ),
        ]
