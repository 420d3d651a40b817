"""One look at something protected, kept to be counted."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from petitions.archive_enums import LookKind
from petitions.models.petition import Petition


class Look(models.Model):
    """Somebody opened a masked field or a sealed case. The audit log says so too; this row is counted by index.

    The case is here to tell a second look at it from a first; no page shows it.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=LookKind)
    who = models.CharField(max_length=120, help_text="Name and post as they were then.")
    reason = models.CharField(_("理由"), max_length=200, blank=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("查看")
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=LookKind.values), name="look_kind_known")
        ]
        indexes = [
            models.Index("user", "at", name="look_of_person"),
            models.Index("at", name="look_by_time"),
        ]
