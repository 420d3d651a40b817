"""Messages about sealed cases that did not leave: on nobody's list, told to those who have the case."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Post
from accounts.selectors import posts_in
from core.timekeeping import local_day
from notifications.models import OutboxMessage
from petitions.models import Petition
from petitions.services import still_told, telling

#: How the keys of what is told here begin.
KEY = "undelivered"


def tell(message: OutboxMessage, at: datetime) -> None:
    """Whoever keeps the machine, and whoever watches over them, may not even learn that there is such a case (条例 30):
    the head of the discipline body that has it is told, to say it in person; else its other people.

    What failed to tell of that is told no further. A case held by name has its holder, who has it among their notices.
    """
    notice = message.notice
    if notice.dedupe_key.startswith(f"{KEY}:"):
        return
    case = Petition.objects.select_related("lead_unit", "complained_unit").get(
        pk=int(notice.about.partition(":")[2])
    )
    if case.lead_unit is None:
        return
    words = {
        "number": case.number,
        "name": notice.recipient.get_full_name(),
        "way": message.get_channel_display(),
    }
    telling.notify_about(
        case,
        _those_to_tell(case, notice.recipient_id, at),
        text=_("%(number)s 发给%(name)s的一条提醒没有送到（%(way)s），站内提醒仍在，请当面告知。") % words,
        dedupe_key=f"{KEY}:{message.pk}",
        level="soon",
        at=at,
    )


def _those_to_tell(case: Petition, recipient_id: int, at: datetime) -> list[Post]:
    assert case.lead_unit is not None
    staff = [post for post in posts_in(case.lead_unit, local_day(at)) if post.user_id != recipient_id]
    posts: dict[int, list[Post]] = {}
    for post in staff:
        posts.setdefault(post.user_id, []).append(post)
    readers = {user for _case, user in still_told.reading([(case.pk, user) for user in posts], posts, at)}
    found = [post for post in staff if post.user_id in readers]
    return [post for post in found if post.role == Role.UNIT_HEAD] or found
