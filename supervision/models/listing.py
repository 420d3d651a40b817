"""挂牌督办: a supervision that a leader put on the red list, with milestones planned back from its last day."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from supervision.models.supervisions import Supervision
from supervision.querysets import ListingQuerySet


class Listing(models.Model):
    """One supervision on the list until its ``due_on``, a day in Asia/Shanghai. It leaves the list when the supervision
    ends."""

    supervision = models.OneToOneField(Supervision, on_delete=models.PROTECT, related_name="listing")
    reason = models.TextField(_("挂牌理由"))
    due_on = models.DateField(_("挂牌期限"))
    listed_at = models.DateTimeField(_("挂牌时间"))
    listed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    who = models.CharField(max_length=120)

    objects: ClassVar[Any] = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = _("挂牌督办")
        indexes = [models.Index("due_on", "id", name="listing_by_date")]


class Milestone(models.Model):
    """One node of the plan (倒排时间节点), ticked with a note by whoever supervises."""

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="milestones")
    name = models.CharField(_("节点"), max_length=60)
    due_on = models.DateField(_("完成日期"))
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(_("完成情况"), blank=True, default="")

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["listing", "name"], name="milestone_once"),
            models.CheckConstraint(
                condition=Q(done_at=None, note="") | Q(done_at__isnull=False) & ~Q(note=""),
                name="milestone_ticked_with_a_note",
            ),
        ]
