"""The written notice to the petitioner of what was decided about acceptance (告知, 条例 23)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.sealing import SealedTextField
from petitions.enums import NoticeOf, NoticeWay
from petitions.models.petition import Petition


class WrittenNotice(models.Model):
    """One telling: what of, how, and when it was sent or handed over. The 15 days of 条例 23 end with it.

    ``NOBODY``: name or address are not clear, so that nobody could be told; the Regulation exempts these, ``proof``
    says how that was found, and the desks have a list of them.
    """

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="written_notices")
    of = models.CharField(_("告知事项"), max_length=8, choices=NoticeOf)
    way = models.CharField(_("告知方式"), max_length=10, choices=NoticeWay)
    told_at = models.DateTimeField(_("告知时间"))
    recipient = SealedTextField(_("签收人"), blank=True)
    proof = SealedTextField(_("证明"), blank=True)
    consented = models.BooleanField(_("收件人已同意电子送达"), default=False)
    paper_number = models.CharField(_("文书文号"), max_length=60, blank=True)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["recorded_at", "id"]
        indexes = [
            models.Index("petition", name="notice_to_nobody", condition=Q(way=NoticeWay.NOBODY)),
            models.Index("paper_number", name="notice_by_number", condition=~Q(paper_number="")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(way=NoticeWay.ELECTRONIC) | Q(consented=True),
                name="notice_electronic_by_consent",
            )
        ]

    def sealed_to(self) -> str:
        """The row its sealed texts belong to."""
        return str(self.petition_id)
