"""A case in mediation, and the consent of both sides."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.sealing import SealedTextField
from mediation.enums import ConsentHow, Result, Side, State
from mediation.models.disputes import Dispute
from mediation.models.rooms import Room
from mediation.querysets import MediationQuerySet
from petitions.models import Petition


class MediationCase(models.Model):
    """One attempt to mediate a case, or a dispute that came without one. A case's own state and statutory clocks go on
    untouched."""

    petition = models.ForeignKey(Petition, null=True, on_delete=models.PROTECT, related_name="mediations")
    dispute = models.ForeignKey(Dispute, null=True, on_delete=models.PROTECT, related_name="mediations")
    room = models.ForeignKey(
        Room, verbose_name=_("调解室"), on_delete=models.PROTECT, related_name="mediations"
    )
    mediator = models.ForeignKey(
        User, verbose_name=_("调解员"), on_delete=models.PROTECT, related_name="mediations"
    )
    state = models.CharField(_("状态"), max_length=16, choices=State, default=State.WAITING_CONSENT)
    opened_at = models.DateTimeField(_("转入时间"))
    opened_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(_("结果"), max_length=12, choices=Result, blank=True, default="")
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    objects: ClassVar[Any] = MediationQuerySet.as_manager()

    class Meta:
        verbose_name = _("调解")
        constraints = [
            models.UniqueConstraint(
                fields=["petition"], condition=~Q(state=State.ENDED), name="mediation_one_open_per_case"
            ),
            models.UniqueConstraint(
                fields=["dispute"], condition=~Q(state=State.ENDED), name="mediation_one_open_per_dispute"
            ),
            models.CheckConstraint(
                condition=Q(petition=None, dispute__isnull=False) | Q(petition__isnull=False, dispute=None),
                name="mediation_of_a_case_or_a_dispute",
            ),
            models.CheckConstraint(
                condition=Q(state=State.ENDED, ended_at__isnull=False) & ~Q(result="")
                | ~Q(state=State.ENDED) & Q(ended_at=None, result=""),
                name="mediation_ended_with_result",
            ),
        ]
        indexes = [
            models.Index("opened_at", "id", name="mediation_list"),
            models.Index("mediator", "opened_at", "id", name="mediation_of_mediator"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("mediation:case", args=[self.number])

    @property
    def matter(self) -> Petition | Dispute:
        """What is mediated: the case, or the dispute that came without one."""
        found = self.petition or self.dispute
        assert found is not None  # mediation_of_a_case_or_a_dispute
        return found

    @property
    def number(self) -> str:
        """Of the case or of the dispute; both stand in the same place of an address."""
        return str(self.matter.number)

    @property
    def is_open(self) -> bool:
        return self.state != State.ENDED

    @property
    def state_tone(self) -> str:
        return State(self.state).tone

    @property
    def both_agree(self) -> bool:
        return self.state in {State.READY, State.HELD}


class Consent(models.Model):
    """A party's consent: who gave it, how and when. Taking it back needs no reason and none is asked."""

    mediation = models.ForeignKey(MediationCase, on_delete=models.PROTECT, related_name="consents")
    party = models.ForeignKey("Party", null=True, on_delete=models.PROTECT, related_name="consents")
    side = models.CharField(_("哪一方"), max_length=12, choices=Side)
    who = SealedTextField(_("谁同意"))
    how = models.CharField(_("方式"), max_length=12, choices=ConsentHow)
    given_at = models.DateTimeField(_("同意时间"))
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    class Meta:
        ordering = ["given_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["party"],
                condition=Q(withdrawn_at=None, party__isnull=False),
                name="consent_one_living_per_party",
            ),
            models.CheckConstraint(condition=~Q(who=""), name="consent_says_who"),
        ]

    def sealed_to(self) -> str:
        """The row its sealed text belongs to."""
        return f"{self.mediation_id}/{self.side}"
