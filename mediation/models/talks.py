"""Talks among many: announced, attended, written down; a panel's opinion; the matters that were found."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from core.sealing import SealedTextField
from core.timekeeping import local_day
from mediation.models.rooms import Room
from mediation.talk_enums import Fate, PanelKind, TalkChangeKind, TalkKind, TalkState
from mediation.talk_querysets import TalkQuerySet
from petitions.models import Petition

#: Heads; more is a slip of the pen.
MOST_PEOPLE = 10_000


def _by() -> Any:
    return models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")


class PublicTalk(models.Model):
    """One talk, convened by a unit. ``about_units``: the units it is about, none of which sits on its panel.

    ``came`` counts heads; ``names`` holds only those who agreed. ``public_text`` is what residents may read after
    ``published_by``, never the one who wrote it, has looked for names; ``revision`` counts how often it was saved.
    """

    unit = models.ForeignKey(Unit, verbose_name=_("召集单位"), on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("形式"), max_length=12, choices=TalkKind)
    topic = models.CharField(_("议题"), max_length=120)
    about = models.TextField(_("说明"), blank=True, default="")
    about_units: Any = models.ManyToManyField(
        Unit, verbose_name=_("涉及单位"), blank=True, related_name="talks_about"
    )
    room = models.ForeignKey(
        Room,
        verbose_name=_("调解室"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="talks",
    )
    place = models.CharField(_("地点"), max_length=200, blank=True, default="")
    starts_at = models.DateTimeField(_("时间"))
    seats = models.PositiveIntegerField(_("座位"))
    state = models.CharField(_("状态"), max_length=12, choices=TalkState, default=TalkState.PLANNED)
    convened_at = models.DateTimeField(_("召集时间"))
    convened_by = _by()
    announced_at = models.DateTimeField(_("公告时间"), null=True, blank=True)
    announced_by = _by()
    came = models.PositiveIntegerField(_("到场人数"), null=True, blank=True)
    names = SealedTextField(_("愿意留名的到场人"))
    minutes = models.TextField(_("恳谈记录"), blank=True, default="")
    opinion = models.TextField(_("评议意见"), blank=True, default="")
    held_at = models.DateTimeField(_("记录时间"), null=True, blank=True)
    held_by = _by()
    public_text = models.TextField(_("公开纪要"), blank=True, default="")
    revision = models.PositiveIntegerField(default=0)
    drafted_by = _by()
    published_at = models.DateTimeField(_("公开时间"), null=True, blank=True)
    published_by = _by()
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submit_key = models.CharField(max_length=64, unique=True, null=True, blank=True)

    objects: ClassVar[Any] = TalkQuerySet.as_manager()

    class Meta:
        verbose_name = _("恳谈")
        ordering = ["starts_at", "id"]
        indexes = [
            models.Index("state", "starts_at", "id", name="talk_by_time"),
            models.Index("unit", "starts_at", "id", name="talk_of_unit"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(room__isnull=False) | ~Q(place=""), name="public_talk_somewhere"
            ),
            models.CheckConstraint(
                condition=Q(seats__gte=1, seats__lte=MOST_PEOPLE), name="public_talk_seats"
            ),
            models.CheckConstraint(
                condition=~Q(state=TalkState.ANNOUNCED) | Q(announced_at__isnull=False),
                name="public_talk_announced_when",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state=TalkState.HELD, held_at__isnull=False, came__gte=1, came__lte=MOST_PEOPLE)
                    & ~Q(minutes="")
                )
                | (~Q(state=TalkState.HELD) & Q(held_at=None, came=None, minutes="", opinion="")),
                name="public_talk_held_whole",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None)
                | (Q(published_by__isnull=False) & ~Q(public_text="") & ~Q(published_by=F("drafted_by"))),
                name="public_talk_published_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.topic

    def get_absolute_url(self) -> str:
        return reverse("mediation:talk_desk", args=[self.pk])

    def sealed_to(self) -> str:
        """The row its sealed text belongs to."""
        return str(self.key)

    @property
    def day(self) -> date:
        """In Asia/Shanghai."""
        return local_day(self.starts_at)

    @property
    def where(self) -> str:
        room = f"{self.room.name}（{self.room.address}）" if self.room is not None else ""
        return " ".join(part for part in (room, self.place) if part)

    @property
    def state_tone(self) -> str:
        return TalkState(self.state).tone


class TalkChange(models.Model):
    """What became of a day that had been set, and why. Never changed."""

    talk = models.ForeignKey(PublicTalk, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=12, choices=TalkChangeKind)
    was = models.DateTimeField(_("原定时间"))
    reason = models.CharField(_("理由"), max_length=500)
    at = models.DateTimeField()
    by = _by()
    who = models.CharField(max_length=120)

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="talk_change_says_why")]


class TalkPanelist(models.Model):
    """Somebody of the neutral panel: one of the staff, or a person from outside, whose name is sealed."""

    talk = models.ForeignKey(PublicTalk, on_delete=models.PROTECT, related_name="panel")
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("身份"), max_length=10, choices=PanelKind)
    user = models.ForeignKey(
        User,
        verbose_name=_("工作人员"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    name = SealedTextField(_("姓名"))
    body = models.CharField(_("单位、职务"), max_length=120)
    seated_at = models.DateTimeField()
    seated_by = _by()

    class Meta:
        verbose_name = _("评议员")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["talk", "user"], condition=Q(user__isnull=False), name="talk_panelist_once"
            ),
            models.CheckConstraint(
                condition=Q(kind=PanelKind.STAFF, user__isnull=False)
                | (~Q(kind=PanelKind.STAFF) & Q(user=None)),
                name="talk_panelist_of_staff_or_outside",
            ),
        ]

    def sealed_to(self) -> str:
        """The row its sealed text belongs to."""
        return str(self.token)

    @property
    def shown_name(self) -> str:
        return self.user.get_full_name() if self.user is not None else str(self.name)


class TalkMatter(models.Model):
    """One matter that was raised, and what became of it. ``petition``: the case it was registered as or belongs to."""

    talk = models.ForeignKey(PublicTalk, on_delete=models.PROTECT, related_name="matters")
    ordinal = models.PositiveSmallIntegerField()
    text = models.TextField(_("事项"))
    fate = models.CharField(_("去向"), max_length=12, choices=Fate, default=Fate.OPEN)
    note = models.TextField(_("处理情况"), blank=True, default="")
    unit = models.ForeignKey(
        Unit, verbose_name=_("转给单位"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    petition = models.ForeignKey(
        Petition, null=True, blank=True, on_delete=models.PROTECT, related_name="talk_matters"
    )
    raised_at = models.DateTimeField()
    raised_by = _by()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = _by()

    class Meta:
        verbose_name = _("恳谈中的事项")
        ordering = ["ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["talk", "ordinal"], name="talk_matter_ordinal"),
            models.CheckConstraint(condition=~Q(text=""), name="talk_matter_says_something"),
            models.CheckConstraint(
                condition=~Q(fate=Fate.PASSED) | Q(unit__isnull=False), name="talk_matter_passed_to_somebody"
            ),
            models.CheckConstraint(
                condition=Q(fate__in=[Fate.REGISTERED, Fate.LINKED], petition__isnull=False)
                | (~Q(fate__in=[Fate.REGISTERED, Fate.LINKED]) & Q(petition=None)),
                name="talk_matter_with_its_case",
            ),
        ]

    @property
    def fate_tone(self) -> str:
        return Fate(self.fate).tone
