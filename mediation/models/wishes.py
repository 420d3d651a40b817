"""What a party who is kept apart wishes, and the links of online sessions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.sealing import SealedTextField
from mediation.enums import ConsentHow, Side
from mediation.models.parties import Party
from mediation.models.sessions import Session


class JointWish(models.Model):
    """A party who is to be kept apart wants to meet the other side after all: who said so, how and when.

    ``Party.wants_joint`` says whether one of these lives; the doors of ``services.wishes`` alone write both.
    """

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="wishes")
    who = SealedTextField(_("谁提出"))
    how = models.CharField(_("方式"), max_length=12, choices=ConsentHow)
    wished_at = models.DateTimeField(_("提出时间"))
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(_("收回时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("当面调的意愿")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["party"], condition=Q(withdrawn_at=None), name="joint_wish_one_living"
            ),
            models.CheckConstraint(condition=~Q(who=b""), name="joint_wish_says_who"),
        ]

    def sealed_to(self) -> str:
        """The row its sealed text belongs to."""
        return str(self.party_id)


class OnlineLink(models.Model):
    """The address at the district's own meeting service for a session; ``side``: for that side alone, empty for both.

    It holds for the session as it stood at ``set_at``: moved or cancelled since, it is shown to nobody.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="links")
    side = models.CharField(_("给哪一方"), max_length=12, choices=Side, blank=True, default="")
    url = SealedTextField(_("会议链接"))
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("网上调解链接")
        ordering = ["side", "id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "side"], name="online_link_one_a_side"),
            models.CheckConstraint(condition=~Q(url=b""), name="online_link_not_empty"),
        ]

    def sealed_to(self) -> str:
        """The row its sealed text belongs to."""
        return f"{self.session_id}/{self.side}"
