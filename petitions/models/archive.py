"""The archive life of a closed case: how long its people stay, what stops their going, and who decided it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from petitions.archive_enums import ArchiveClass, HoldKind, ProposalOutcome
from petitions.models.petition import Petition


class ArchiveFile(models.Model):
    """The archive class of one closed case. ``over_on`` is the first day after the term (Asia/Shanghai): the term
    counts from the end of the year in which the case was closed. ``done_at``: its people were anonymised."""

    petition = models.OneToOneField(
        Petition, primary_key=True, on_delete=models.PROTECT, related_name="archive"
    )
    archive_class = models.CharField(_("保管期限"), max_length=10, choices=ArchiveClass)
    over_on = models.DateField(_("期满日"), null=True, blank=True)
    by_hand = models.BooleanField(default=False, help_text="Set by a person, not by the rule.")
    class_reason = models.CharField(_("理由"), max_length=300, blank=True)
    class_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    class_at = models.DateTimeField()
    done_at = models.DateTimeField(_("去标识时间"), null=True, blank=True)
    texts_replaced = models.BooleanField(default=False, help_text="Subject and body went too.")

    class Meta:
        verbose_name = _("归档信息")
        constraints = [
            models.CheckConstraint(
                condition=Q(archive_class=ArchiveClass.PERMANENT, over_on=None)
                | Q(archive_class__in=[ArchiveClass.THIRTY, ArchiveClass.TEN], over_on__isnull=False),
                name="archive_term_fits_class",
            ),
            models.CheckConstraint(
                condition=Q(by_hand=False) | Q(class_by__isnull=False) & ~Q(class_reason=""),
                name="archive_class_by_hand_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(over_on__isnull=False), name="archive_permanent_is_never_done"
            ),
        ]
        indexes = [
            models.Index(
                "over_on",
                "petition",
                name="archive_by_term",
                condition=Q(over_on__isnull=False, done_at__isnull=True),
            ),
            models.Index("over_on", "petition", name="archive_done_list", condition=Q(done_at__isnull=False)),
        ]


class ArchiveProposal(models.Model):
    """去标识 proposed by one person and decided by another: the database holds that they are two."""

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="archive_proposals")
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    proposed_who = models.CharField(max_length=120, help_text="Name and post as they were then.")
    proposed_at = models.DateTimeField()
    reason = models.TextField(_("理由"))
    outcome = models.CharField(max_length=8, choices=ProposalOutcome, blank=True)
    decided_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    decided_who = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.TextField(_("意见"), blank=True)
    texts_too = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("去标识建议")
        ordering = ["proposed_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["petition"], condition=Q(outcome=""), name="archive_one_open_proposal"
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=[ProposalOutcome.AGREED, ProposalOutcome.REJECTED])
                | Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decided_by=F("proposed_by")),
                name="archive_decided_by_another_person",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="archive_proposed_with_reason"),
        ]


class ArchiveHold(models.Model):
    """暂缓: while one is not lifted, nothing of the case is taken away. Lifted by another person than set it."""

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="archive_holds")
    kind = models.CharField(_("事由"), max_length=10, choices=HoldKind)
    reason = models.TextField(_("理由"))
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    set_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    set_who = models.CharField(max_length=120, help_text="Name and post as they were then.")
    set_at = models.DateTimeField()
    lifted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    lifted_who = models.CharField(max_length=120, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lift_reason = models.TextField(_("解除理由"), blank=True)

    class Meta:
        verbose_name = _("暂缓")
        ordering = ["set_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False)
                & ~Q(lifted_by=F("set_by"))
                & ~Q(lift_reason=""),
                name="archive_hold_lifted_by_another",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="archive_held_with_reason"),
        ]
        indexes = [
            models.Index("petition", name="archive_hold_open", condition=Q(lifted_at__isnull=True)),
        ]

    @property
    def is_open(self) -> bool:
        return self.lifted_at is None
