"""Which leader looks after which town or village (分片包联)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, Unit, User
from accounts.models.people import DateRange
from leaders.area_querysets import AreaQuerySet


class LeaderArea(models.Model):
    """One post looks after one town or village from ``valid_from`` up to, not including, ``valid_until``.

    It tells residents whom to turn to. It opens no case to anybody: that is ``Post.charge_units``.
    """

    post = models.ForeignKey(Post, verbose_name=_("包联领导"), on_delete=models.PROTECT, related_name="areas")
    unit = models.ForeignKey(
        Unit, verbose_name=_("镇街、村社"), on_delete=models.PROTECT, related_name="leader_areas"
    )
    valid_from = models.DateField(_("从哪天起"))
    valid_until = models.DateField(_("到哪天止"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True, default="")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[Any] = AreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("分片包联")
        constraints = [
            # An area that is ended on the day it began has never been: the row stays, its days are none.
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="area_ends_after_start",
            ),
            ExclusionConstraint(
                name="area_once_at_a_time",
                expressions=[
                    ("post", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_until"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index("unit", "valid_from", name="area_of_unit")]

    def valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)

    @property
    def last_day(self) -> date | None:
        """The last day of it, None without an end."""
        return self.valid_until - timedelta(days=1) if self.valid_until else None
