"""Who is on duty in a unit, from when to when, and what was handed over to the next."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from accounts.models.units import Unit


class MomentRange(Func):
    function = "tstzrange"
    output_field = DateTimeRangeField()


class DutyShift(models.Model):
    """One person's turn, from ``starts_at`` up to, not including, ``ends_at``. ``note`` is what is open when they go;
    ``taken_over_at`` when the next one confirmed it."""

    unit = models.ForeignKey(Unit, verbose_name=_("机构"), on_delete=models.PROTECT, related_name="shifts")
    user = models.ForeignKey(User, verbose_name=_("值班人"), on_delete=models.PROTECT, related_name="shifts")
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    note = models.TextField(_("交班情况"), blank=True, default="")
    noted_at = models.DateTimeField(null=True, blank=True)
    taken_over_at = models.DateTimeField(null=True, blank=True)
    taken_over_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("值班")
        verbose_name_plural = _("值班")
        indexes: ClassVar = [models.Index(fields=["unit", "ends_at"], name="duty_of_unit")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="duty_ends_after_start"),
            models.CheckConstraint(
                condition=Q(noted_at=None, note="") | Q(noted_at__isnull=False) & ~Q(note=""),
                name="duty_note_with_its_time",
            ),
            models.CheckConstraint(
                condition=Q(taken_over_at=None) | Q(noted_at__isnull=False, taken_over_by__isnull=False),
                name="duty_taken_over_after_the_note",
            ),
            ExclusionConstraint(
                name="duty_one_at_a_time_per_person",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (MomentRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="duty_turn_given_once",
                expressions=[
                    ("unit", RangeOperators.EQUAL),
                    (MomentRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.starts_at:%Y-%m-%d %H:%M}"

    def on_at(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at
