"""Deadline rules with their validity, and the ladder of each."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from core.timekeeping import length_text
from deadlines import facts
from deadlines.enums import CONTINUOUS, Hours, LengthUnit, StepKind


class Rule(models.Model):
    """One version of a rule. A clock keeps the version it started under.

    ``conditions``: the facts of a matter (``deadlines.facts``) for which it holds; empty, and it holds for all that no
    closer rule of the code covers.
    ``valid_from`` is the first day on which a clock may start under it, ``valid_until`` the first day on
    which none may any more. ``length`` is empty where the person who starts the clock sets the date.
    ``start_acts`` and ``stop_acts`` are those of a code of the district's own: acts of the case's table. Of a code that
    ships both are empty; what starts and stops its clocks is in the rooms above (``deadlines.steps``).
    """

    code = models.SlugField(_("代码"), max_length=40, db_index=False)
    name = models.CharField(_("名称"), max_length=60)
    basis = models.CharField(_("依据"), max_length=200)
    length = models.PositiveSmallIntegerField(_("期限"), null=True, blank=True)
    unit = models.CharField(_("单位"), max_length=12, choices=LengthUnit.choices)
    rolls = models.BooleanField(_("末日遇休息日顺延"), default=True)
    hours = models.CharField(_("夜间和节假日"), max_length=6, choices=Hours.choices, default=Hours.ALWAYS)
    extension_limit = models.PositiveSmallIntegerField(_("最长可延长（日）"), null=True, blank=True)
    valid_from = models.DateField(_("施行日期"))
    valid_until = models.DateField(_("停止适用日期"), null=True, blank=True)
    conditions = models.JSONField(_("适用条件"), default=dict, blank=True)
    #: When another took its place on the very day from which it held: nothing starts under it any more.
    replaced_at = models.DateTimeField(_("更正时间"), null=True, blank=True)
    start_acts = models.JSONField(_("起算环节"), default=list, blank=True)
    stop_acts = models.JSONField(_("停止环节"), default=list, blank=True)

    class Meta:
        verbose_name = _("期限规则")
        verbose_name_plural = _("期限规则")
        ordering = ("code", "valid_from")
        constraints = (
            models.CheckConstraint(condition=Q(length=None) | Q(length__gt=0), name="rule_length_positive"),
            models.CheckConstraint(
                condition=Q(extension_limit=None) | Q(extension_limit__gt=0), name="rule_extension_positive"
            ),
            models.CheckConstraint(
                condition=Q(hours=Hours.ALWAYS) | Q(hours=Hours.DUTY, unit__in=sorted(CONTINUOUS)),
                name="rule_duty_hours_of_minutes",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="rule_validity_in_order",
            ),
            models.CheckConstraint(
                condition=Q(start_acts=[], stop_acts=[]) | (~Q(start_acts=[]) & ~Q(stop_acts=[])),
                name="rule_both_steps_or_none",
            ),
            ExclusionConstraint(
                name="rule_one_version_at_a_time",
                condition=Q(replaced_at=None),
                expressions=[
                    ("code", RangeOperators.EQUAL),
                    # jsonb sorts its keys, so that equal conditions are equal texts.
                    (Cast("conditions", models.TextField()), RangeOperators.EQUAL),
                    (
                        Func(
                            "valid_from", "valid_until", function="daterange", output_field=DateRangeField()
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def own(self) -> bool:
        """Of a code that the district added: its start and stop steps are its own."""
        return bool(self.start_acts)

    @property
    def continuous(self) -> bool:
        """Counts minutes and not days, so that the trial may hasten it."""
        return self.unit in CONTINUOUS

    @property
    def on_duty(self) -> bool:
        """Only minutes within the duty hours count."""
        return self.hours == Hours.DUTY

    @property
    def length_text(self) -> str:
        """15日, 5个工作日, 10分钟; 由承办要求确定 where the date is set by hand."""
        if self.length is None:
            return "由设定人指定日期"
        within = "（办公时间）" if self.on_duty else ""
        return f"{self.length}{LengthUnit(self.unit).label}{within}"

    @property
    def conditions_text(self) -> str:
        """信访形式为来电; 一般规定 without conditions."""
        return facts.phrase(self.conditions) or "一般规定"


class RuleStep(models.Model):
    """One rung of a rule's ladder: what happens, when relative to the due moment, and to which role.

    The rungs of a rule in use are never changed: a clock counts how many of them are done. Change the ladder
    with a new version of the rule.
    """

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="steps")
    ordinal = models.PositiveSmallIntegerField(_("序号"))
    kind = models.CharField(_("类型"), max_length=10, choices=StepKind.choices)
    #: A rung has the one or the other: minutes from the due moment, or a share of the time from the start to it.
    offset_minutes = models.IntegerField(_("距到期分钟数"), null=True, blank=True)
    percent = models.PositiveSmallIntegerField(_("已过时间的百分比"), null=True, blank=True)
    #: A value of accounts.enums.Role; no ``choices``, so that a new role there is no migration here.
    role = models.CharField(_("通知对象"), max_length=20)

    class Meta:
        verbose_name = _("提醒阶梯")
        verbose_name_plural = _("提醒阶梯")
        ordering = ("rule_id", "ordinal")
        constraints = (
            models.UniqueConstraint(fields=["rule", "ordinal"], name="rule_step_ordinal"),
            models.CheckConstraint(
                condition=(
                    Q(percent__isnull=True, offset_minutes__isnull=False)
                    & (
                        Q(kind=StepKind.REMIND, offset_minutes__lt=0)
                        | Q(kind__in=[StepKind.BREACH, StepKind.LAPSE], offset_minutes=0)
                        | Q(kind=StepKind.ESCALATE, offset_minutes__gt=0)
                    )
                )
                | Q(
                    kind=StepKind.REMIND,
                    offset_minutes__isnull=True,
                    percent__isnull=False,
                    percent__gte=1,
                    percent__lte=99,
                ),
                name="rule_step_on_its_side_of_due",
            ),
        )

    def __str__(self) -> str:
        return f"{self.ordinal} {self.kind} {self.role}"

    @property
    def role_label(self) -> str:
        return str(Role(self.role).label)

    @property
    def tells(self) -> bool:
        """A window that merely ends tells nobody."""
        return self.kind != StepKind.LAPSE

    @property
    def when_text(self) -> str:
        """到期前3天, 到期时, 到期后2小时, 期限过去80%时."""
        if self.percent is not None:
            return f"期限过去{self.percent}%时"
        if not self.offset_minutes:
            return "到期时"
        side = "前" if self.offset_minutes < 0 else "后"
        return f"到期{side}{length_text(abs(self.offset_minutes) * 60)}"
