"""轮次: a span of days in which a unit's packages are looked at together; rounds of one unit do not overlap."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User


class PackageRound(models.Model):
    """``starts_on`` and ``ends_on`` are days in Asia/Shanghai, both in it. ``unit``: the leaders of it and below."""

    unit = models.ForeignKey(Unit, verbose_name=_("范围"), on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("轮次"), max_length=60)
    starts_on = models.DateField(_("开始"))
    ends_on = models.DateField(_("结束"))
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")) & ~Q(name=""), name="package_round_in_order"
            ),
            ExclusionConstraint(
                name="package_rounds_apart",
                expressions=[
                    ("unit", RangeOperators.EQUAL),
                    (
                        Func(
                            "starts_on",
                            "ends_on",
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
