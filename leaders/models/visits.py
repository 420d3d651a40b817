"""Days on which leaders meet people (下访/接访), with the three stages of each."""

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
from core.timekeeping import SHANGHAI, now
from leaders.enums import VisitKind, VisitLevel, VisitPurpose
from leaders.models.day_rules import MOST_SLOTS, DayRule
from leaders.models.sites import Site
from leaders.querysets import VisitDayQuerySet
from leaders.reception_enums import Stage

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
    prepared_at = models.DateTimeField(_("事前登记完成"), null=True, blank=True)
    prepared_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    held_at = models.DateTimeField(_("事中处置完成"), null=True, blank=True)
    held_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    followed_at = models.DateTimeField(_("事后督办完成"), null=True, blank=True)
    followed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

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
            # Three stages: the next is not done before the one above it.
            models.CheckConstraint(
                condition=Q(held_at=None) | Q(prepared_at__isnull=False, held_at__gte=F("prepared_at")),
                name="visit_day_held_after_prepared",
            ),
            models.CheckConstraint(
                condition=Q(followed_at=None) | Q(held_at__isnull=False, followed_at__gte=F("held_at")),
                name="visit_day_followed_after_held",
            ),
        ]
        indexes = [
            models.Index("starts_at", "id", name="visit_day_coming"),
            models.Index("leader", "starts_at", name="visit_day_of_leader"),
            # 没有办完的: what the office still has to bring to its end.
            models.Index(
                "starts_at", "id", name="visit_day_open", condition=Q(cancelled_at=None, followed_at=None)
            ),
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

    @property
    def stage(self) -> Stage | None:
        """The stage that is not done yet; None when all three are, or it was called off."""
        if self.cancelled_at is not None:
            return None
        done = {Stage.PREPARE: self.prepared_at, Stage.HOLD: self.held_at, Stage.FOLLOW: self.followed_at}
        return next((stage for stage in Stage if done[stage] is None), None)

    def is_over(self, at: datetime | None = None) -> bool:
        return self.ends_at <= (at or now())
