"""One mail a day for whoever chose it: what was held is gathered into one notice, and that leaves like any other."""

from __future__ import annotations

from datetime import datetime, time

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core.timekeeping import SHANGHAI, local_day
from core.timekeeping import now as current_moment
from notifications.enums import Level, OutboxState
from notifications.models import DailyMail, Notice, OutboxMessage
from notifications.services.notices import NoticeRow, tell_at_once

#: When the day's mail is made, Asia/Shanghai; later where nothing ran at that time.
MORNING = time(8, 30)
#: How the keys of days' mails begin.
DIGEST = "digest:"
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
        found = list(mine.select_related("notice"))
        if not found:
            return False
        key = f"{DIGEST}{local_day(at).isoformat()}"
        pressing = sum(message.notice.level == Level.SOON for message in found)
        words = _("有 %(n)d 条提醒") % {"n": len(found)}
        if pressing:
            words += _("，其中待办 %(n)d 条") % {"n": pressing}
        row = NoticeRow(user_id, words + _("，请登录查看。"), LINK, key)
        if not tell_at_once(row, at=at):
            return False
        digest = Notice.objects.get(dedupe_key=f"{key}:{user_id}")
        OutboxMessage.objects.filter(pk__in=[message.pk for message in found]).update(
            state=OutboxState.DIGESTED, digest=digest, sent_at=at
        )
        return True
