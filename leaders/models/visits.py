"""Days on which leaders meet people (下访/接访), and what was said there."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Case, Deferrable, F, Func, IntegerField, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, Unit, User
from core.sealing import SealedTextField
from core.timekeeping import SHANGHAI, now
from leaders.enums import VisitKind, VisitLevel, VisitPurpose
from leaders.models.day_rules import MOST_SLOTS, DayRule
from leaders.models.instructions import Instruction
from leaders.models.sites import Site
from leaders.querysets import VisitDayQuerySet, VisitRecordQuerySet
from petitions.models import Petition

HOURS = Func("starts_at", "ends_at", function="tstzrange", output_field=DateTimeRangeField())
#: 组团接访, where several leaders sit at one site.
TOGETHER = Case(When(kind=VisitKind.GROUP, then=Value(1)), default=Value(0), output_field=IntegerField())


class VisitDay(models.Model):
    """One reception: one leader, one place, from ``starts_at`` up to ``ends_at`` (not included)."""

    leader = models.ForeignKey(
        User, verbose_name=_("领导"), on_delete=models.PROTECT, related_name="visit_days"
    )
    post = models.ForeignKey(Post, verbose_name=_("职务"), on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("方式"), max_length=16, choices=VisitKind)
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    place_unit = models.ForeignKey(
        Unit, verbose_name=_("地点所在单位"), on_delete=models.PROTECT, related_name="+"
    )
    place_text = models.CharField(_("具体地点"), max_length=200)
    accompanying = models.ManyToManyField(Unit, verbose_name=_("陪同单位"), blank=True, related_name="+")
    site = models.ForeignKey(
        Site, verbose_name=_("场所"), null=True, blank=True, on_delete=models.PROTECT, related_name="days"
    )
    deputy = models.ForeignKey(
        Post, verbose_name=_("备岗领导"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    level = models.CharField(_("层级"), max_length=8, choices=VisitLevel, default=VisitLevel.DISTRICT)
    purposes = ArrayField(
        models.CharField(max_length=12, choices=VisitPurpose),
        verbose_name=_("四下基层"),
        default=list,
        blank=True,
    )
    topics = models.CharField(_("受理范围"), max_length=200, blank=True, default="")
    slots = models.PositiveSmallIntegerField(
        _("预约名额"), null=True, blank=True, help_text="None: no booking, whoever comes is received."
    )
    slot_minutes = models.PositiveSmallIntegerField(_("每人分钟"), default=20)
    rule = models.ForeignKey(DayRule, null=True, blank=True, on_delete=models.PROTECT, related_name="days")
    nominal_on = models.DateField(
        null=True, blank=True, help_text="The date the rule named, before a holiday moved it."
    )
    published_at = models.DateTimeField(_("公布时间"), null=True, blank=True)
    note = models.TextField(_("说明"), blank=True, default="")
    published = models.BooleanField(_("向社会公布"), default=True)
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(_("取消时间"), null=True, blank=True)
    cancel_reason = models.CharField(_("取消原因"), max_length=200, blank=True, default="")

    objects: ClassVar[Any] = VisitDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("接访日")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="visit_day_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | ~Q(cancel_reason=""), name="visit_day_cancelled_with_reason"
            ),
            # A leader is never in two places. Looked at when the statement ends, so that two leaders whose days
            # overlap can exchange them in one.
            ExclusionConstraint(
                name="visit_day_one_place_at_a_time",
                expressions=[("leader", RangeOperators.EQUAL), (HOURS, RangeOperators.OVERLAPS)],
                condition=Q(cancelled_at=None),
                deferrable=Deferrable.IMMEDIATE,
            ),
            # One site, one reception at a time, unless all of them are 组团接访: two that are not exclude each
            # other, and one that is not excludes those that are.
            ExclusionConstraint(
                name="visit_day_one_at_a_site",
                expressions=[("site", RangeOperators.EQUAL), (HOURS, RangeOperators.OVERLAPS)],
                condition=Q(cancelled_at=None, site__isnull=False) & ~Q(kind=VisitKind.GROUP),
            ),
            ExclusionConstraint(
                name="visit_day_alone_or_together",
                expressions=[
                    ("site", RangeOperators.EQUAL),
                    (HOURS, RangeOperators.OVERLAPS),
                    (TOGETHER, RangeOperators.NOT_EQUAL),
                ],
                condition=Q(cancelled_at=None, site__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(slots=None) | Q(slots__gte=1, slots__lte=MOST_SLOTS), name="visit_day_slots"
            ),
            models.CheckConstraint(condition=Q(slot_minutes__gte=1), name="visit_day_slot_minutes"),
            models.UniqueConstraint(fields=["rule", "nominal_on"], name="visit_day_once_by_rule"),
        ]
        indexes = [
            models.Index("starts_at", "id", name="visit_day_coming"),
            models.Index("leader", "starts_at", name="visit_day_of_leader"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("leaders:day", args=[self.pk])

    @property
    def day(self) -> date:
        return self.starts_at.astimezone(SHANGHAI).date()

    @property
    def hours(self) -> str:
        """09:00–11:30, in Asia/Shanghai."""
        start, end = self.starts_at.astimezone(SHANGHAI), self.ends_at.astimezone(SHANGHAI)
        return f"{start:%H:%M}–{end:%H:%M}"

    @property
    def purposes_text(self) -> str:
        return "、".join(str(VisitPurpose(one).label) for one in self.purposes)

    def is_over(self, at: datetime | None = None) -> bool:
        return self.ends_at <= (at or now())


class VisitRecord(models.Model):
    """One talk about one case. ``first_receiver`` stays who it was (首接责任)."""

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="visit_records")
    day = models.ForeignKey(VisitDay, null=True, blank=True, on_delete=models.PROTECT, related_name="records")
    leader = models.ForeignKey(User, verbose_name=_("接访领导"), on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("接访时间"))
    heads = models.PositiveIntegerField(_("人数"), default=1)
    said = models.TextField(_("谈话内容"))
    new_matter = models.BooleanField(default=False, help_text="The case was registered in this reception.")
    first_receiver = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects: ClassVar[Any] = VisitRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("接访记录")
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(heads__gte=1), name="visit_record_at_least_one_head"),
            models.CheckConstraint(condition=~Q(said=""), name="visit_record_says_something"),
        ]
        indexes = [models.Index("petition", "at", name="visit_record_of_case")]


class Promise(models.Model):
    """What was promised, to whom and by when; an instruction where a unit has to keep it."""

    record = models.ForeignKey(VisitRecord, on_delete=models.PROTECT, related_name="promises")
    ordinal = models.PositiveSmallIntegerField()
    text = models.CharField(_("承诺事项"), max_length=500)
    to_whom = SealedTextField(_("向谁承诺"))
    due_on = models.DateField(_("何时兑现"))
    instruction = models.OneToOneField(
        Instruction, null=True, blank=True, on_delete=models.PROTECT, related_name="promise"
    )

    class Meta:
        ordering = ["ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["record", "ordinal"], name="promise_ordinal"),
            models.CheckConstraint(condition=~Q(text=""), name="promise_says_something"),
        ]

    def sealed_to(self) -> str:
        """The row its sealed text belongs to."""
        return f"{self.record_id}/{self.ordinal}"
