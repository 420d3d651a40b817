"""One message instead of many: the day's mail of whoever chose it, and what nobody could send while nothing ran. What
is gathered stands behind one notice, and that leaves like any other."""

from __future__ import annotations

from datetime import datetime, time

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import Refusal
from core.timekeeping import SHANGHAI, local_day
from core.timekeeping import now as current_moment
from notifications.enums import Channel, Extent, Level, OutboxState
from notifications.models import ChannelChoice, DailyMail, Notice, OutboxMessage
from notifications.services import ways
from notifications.services.entitled import LEFT_WORDS, still_there
from notifications.services.notices import NoticeRow, old_after, tell_at_once

#: When the day's mail is made, Asia/Shanghai; later where nothing ran at that time.
MORNING = time(8, 30)
#: How the keys of days' mails begin, and those of what was caught up.
DIGEST = "digest:"
CAUGHT_UP = f"{DIGEST}old:"
LINK = "/notices/?unread=1"


def choose(*, user: User, daily: bool, at: datetime | None = None) -> None:
    """One mail a day, or one for each notice. What was held leaves at once when the choice is taken back."""
    at = at or current_moment()
    with transaction.atomic():
        if daily:
            DailyMail.objects.get_or_create(user=user, defaults={"since": at})
            return
        DailyMail.objects.filter(user=user).delete()
        _held().filter(notice__recipient=user).update(state=OutboxState.WAITING, next_try_at=at)


def choose_way(*, user: User, channel: Channel, extent: Extent) -> None:
    """Be told by this way too: all, what is late, or nothing any more. What waits to leave by it then still leaves.

    Raises Refusal: e-mail, which needs no choice; a way that is not set up; a text message without a telephone.
    """
    if channel not in ways.configured():
        raise Refusal(_("这种提醒方式没有开通。"), code="invalid")
    if extent == Extent.NONE:
        ChannelChoice.objects.filter(user=user, channel=channel).delete()
        return
    if channel == Channel.SMS and not user.phone:
        raise Refusal(_("没有登记手机号，不能发短信。请先请系统管理员登记手机号。"), code="invalid")
    ChannelChoice.objects.update_or_create(user=user, channel=channel, defaults={"extent": extent})


def gather(now: datetime | None = None) -> int:
    """Make the day's mail of everybody for whom something is held; how many. Before the morning none.

    One transaction a person. The notice's key is the day's, so that a second beat, a restart or a run later in the day
    makes no second one; what comes after it waits for the next morning.
    """
    at = now or current_moment()
    if at.astimezone(SHANGHAI).time() < MORNING:
        return 0
    people = _held().order_by().values_list("notice__recipient", flat=True).distinct()
    return sum(_gather_for(user_id, at) for user_id in list(people))


def _held() -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(state=OutboxState.HELD)


def _gather_for(user_id: int, at: datetime) -> bool:
    with transaction.atomic():
        mine = _held().filter(notice__recipient=user_id).select_for_update(of=("self",))
        found = _without_those_who_left(list(mine.select_related("notice")), at)
        if not found:
            return False
        key = f"{DIGEST}{local_day(at).isoformat()}"
        notices = {message.notice_id: message.notice for message in found}
        pressing = sum(notice.level == Level.SOON for notice in notices.values())
        words = _("有 %(n)d 条提醒") % {"n": len(notices)}
        if pressing:
            words += _("，其中待办 %(n)d 条") % {"n": pressing}
        row = NoticeRow(user_id, words + _("，请登录查看。"), LINK, key)
        if not tell_at_once(row, at=at):
            return False
        _stand_for(found, f"{key}:{user_id}", at)
        return True


def gather_old(at: datetime) -> int:
    """Gather what was to be told more than ``OUTBOX_OLD_HOURS`` ago and has not left, one message for each person who
    has several such; how many. What is late is among it: after three days nobody is helped by forty messages at once.

    One transaction a person, in which the old messages are locked: a second sender finds them gathered.
    """
    due = _old(at).filter(next_try_at__lte=at).values("notice__recipient").order_by("notice__recipient")
    people = list(due.values_list("notice__recipient", flat=True).distinct())
    return sum(_gather_old_for(user_id, at) for user_id in people)


def _old(at: datetime) -> QuerySet[OutboxMessage]:
    """What waits and was meant long ago; a digest itself is never gathered again."""
    told = Coalesce("notice__meant_at", "notice__created_at")
    waiting = OutboxMessage.objects.filter(state=OutboxState.WAITING).exclude(
        notice__dedupe_key__startswith=DIGEST
    )
    return waiting.alias(told=told).filter(told__lte=at - old_after())


def _gather_old_for(user_id: int, at: datetime) -> bool:
    with transaction.atomic():
        mine = _old(at).filter(notice__recipient=user_id).select_for_update(of=("self",)).order_by("pk")
        found = list(mine.select_related("notice"))
        if len({message.notice_id for message in found}) < 2:
            return False
        found = _without_those_who_left(found, at)
        notices = {message.notice_id: message.notice for message in found}
        if not notices:
            return False
        late = sum(notice.level == Level.LATE for notice in notices.values())
        words = _("系统停止运行期间没有发出的 %(n)d 条提醒现在补发") % {"n": len(notices)}
        if late:
            words += _("，其中紧急 %(n)d 条") % {"n": late}
        level = Level.LATE if late else Level.SOON
        row = NoticeRow(user_id, words + _("，请登录查看。"), LINK, f"{CAUGHT_UP}{found[-1].pk}", level)
        if not tell_at_once(row, at=at):
            return False
        _stand_for(found, f"{row.dedupe_key}:{user_id}", at)
        return True


def _without_those_who_left(found: list[OutboxMessage], at: datetime) -> list[OutboxMessage]:
    """What its recipient may still be told. A digest is a notice of today, and would hide where they were then."""
    there = still_there(found, at)
    gone = [message.pk for message in found if message.pk not in there]
    if gone:
        OutboxMessage.objects.filter(pk__in=gone).update(state=OutboxState.GAVE_UP, last_error=LEFT_WORDS)
    return [message for message in found if message.pk in there]


def _stand_for(found: list[OutboxMessage], key: str, at: datetime) -> None:
    digest = Notice.objects.get(dedupe_key=key)
    OutboxMessage.objects.filter(pk__in=[message.pk for message in found]).update(
        state=OutboxState.DIGESTED, digest=digest, sent_at=at
    )
