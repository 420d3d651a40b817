"""Who mediates: a card for each person, the hours they give, pools of experts and who stands for a room on a day."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from core.sealing import SealedTextField
from mediation.enums import DisputeKind
from mediation.models.rooms import Room, WeeklyHours
from mediation.people_enums import Grade, Language, MediatorKind, Presence


class Mediator(models.Model):
    """What a mediator can do and where; nothing here counts or ranks people.

    ``shown``: they agreed that residents read their name on the pages of their rooms. ``on_women_panels``: a woman who
    sits on panels of women alone; of the others nothing is asked.
    """

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="mediator_card")
    kind = models.CharField(_("类别"), max_length=16, choices=MediatorKind, default=MediatorKind.PEOPLES)
    fields = ArrayField(
        models.CharField(max_length=12, choices=DisputeKind), verbose_name=_("擅长的纠纷"), default=list
    )
    languages = ArrayField(
        models.CharField(max_length=12, choices=Language), verbose_name=_("方言和语言"), default=list
    )
    grade = models.CharField(_("等级"), max_length=12, choices=Grade, blank=True, default="")
    presence = models.CharField(_("驻守方式"), max_length=12, choices=Presence, default=Presence.ON_CALL)
    villages = models.ManyToManyField(Unit, verbose_name=_("服务的村社区"), blank=True, related_name="+")
    shown = models.BooleanField(_("本人同意公布姓名"), default=False)
    on_women_panels = models.BooleanField(_("参加女性调解组"), default=False)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("调解员")
        ordering = ["user__name", "id"]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def field_words(self) -> str:
        return "、".join(str(DisputeKind(kind).label) for kind in self.fields)

    @property
    def language_words(self) -> str:
        return "、".join(str(Language(one).label) for one in self.languages)


class MediatorHours(WeeklyHours):
    """When they can be booked. A card without rows can be booked whenever the room is open."""

    mediator = models.ForeignKey(Mediator, on_delete=models.CASCADE, related_name="available")

    class Meta(WeeklyHours.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__lte=6, closes__gt=F("opens")), name="mediator_hours_in_order"
            ),
            models.UniqueConstraint(fields=["mediator", "weekday", "opens"], name="mediator_hours_once"),
        ]


class DayOff(models.Model):
    """From ``first`` to ``last``, both included; why is nobody's business."""

    mediator = models.ForeignKey(Mediator, on_delete=models.CASCADE, related_name="days_off")
    first = models.DateField(_("从"))
    last = models.DateField(_("到"))

    class Meta:
        ordering = ["first", "id"]
        constraints = [models.CheckConstraint(condition=Q(last__gte=F("first")), name="day_off_in_order")]


class Pool(models.Model):
    """Experts an area can ask (片区专家库): the units it is for, and its members."""

    name = models.CharField(_("名称"), max_length=80, unique=True)
    units = models.ManyToManyField(Unit, verbose_name=_("片区"), related_name="+")
    members = models.ManyToManyField(Mediator, verbose_name=_("成员"), blank=True, related_name="pools")

    class Meta:
        verbose_name = _("专家库")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class RoomDuty(models.Model):
    """轮值院长: who stands for a room on a day. ``note`` is what they hand over to the next, sealed, for
    people write names into it, and emptied when it is old; ``taken_by`` read it."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="duties")
    day = models.DateField(_("日期"))
    user = models.ForeignKey(
        User, verbose_name=_("轮值院长"), on_delete=models.PROTECT, related_name="room_duties"
    )
    note = SealedTextField(_("交班情况"))
    noted_at = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("轮值")
        ordering = ["day", "id"]
        constraints = [
            models.UniqueConstraint(fields=["room", "day"], name="room_duty_one_a_day"),
            models.CheckConstraint(
                condition=Q(noted_at__isnull=False) | Q(note=""),
                name="room_duty_note_with_its_time",
            ),
            models.CheckConstraint(
                condition=Q(taken_at=None) | Q(noted_at__isnull=False, taken_by__isnull=False),
                name="room_duty_taken_after_the_note",
            ),
        ]

    def sealed_to(self) -> str:
        """The row its sealed text belongs to."""
        return f"{self.room_id}/{self.day.isoformat()}"


class SessionFeed(models.Model):
    """The secret address of a mediator's own timetable; only a hash of it is kept. A new one ends the old one."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="session_feed")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
