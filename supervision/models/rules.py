"""When a supervision is opened by rule (条例 40): rows with validity, so that what was found under which rule stays."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from supervision.enums import BY_HAND_ONLY, Ground, Opens


class SupervisionRule(models.Model):
    """One version of a rule. What ``threshold`` counts depends on the ground: days past the due date, days without a
    record, objections, days of silence, percent of 不满意, repeats. ``window_days`` bounds what is looked at,
    ``least`` is how many ratings there must be. ``valid_until`` is the first day on which it holds no more.
    """

    ground = models.CharField(_("督办事由"), max_length=16, choices=Ground)
    basis = models.CharField(_("依据"), max_length=200)
    threshold = models.PositiveSmallIntegerField(_("起点"))
    window_days = models.PositiveSmallIntegerField(_("统计天数"), null=True, blank=True)
    least = models.PositiveSmallIntegerField(_("最少件数"), null=True, blank=True)
    demand = models.TextField(_("督办要求"))
    days = models.PositiveSmallIntegerField(_("反馈天数"))
    opens = models.CharField(_("由谁发出"), max_length=8, choices=Opens, default=Opens.PROPOSED)
    enabled = models.BooleanField(_("启用"), default=True)
    valid_from = models.DateField(_("施行日期"))
    valid_until = models.DateField(_("停止适用日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("督办规则")
        ordering = ["ground", "valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(ground__in=BY_HAND_ONLY), name="supervision_rule_finds_what_can_be_found"
            ),
            models.CheckConstraint(
                condition=Q(threshold__gt=0, days__gt=0) & ~Q(demand=""), name="supervision_rule_whole"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="supervision_rule_validity_in_order",
            ),
            ExclusionConstraint(
                name="supervision_rule_one_at_a_time",
                expressions=[
                    ("ground", RangeOperators.EQUAL),
                    (
                        Func(
                            "valid_from", "valid_until", function="daterange", output_field=DateRangeField()
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    @property
    def when(self) -> str:
        """The condition in words."""
        return str(WHEN[Ground(self.ground)]) % {
            "n": self.threshold,
            "window": self.window_days,
            "least": self.least,
        }


WHEN = {
    Ground.LATE_NOTICE: _("受理告知超过期限 %(n)d 天"),
    Ground.LATE_ANSWER: _("处理意见、答复或者交办反馈超过期限 %(n)d 天"),
    Ground.NOT_EXECUTED: _(
        "支持诉求的意见送达已 %(n)d 天、执行期限已过（%(window)d 天以内的），没有反馈落实"
    ),
    Ground.PASSING_ON: _("提出异议 %(n)d 次以上"),
    Ground.CO_SILENCE: _("协办单位 %(n)d 天没有反馈"),
    Ground.LOW_RATING: _("%(window)d 天内办结的件，对单位“不满意”达到 %(n)d%%（至少 %(least)d 件评价）"),
    Ground.REPEATED: _("%(window)d 天内同一事项再次信访 %(n)d 次以上"),
}
