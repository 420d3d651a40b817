"""After an agreement: what was done, the court's confirmation, return visits, what comes back; their clocks."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.sealing import SealedTextField
from deadlines.ladder import AlertLine, DueStep
from deadlines.models import Clock
from mediation.agreement_enums import Performed, Ruling, SaidBy, VisitResult
from mediation.models.agreements import Agreement, Duty, by_whom
from mediation.models.cases import MediationCase


class DutyReport(models.Model):
    """What is said of a duty, by whom, of which day. ``amount``: yuan given that day."""

    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="reports")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    outcome = models.CharField(_("情况"), max_length=8, choices=Performed)
    on = models.DateField(_("日期"))
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2, null=True, blank=True)
    said_by = models.CharField(_("谁说的"), max_length=8, choices=SaidBy)
    words = SealedTextField(_("说明"))
    at = models.DateTimeField()
    by = by_whom()

    class Meta:
        ordering = ["id"]

    def sealed_to(self) -> str:
        return str(self.key)


class Confirmation(models.Model):
    """A joint application to the court, and its answer (人民调解法 33)."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="confirmations")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    court = models.CharField(_("法院"), max_length=100)
    applied_on = models.DateField(_("申请日期"))
    applied_by = SealedTextField(_("谁申请"))
    at = models.DateTimeField()
    by = by_whom()
    result = models.CharField(_("结果"), max_length=10, choices=Ruling, blank=True, default="")
    ruling_number = models.CharField(_("裁定书案号"), max_length=60, blank=True, default="")
    result_on = models.DateField(_("结果日期"), null=True, blank=True)
    result_at = models.DateTimeField(null=True, blank=True)
    result_by = by_whom()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement"], condition=Q(result=""), name="confirmation_one_waiting"
            ),
            models.CheckConstraint(
                condition=~Q(result=Ruling.CONFIRMED) | ~Q(ruling_number=""),
                name="confirmation_has_a_ruling",
            ),
        ]

    def sealed_to(self) -> str:
        return str(self.key)

    @property
    def state_words(self) -> str:
        return str(self.get_result_display() if self.result else _("等法院结果"))

    @property
    def state_tone(self) -> str:
        return Ruling(self.result).tone if self.result else "info"


class AgreementVisit(models.Model):
    """回访 at a set time after the agreement took effect. Of one that reached nobody the next stands all the same."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="visits")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    ordinal = models.PositiveSmallIntegerField()
    due_on = models.DateField(_("回访日期"))
    result = models.CharField(_("结果"), max_length=12, choices=VisitResult, blank=True, default="")
    words = SealedTextField(_("回访情况"))
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = by_whom()

    class Meta:
        ordering = ["ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "ordinal"], name="agreement_visit_ordinal"),
            models.CheckConstraint(
                condition=Q(result="", done_at=None) | ~Q(result="") & Q(done_at__isnull=False),
                name="agreement_visit_done_when",
            ),
        ]

    def sealed_to(self) -> str:
        return str(self.key)


class CameBack(models.Model):
    """The same matter mediated again: the new mediation, and the agreement it came back from."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="came_back")
    mediation = models.OneToOneField(MediationCase, on_delete=models.PROTECT, related_name="came_from")
    at = models.DateTimeField()
    by = by_whom()


class AgreementClock(Clock):
    """One of three, as its rule says: a duty's day, the thirty days of judicial confirmation, a return visit."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="clocks")
    duty = models.ForeignKey(Duty, null=True, on_delete=models.PROTECT, related_name="clocks")
    visit = models.ForeignKey(AgreementVisit, null=True, on_delete=models.PROTECT, related_name="clocks")

    class Meta(Clock.Meta):
        abstract = False
        indexes = [Clock.sweep_index("agreement_clock_next")]
        constraints = [
            *Clock.Meta.constraints,
            models.UniqueConstraint(
                fields=["agreement", "duty", "visit"],
                condition=Q(stopped_at__isnull=True),
                nulls_distinct=False,
                name="agreement_clock_one_running",
            ),
            models.CheckConstraint(
                condition=Q(duty=None) | Q(visit=None), name="agreement_clock_of_one_thing"
            ),
        ]

    def get_explanation_url(self) -> str:
        return self.agreement.get_absolute_url()

    @classmethod
    def for_sweep(cls) -> models.QuerySet[Any]:
        return (
            super()
            .for_sweep()
            .select_related(
                "rule",
                "agreement__mediation__room__unit",
                "agreement__mediation__petition__complained_unit",
                "duty",
                "visit",
            )
        )

    @classmethod
    def alert_lines(cls, due: Sequence[DueStep]) -> Sequence[AlertLine]:
        """The mediator, then whoever leads the room's unit and the petition office; ``services.agreement_alerts``."""
        from mediation.services import agreement_alerts

        return agreement_alerts.lines(due)
