"""Rules that make reception days (接访排班): who, in turn, on which days, where."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from core.timekeeping import WEEKDAYS
from leaders.enums import HolidayMove, RulePattern, VisitKind
from leaders.models.sites import Site
from leaders.querysets import DayRuleQuerySet

#: The fifth of a weekday in a month, which not every month has, stands for the last.
LAST = 5
MOST_SLOTS = 100


class DayRule(models.Model):
    """Every Friday, the second Wednesday of a month. Posts and sites take turns from ``valid_from`` on, one step a
    nominal date, whether the date is moved or left out: who sits when can be told years ahead."""

    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("方式"), max_length=16, choices=VisitKind)
    pattern = models.CharField(_("周期"), max_length=8, choices=RulePattern)
    weekday = models.PositiveSmallIntegerField(_("星期"))
    nth = models.PositiveSmallIntegerField(_("第几个"), null=True, blank=True)
    start = models.TimeField(_("开始"))
    end = models.TimeField(_("结束"))
    slots = models.PositiveSmallIntegerField(_("预约名额"), null=True, blank=True)
    slot_minutes = models.PositiveSmallIntegerField(_("每人分钟"), default=20)
    holiday = models.CharField(_("遇节假日"), max_length=8, choices=HolidayMove, default=HolidayMove.NEXT)
    topics = models.CharField(_("受理范围"), max_length=200, blank=True, default="")
    valid_from = models.DateField(_("起始日期"))
    valid_until = models.DateField(_("最后日期"), null=True, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[Any] = DayRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("接访排班")
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="day_rule_ends_after_start"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="day_rule_weekday"),
            models.CheckConstraint(
                condition=Q(pattern=RulePattern.WEEKLY, nth=None)
                | Q(pattern=RulePattern.MONTHLY, nth__gte=1, nth__lte=LAST, nth__isnull=False),
                name="day_rule_nth_of_month",
            ),
            models.CheckConstraint(
                condition=Q(slots=None) | Q(slots__gte=1, slots__lte=MOST_SLOTS), name="day_rule_slots"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="day_rule_valid_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def when(self) -> str:
        """每周五, 每月第二个周三, 每月最后一个周一."""
        day = WEEKDAYS[self.weekday]
        if self.pattern == RulePattern.WEEKLY:
            return f"每{day}"
        return f"每月最后一个{day}" if self.nth == LAST else f"每月第{'一二三四'[(self.nth or 1) - 1]}个{day}"


class RuleTurn(models.Model):
    """A leader's place in the turn."""

    rule = models.ForeignKey(DayRule, on_delete=models.CASCADE, related_name="turns")
    ordinal = models.PositiveSmallIntegerField()
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["ordinal"]
        constraints = [models.UniqueConstraint(fields=["rule", "ordinal"], name="rule_turn_ordinal")]


class RuleSite(models.Model):
    """A site's place in the turn: one site, or each town in turn."""

    rule = models.ForeignKey(DayRule, on_delete=models.CASCADE, related_name="places")
    ordinal = models.PositiveSmallIntegerField()
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["ordinal"]
        constraints = [models.UniqueConstraint(fields=["rule", "ordinal"], name="rule_site_ordinal")]
