"""Which body is competent (条例 24): what is disputed, at which step it is, and who decided what."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from conference.enums import LIVE, DisputeState
from conference.querysets import DisputeQuerySet
from petitions.models import Petition


class Dispute(models.Model):
    """One case over which two or more units dispute. ``superior`` is their common superior in the tree; ``how`` the
    step at which it was decided; ``decided_on`` a day in Asia/Shanghai."""

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="disputes")
    units: Any = models.ManyToManyField(Unit, verbose_name=_("有关单位"), related_name="+")
    facts = models.TextField(_("争议情况"))
    state = models.CharField(_("步骤"), max_length=10, choices=DisputeState, default=DisputeState.TALKS)
    superior = models.ForeignKey(
        Unit, verbose_name=_("共同上级"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField(_("提出时间"))
    opened_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(_("决定方式"), max_length=10, choices=DisputeState, blank=True, default="")
    lead_unit = models.ForeignKey(
        Unit, verbose_name=_("主办单位"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    co_units: Any = models.ManyToManyField(Unit, verbose_name=_("协办单位"), blank=True, related_name="+")
    basis = models.TextField(_("决定和依据"), blank=True, default="")
    decided_on = models.DateField(_("决定日期"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(
        "conference.Item", null=True, blank=True, on_delete=models.PROTECT, related_name="settled"
    )

    objects: ClassVar[Any] = DisputeQuerySet.as_manager()

    class Meta:
        verbose_name = _("管辖争议")
        indexes = [models.Index(F("opened_at").desc(), "id", name="dispute_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["petition"], condition=Q(state__in=LIVE), name="dispute_one_live_per_case"
            ),
            models.CheckConstraint(
                condition=Q(state=DisputeState.DECIDED, lead_unit__isnull=False, decided_on__isnull=False)
                & ~Q(basis="")
                & Q(how__in=LIVE)
                | ~Q(state=DisputeState.DECIDED) & Q(lead_unit=None, decided_on=None, how=""),
                name="dispute_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=LIVE, ended_at=None) | ~Q(state__in=LIVE) & Q(ended_at__isnull=False),
                name="dispute_ended_with_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(how=DisputeState.CONFERENCE) | Q(item__isnull=False),
                name="dispute_decided_in_a_meeting",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("conference:dispute", args=[self.pk])

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def state_tone(self) -> str:
        return DisputeState(self.state).tone


class DisputeStep(models.Model):
    """What was done at a step, and why it went on to the next; append-only."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=10, choices=DisputeState)
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    who = models.CharField(max_length=120)

    class Meta:
        ordering = ["at", "id"]
