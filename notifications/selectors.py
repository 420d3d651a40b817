"""Reads of one person's own notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from notifications.enums import Channel, Extent, OutboxState
from notifications.models import ChannelChoice, DailyMail, Notice, OutboxMessage
from notifications.services import subjects

UNREAD_CAP = 99


def notices_of(user: User) -> QuerySet[Notice]:
    """The only start of a query for notices: one's own."""
    return Notice.objects.filter(recipient=user)


def has_daily_mail(user: User) -> bool:
    return DailyMail.objects.filter(user=user).exists()


@dataclass(frozen=True)
class Way:
    """A way out that is set up, and how much somebody wants told by it."""

    channel: Channel
    extent: Extent


def ways_of(user: User) -> list[Way]:
    """None where the district set up none besides e-mail."""
    from notifications.services import ways

    if not (channels := ways.configured()):
        return []
    chosen = dict(ChannelChoice.objects.filter(user=user).values_list("channel", "extent"))
    return [Way(Channel(one), Extent(chosen.get(one, Extent.NONE))) for one in channels]


def unread_count(user: User) -> str:
    """Unread notices as the bell shows them: "", "7", "99+". One query that stops counting at 100."""
    found = len(notices_of(user).filter(read_at=None).values_list("pk")[: UNREAD_CAP + 1])
    if not found:
        return ""
    return f"{UNREAD_CAP}+" if found > UNREAD_CAP else str(found)


@dataclass(frozen=True)
class Queue:
    """The outbox: messages ``waiting``, the ``oldest`` moment at which one was to leave, ``failing`` ones that were
    tried in vain, and those ``given_up``. Pages say the counts in words (``about``): notices of sealed cases are among
    them, and a number that moves would tell of one (条例 30)."""

    waiting: int
    oldest: datetime | None
    failing: int
    given_up: int

    @property
    def waiting_words(self) -> str:
        return about(self.waiting)

    @property
    def failing_words(self) -> str:
        return about(self.failing)

    @property
    def given_up_words(self) -> str:
        return about(self.given_up)


def about(count: int) -> str:
    """没有, 不到 10 条, 几十条, 几百条, 1000 条以上."""
    steps = ((1, _("没有")), (10, _("不到 10 条")), (100, _("几十条")), (1000, _("几百条")))
    return next((words for bound, words in steps if count < bound), _("1000 条以上"))


def queue() -> Queue:
    """Two queries, each over a partial index: what has left is not looked at."""
    open_ones = OutboxMessage.objects.filter(state__in=[OutboxState.WAITING, OutboxState.SENDING])
    found = open_ones.aggregate(
        waiting=Count("pk"),
        oldest=Min("notice__created_at"),
        failing=Count("pk", filter=~Q(last_error="")),
    )
    return Queue(**found, given_up=given_up().count())


def given_up() -> QuerySet[OutboxMessage]:
    """What did not leave and is not tried again: whom, by what way, why. What it says is left out: whoever keeps the
    machine reads no cases. What tells of something sealed is not among it, nor counted: its own people are told
    (``services.subjects``)."""
    rows = OutboxMessage.objects.filter(state=OutboxState.GAVE_UP).exclude(subjects.sealed())
    return rows.select_related("notice__recipient").defer("notice__text", "notice__link")
