"""Another leader instead: two exchange their days, or somebody takes one over (换班, 顶班)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Case, Value, When
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, User
from accounts.selectors import holders, office_posts
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import full_moment, local_day, now
from core.wording import said
from leaders import rules
from leaders.enums import LeaderAct
from leaders.models import VisitDay
from leaders.services import bookings, day_cases, offers
from leaders.services.days import level_of
from notifications.services import notify


def substitute(
    *, day: VisitDay, actor: Actor, post: Post, reason: str, at: datetime | None = None
) -> VisitDay:
    """Another leader, or the deputy, takes the day. Both, the companions and whoever booked are told.

    Raises Refusal: not one's right, over or called off, out of office that day, elsewhere at that time.
    """
    at = at or now()
    words = said(reason, _("请写明换人的原因。"), longest=200)
    with _one_place(), transaction.atomic():
        row = _open(bookings.lock_day(day.pk), at)
        _require(actor, row.post, post)
        if post.user_id == row.leader_id:
            raise Refusal(_("这次接访就是这位领导的。"), code="invalid")
        _line_up([post.user_id])
        _check(post, row, besides=[row.pk])
        before = row.leader_id
        row.leader, row.post, row.level = post.user, post, level_of(post)
        if row.deputy_id == post.pk:
            row.deputy = None
        row.save(update_fields=["leader", "post", "level", "deputy"])
        audit.record(actor=actor, act="visit_day.substitute", obj=row, detail={"reason": words}, at=at)
        _follow(row, before, actor, at)
    return row


def swap(*, day: VisitDay, other: VisitDay, actor: Actor, reason: str, at: datetime | None = None) -> None:
    """The leaders of two days exchange them, in one statement, so that days at the same hours can be exchanged too."""
    at = at or now()
    words = said(reason, _("请写明换班的原因。"), longest=200)
    if day.pk == other.pk:
        raise Refusal(_("请选另一场接访来换。"), code="invalid")
    with _one_place(), transaction.atomic():
        locked = bookings.lock_days([day.pk, other.pk])
        one, two = _open(locked[day.pk], at), _open(locked[other.pk], at)
        _require(actor, one.post, two.post)
        if one.leader_id == two.leader_id:
            raise Refusal(_("两场是同一位领导的，不用换。"), code="invalid")
        _line_up([one.leader_id, two.leader_id])
        _check(two.post, one, besides=[one.pk, two.pk])
        _check(one.post, two, besides=[one.pk, two.pk])
        VisitDay.objects.filter(pk__in=[one.pk, two.pk]).update(
            leader=Case(When(pk=one.pk, then=Value(two.leader_id)), default=Value(one.leader_id)),
            post=Case(When(pk=one.pk, then=Value(two.post_id)), default=Value(one.post_id)),
            level=Case(When(pk=one.pk, then=Value(level_of(two.post))), default=Value(level_of(one.post))),
        )
        for row, before in ((one, one.leader_id), (two, two.leader_id)):
            row.refresh_from_db()
            if row.deputy_id == row.post_id:
                row.deputy = None
                row.save(update_fields=["deputy"])
            audit.record(actor=actor, act="visit_day.swap", obj=row, detail={"reason": words}, at=at)
            _follow(row, before, actor, at)


def _open(row: VisitDay, at: datetime) -> VisitDay:
    if row.cancelled_at is not None:
        raise Refusal(_("这次接访已经取消。"), code="stale")
    if row.is_over(at) or row.held_at is not None:
        raise Refusal(_("这次接访已经结束，不能再改。"), code="stale")
    return row


def _require(actor: Actor, *posts: Post) -> None:
    for post in posts:
        rules.require(LeaderAct.PLAN_DAY, actor, leader=post)


def _line_up(user_ids: Sequence[int]) -> None:
    """As plans do (services.days), the people in one order."""
    list(User.objects.select_for_update(no_key=True).only("pk").filter(pk__in=user_ids).order_by("pk"))


def _check(post: Post, day: VisitDay, besides: Sequence[int]) -> None:
    if post.role != Role.LEADER or not post.held_on(local_day(day.starts_at)):
        raise Refusal(_("请选择当天在任的领导。"), code="invalid")
    clash = (
        VisitDay.objects.filter(
            leader=post.user_id, cancelled_at=None, starts_at__lt=day.ends_at, ends_at__gt=day.starts_at
        )
        .exclude(pk__in=besides)
        .first()
    )
    if clash is not None:
        raise Refusal(
            _("%(who)s %(hours)s已安排在%(place)s，不能同时在两处。")
            % {"who": post.user.get_full_name(), "hours": clash.hours, "place": clash.place_text},
            code="overlap",
        )


def _follow(row: VisitDay, before: int, actor: Actor, at: datetime) -> None:
    offers.changed(row, at)
    day_cases.hand_on(row, before, at)
    heads = [
        post.user_id for unit in row.accompanying.all() for post in holders(Role.UNIT_HEAD, unit=unit, at=at)
    ]
    office = [post.user_id for post in office_posts(Role.PETITION_OFFICER, at)]
    own = actor.user.pk if actor.user else 0
    notify(
        recipients={row.leader_id, before, *heads, *office} - {own},
        text=_("接访换人：%(when)s %(place)s，由%(who)s接访。")
        % {
            "when": full_moment(row.starts_at),
            "place": row.place_text,
            "who": row.leader.get_full_name(),
        },
        link=row.get_absolute_url(),
        dedupe_key=f"visit_day:{row.pk}:replaced:{at.timestamp()}",
        level="soon",
        at=at,
    )


@contextmanager
def _one_place() -> Iterator[None]:
    """The database's word that a leader is elsewhere, as a sentence."""
    try:
        yield
    except IntegrityError as error:
        if "visit_day_one_place_at_a_time" not in str(error):
            raise
        raise Refusal(_("该领导这一时段已有安排。"), code="overlap") from error
