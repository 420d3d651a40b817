"""Who may be planned for, and the days that the public page shows."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post
from core.timekeeping import SHANGHAI, local_day
from leaders.models import Site, VisitDay

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


def sites_to_choose(actor: Actor, at: datetime, day: VisitDay | None = None) -> QuerySet[Site]:
    """Sites in use from today on, and the one that the day has."""
    today = local_day(at)
    found: QuerySet[Site] = Site.objects.visible_to(actor).select_related("unit").order_by("unit__path", "id")
    return found.filter(Q(used_until=None) | Q(used_until__gte=today) | Q(pk=day.site_id if day else None))


def public_days(at: datetime) -> list[VisitDay]:
    """Published days of the next 60, not over yet; cancelled ones too, so that nobody comes in vain."""
    coming = VisitDay.objects.filter(published=True, ends_at__gt=at, starts_at__lt=at + timedelta(days=60))
    return list(coming.with_row_relations().order_by("starts_at", "id")[:MOST])


def public_month(year: int, month: int) -> list[VisitDay]:
    """Published days of a month, cancelled ones too."""
    first = datetime(year, month, 1, tzinfo=SHANGHAI)
    found = VisitDay.objects.filter(
        published=True, starts_at__gte=first, starts_at__lt=(first + timedelta(days=32)).replace(day=1)
    )
    return list(found.with_row_relations().order_by("starts_at", "id")[:MOST])


def months_around(asked: str, today: date) -> list[tuple[str, str, bool]]:
    """For tabs: this month and the two after it, and which of them was asked for."""
    first, found = today.replace(day=1), []
    for _n in range(3):
        key = f"{first:%Y-%m}"
        found.append((key, f"{first.year}年{first.month}月", key == asked))
        first = (first + timedelta(days=32)).replace(day=1)
    return found
