"""What became of a suggestion (建议意见): its study, the decision with reasons, and its being put into practice."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from petitions.enums import AdoptionDecision
from petitions.models.petition import Petition

_ADOPTED = Q(decision__in=[one for one in AdoptionDecision if one.is_adopted])


class Adoption(models.Model):
    """研究采纳 of one suggestion (条例 29). Decided anew until it is answered; the former words stay in the history.

    ``practice`` and ``practice_due_on`` (a day in Asia/Shanghai) are those of what was adopted, and only of that.
    """

    petition = models.OneToOneField(Petition, on_delete=models.PROTECT, related_name="adoption")
    study = models.TextField(_("研究论证情况"))
    decision = models.CharField(_("采纳情况"), max_length=12, choices=AdoptionDecision)
    reasons = models.TextField(_("理由"))
    practice = models.TextField(_("怎样落实"), blank=True)
    practice_due_on = models.DateField(_("落实期限"), null=True, blank=True)
    decided_at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    practised_at = models.DateTimeField(_("落实登记时间"), null=True, blank=True)
    practised = models.TextField(_("落实情况"), blank=True)

    class Meta:
        indexes = [
            models.Index(
                "practice_due_on",
                name="adoption_to_practise",
                condition=Q(practised_at__isnull=True, practice_due_on__isnull=False),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=_ADOPTED & Q(practice_due_on__isnull=False) & ~Q(practice="")
                | ~_ADOPTED & Q(practice_due_on__isnull=True, practice="", practised_at__isnull=True),
                name="adoption_adopted_has_practice",
            ),
            models.CheckConstraint(
                condition=Q(practised_at__isnull=True, practised="")
                | Q(practised_at__isnull=False) & ~Q(practised=""),
                name="adoption_practised_says_how",
            ),
        ]

    @property
    def waits(self) -> bool:
        """Adopted, and not put into practice yet."""
        return AdoptionDecision(self.decision).is_adopted and self.practised_at is None
