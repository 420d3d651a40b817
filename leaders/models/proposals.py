"""By which rules cases are proposed for a package, what is proposed, and the hands a package went through."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from conference.models import Meeting
from leaders.enums import (
    HandoverWhy,
    PackageLevel,
    ProposalBasis,
    ProposalGround,
    ProposalKind,
    ProposalState,
)
from leaders.models.packages import CasePackage
from leaders.querysets import ProposalQuerySet
from petitions.models import Petition

RULED = (
    ProposalGround.AGE,
    ProposalGround.REPEATS,
    ProposalGround.HEADS,
    ProposalGround.RETURNED,
    ProposalGround.RATING,
)


class PackageRule(models.Model):
    """A ground with its threshold (days, repeats, heads, times), in force from ``valid_from`` up to ``valid_until``
    (not included)."""

    ground = models.CharField(_("情形"), max_length=12, choices=ProposalGround)
    threshold = models.PositiveIntegerField(_("达到"))
    valid_from = models.DateField(_("生效日期"))
    valid_until = models.DateField(_("失效日期"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ground"], condition=Q(valid_until=None), name="package_rule_one_without_end"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="package_rule_in_order",
            ),
            models.CheckConstraint(condition=Q(ground__in=RULED), name="package_rule_of_a_ground"),
        ]


class PackageProposal(models.Model):
    """One proposal, once per case and ground while it is open. ``why`` has the figures, never a word about a person."""

    kind = models.CharField(_("建议"), max_length=10, choices=ProposalKind)
    ground = models.CharField(_("理由"), max_length=12, choices=ProposalGround)
    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="package_proposals")
    package = models.ForeignKey(
        CasePackage, null=True, blank=True, on_delete=models.PROTECT, related_name="proposals"
    )
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(_("情况"), max_length=300)
    proposed_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ProposalState, default=ProposalState.OPEN)
    basis = models.CharField(_("决定方式"), max_length=12, choices=ProposalBasis, blank=True, default="")
    meeting = models.ForeignKey(Meeting, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    word = models.TextField(_("说明"), blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_who = models.CharField(max_length=120, blank=True, default="")

    objects: ClassVar[Any] = ProposalQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index("state", F("proposed_at").desc(), F("id").desc(), name="package_proposal_list")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["petition", "ground"],
                condition=Q(state=ProposalState.OPEN),
                name="package_proposal_once",
            ),
            models.CheckConstraint(
                condition=Q(kind=ProposalKind.TAKE) | Q(package__isnull=False),
                name="package_proposal_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.OPEN, decided_at=None)
                | ~Q(state=ProposalState.OPEN) & Q(decided_at__isnull=False) & ~Q(word=""),
                name="package_proposal_decided_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.CONFIRMED)
                | Q(basis=ProposalBasis.OFFICE_HEAD)
                | Q(basis=ProposalBasis.CONFERENCE, meeting__isnull=False),
                name="package_proposal_confirmed_by",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("leaders:proposal", args=[self.pk])

    @property
    def state_tone(self) -> str:
        return ProposalState(self.state).tone


class PackageHandover(models.Model):
    """A package came into other hands; append-only."""

    package = models.ForeignKey(CasePackage, on_delete=models.PROTECT, related_name="handovers")
    why = models.CharField(max_length=10, choices=HandoverWhy)
    from_post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    to_post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    from_level = models.PositiveSmallIntegerField(choices=PackageLevel)
    to_level = models.PositiveSmallIntegerField(choices=PackageLevel)
    old_target_on = models.DateField()
    target_on = models.DateField()
    reason = models.TextField(_("原因"))
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    who = models.CharField(max_length=120)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="package_handover_says_why"),
            models.CheckConstraint(
                condition=~Q(why=HandoverWhy.RAISED) | Q(to_level__gt=F("from_level")),
                name="package_raised_goes_up",
            ),
        ]
