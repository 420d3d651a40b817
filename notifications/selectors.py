"""Reads of one person's own notices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from notifications.enums import Channel, Extent, OutboxState
from notifications.models import ChannelChoice, DailyMail, Notice, OutboxMessage
from notifications.services import subjects
from notifications.services.entitled import LEFT_WORDS

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
class Delivery:
    """By what way a notice left and how far it is, in words: ``way`` 电子邮件, ``state`` 已发送, and ``at`` when."""

    way: str
    state: str
    at: datetime | None


def deliveries_of(notices: Sequence[Notice]) -> dict[int, list[Delivery]]:
    """By notice the ways by which it is sent besides the application; none where its recipient has none. One query.

    What a server said is left out: it may repeat somebody's address.
    """
    found: dict[int, list[Delivery]] = {}
    rows = OutboxMessage.objects.filter(notice__in=[notice.pk for notice in notices])
    for row in rows.select_related("digest").prefetch_related("digest__messages").order_by("pk"):
        found.setdefault(row.notice_id, []).append(_delivery(row))
    return found


PLAIN = {
    OutboxState.SENT: _lazy("已发送"),
    OutboxState.SENDING: _lazy("正在发送"),
    OutboxState.HELD: _lazy("等待每日汇总"),
}


def _delivery(row: OutboxMessage) -> Delivery:
    way, state, moment = str(row.get_channel_display()), OutboxState(row.state), row.sent_at
    if state == OutboxState.DIGESTED:
        return _digested(way, row)
    if state == OutboxState.GAVE_UP:
        words = _("没有送到，已放弃（试过 %(n)d 次）") % {"n": row.attempts}
        if row.last_error == LEFT_WORDS:
            words = _("没有发送，收件人已不在原来的岗位或不再经办")
    elif state == OutboxState.WAITING and row.attempts:
        words = _("第 %(n)d 次没有发出，稍后再试") % {"n": row.attempts}
        moment = row.next_try_at
    else:
        words = str(PLAIN.get(state, _("等待发送")))
    return Delivery(way, words, moment)


def _digested(way: str, row: OutboxMessage) -> Delivery:
    """It left with a digest, once that did."""
    mails = row.digest.messages.all() if row.digest is not None else []
    sent = [one.sent_at for one in mails if one.channel == row.channel and one.sent_at is not None]
    if sent:
        return Delivery(way, _("随汇总发送"), sent[0])
    return Delivery(way, _("已并入汇总，汇总还没有发出"), None)


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
    def waiting_roughly(self) -> str:
        return roughly(self.waiting)

    @property
    def given_up_roughly(self) -> str:
        return roughly(self.given_up)

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


def roughly(count: int) -> str:
    """不到 10 条, 几十条 and so on, for pages of people whom a case may be about: 没有 that becomes 不到 10 条 would
    tell them of the one notice that an accusation makes."""
    return about(max(count, 1))


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


def sealed_words(words: Sequence[str]) -> set[str]:
    """Those words of ``Notice.about`` that stand for something sealed."""
    return subjects.sealed_words(words)
