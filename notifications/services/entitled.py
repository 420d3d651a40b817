"""Who may still be told what they were to be told: asked again when it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from accounts.models import Post
from core.timekeeping import local_day
from notifications.models import OutboxMessage
from notifications.services import subjects
from notifications.services.subjects import Posts

LEFT_WORDS = "收件人已不在原来的岗位"

#: In which unit, as what.
Place = tuple[int, str]


def still_there(messages: Sequence[OutboxMessage], at: datetime) -> set[int]:
    """Messages whose recipient still holds a post of the time when they were told, and may still know of the thing.

    Whoever left the office, or was moved to another since, is told nothing more of what was theirs there. Who may know
    of a thing is said by the room above that answers for it (``subjects``). A notice does not say under which post it
    was told: of what nobody answers for, whoever lost one of several posts since is told nothing either. Two
    queries, and those of the rooms above.
    """
    posts = _posts_of(messages)
    kept = [message for message in messages if _holds_one(posts, message, at)]
    asked = [message for message in kept if subjects.of(message) is not None]
    there = {message.pk for message in asked} - subjects.lost(asked, posts, at)
    others = [message for message in kept if subjects.of(message) is None]
    return there | {message.pk for message in others if not posts_ended(posts, message, at)}


def _posts_of(messages: Sequence[OutboxMessage]) -> Posts:
    """Posts that were not over when the first of these was told."""
    if not messages:
        return {}
    first = min(local_day(message.notice.created_at) for message in messages)
    found = Post.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=first),
        user__in={message.notice.recipient_id for message in messages},
        user__is_active=True,
    ).select_related("unit", "user")
    posts: dict[int, list[Post]] = {}
    for post in found.prefetch_related("charge_units"):
        posts.setdefault(post.user_id, []).append(post)
    return posts


def posts_ended(posts: Posts, message: OutboxMessage, at: datetime) -> bool:
    """Whether a post that its recipient held when told is over and was not given again."""
    told, today = local_day(message.notice.created_at), local_day(at)
    mine = posts.get(message.notice.recipient_id, [])
    # One that ends today was held this morning.
    then = {
        _place(post)
        for post in mine
        if post.valid_from <= told and (post.valid_until is None or told <= post.valid_until)
    }
    return bool(then - {_place(post) for post in mine if post.held_on(today)})


def _holds_one(posts: Posts, message: OutboxMessage, at: datetime) -> bool:
    told, today = local_day(message.notice.created_at), local_day(at)
    mine = posts.get(message.notice.recipient_id, ())
    return any(post.valid_from <= told and post.held_on(today) for post in mine)


def _place(post: Post) -> Place:
    return post.unit_id, post.role
