"""Who may still be told what they were to be told: asked again when it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from accounts.models import Post
from core.timekeeping import local_day
from notifications.models import OutboxMessage

LEFT_WORDS = "收件人已不在原来的岗位"


def still_there(messages: Sequence[OutboxMessage], at: datetime) -> set[int]:
    """Messages whose recipient still holds a post of the time when they were told. One query.

    Whoever left the office, or was moved to another since, is told nothing more of what was theirs there.
    """
    today = local_day(at)
    held: dict[int, list[date]] = {}
    posts = Post.objects.current(today).filter(user__in={message.notice.recipient_id for message in messages})
    for user_id, since in posts.values_list("user_id", "valid_from"):
        held.setdefault(user_id, []).append(since)
    return {
        message.pk
        for message in messages
        if any(
            since <= local_day(message.notice.created_at)
            for since in held.get(message.notice.recipient_id, ())
        )
    }
