"""Places of mediation (调解室), near home and of many kinds, and the people who mediate there."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from mediation.enums import DisputeKind
from mediation.people_enums import RoomKind
from mediation.week import Span, week_words


class WeeklyHours(models.Model):
    """One span on one weekday (0 is Monday), in Asia/Shanghai."""

    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        abstract = True
        ordering = ["weekday", "opens"]

    @property
    def span(self) -> Span:
        return Span(self.weekday, self.opens, self.closes)


class Room(models.Model):
    """A room of a unit. ``published`` puts it on the pages residents read, with the mediators who agreed to be shown;
    ``hours`` is a remark beside the rows of ``opening``. Without such rows nothing is known of when it is open."""

    unit = models.ForeignKey(Unit, verbose_name=_("所属单位"), on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("类型"), max_length=12, choices=RoomKind, default=RoomKind.ROOM)
    name = models.CharField(_("名称"), max_length=80)
    brand = models.CharField(_("品牌"), max_length=40, blank=True, default="")
    address = models.CharField(_("地址"), max_length=200)
    directions = models.CharField(_("怎样到达"), max_length=300, blank=True, default="")
    phone = models.CharField(_("电话"), max_length=30, blank=True, default="")
    seats = models.PositiveSmallIntegerField(_("座位"), null=True, blank=True)
    video = models.BooleanField(_("有视频设备"), default=False)
    hours = models.CharField(_("开放时间说明"), max_length=120, blank=True, default="")
    disputes = ArrayField(
        models.CharField(max_length=12, choices=DisputeKind), verbose_name=_("受理哪些纠纷"), default=list
    )
    mediators = models.ManyToManyField(
        User, verbose_name=_("调解员"), blank=True, related_name="mediation_rooms"
    )
    published = models.BooleanField(_("向社会公布"), default=True)

    class Meta:
        verbose_name = _("调解室")
        ordering = ["unit__path", "name", "id"]
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="room_name_once_per_unit")]

    def __str__(self) -> str:
        return self.name

    @property
    def open_words(self) -> str:
        """When it is open, of the hours that were fetched, and what is remarked beside them."""
        lines = [f"{days} {hours}" for days, hours in week_words(row.span for row in self.opening.all())]
        return "；".join([*lines, *([self.hours] if self.hours else [])])

    @property
    def dispute_words(self) -> str:
        """邻里、物业; empty where it takes all."""
        return "、".join(str(DisputeKind(kind).label) for kind in self.disputes)


class RoomHours(WeeklyHours):
    """When a room is open. A weekday without a row, where others have one, is a closed day."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="opening")

    class Meta(WeeklyHours.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__lte=6, closes__gt=F("opens")), name="room_hours_in_order"
            ),
            models.UniqueConstraint(fields=["room", "weekday", "opens"], name="room_hours_once"),
        ]
