"""What keeps a case from those who have an interest in it: recusal, and the second person who lowers an urgency."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from petitions.enums import RecusalGround, Urgency
from petitions.models.petition import Petition


class Recusal(models.Model):
    """回避 (条例 28): somebody with an interest, who neither reads nor steers the case while this stands."""

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="recusals", db_index=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(_("情形"), max_length=12, choices=RecusalGround)
    reason = models.TextField(_("说明"), blank=True)
    recorded_at = models.DateTimeField()
    #: None where the system did, as an import that names the staff complained of.
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    end_reason = models.TextField(_("解除理由"), blank=True)

    class Meta:
        ordering = ["recorded_at", "id"]
        indexes = [models.Index("petition", "user", name="recusal_of_case")]
        constraints = [
            models.UniqueConstraint(
                fields=["petition", "user"], condition=Q(ended_at=None), name="recusal_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None) | ~Q(ended_by=F("user")), name="recusal_not_ended_by_oneself"
            ),
        ]


class UrgencyLowering(models.Model):
    """Two people lower an urgency: one asks, another agrees (条例 46(4); domain G)."""

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="lowerings")
    urgency = models.CharField(_("降为"), max_length=8, choices=Urgency)
    reason = models.TextField(_("理由"))
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    agreed = models.BooleanField(null=True)
    decision = models.TextField(_("核实意见"), blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["petition"], condition=Q(agreed=None), name="lowering_one_open"),
            models.CheckConstraint(
                # Who raises it again after all takes back the own wish.
                condition=~Q(agreed=True) | ~Q(decided_by=F("asked_by")),
                name="lowering_by_two_people",
            ),
            models.CheckConstraint(
                condition=Q(agreed=None) | Q(decided_by__isnull=False), name="lowering_decided_by_somebody"
            ),
        ]
