"""Who may be planned for, and the days that the public page shows."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post
from leaders.models import VisitDay

#: More days than this are not read for one page.
MOST = 200


def leader_posts(actor: Actor, day: date) -> QuerySet[Post]:
    """Leaders this actor may plan for, receive for or assign to: a leader only for oneself."""
    posts = Post.objects.current(day).filter(role=Role.LEADER).select_related("user", "unit").order_by("id")
    if actor.role == Role.LEADER and actor.post is not None:
        return posts.filter(pk=actor.post.pk)
    if actor.unit is not None and actor.unit.kind != UnitKind.PETITION_OFFICE:
        return posts.filter(unit__path__startswith=actor.unit.path)
    return posts


def public_days(at: datetime) -> list[VisitDay]:
    """Published days of the next 60, not over yet; cancelled ones too, so that nobody comes in vain."""
    coming = VisitDay.objects.filter(published=True, ends_at__gt=at, starts_at__lt=at + timedelta(days=60))
    return list(coming.with_row_relations().order_by("starts_at", "id")[:MOST])
