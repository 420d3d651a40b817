"""Planning, changing and cancelling reception days. The database keeps a leader out of two places at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, Unit, User
from accounts.selectors import holders
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import friendly_moment, local_day, now
from core.wording import said
from leaders import rules
from leaders.enums import LeaderAct, VisitKind
from leaders.models import VisitDay
from notifications.services import notify

LONGEST_DAY = timedelta(hours=12)
#: Columns that a plan sets; the leader and the post besides.
COLUMNS = ("kind", "starts_at", "ends_at", "place_unit", "place_text", "note", "published")


@dataclass(frozen=True, kw_only=True)
class DayPlan:
    """What is planned. Moments are aware; ``ends_at`` is the first moment after."""

    post: Post
    kind: VisitKind
    starts_at: datetime
    ends_at: datetime
    place_unit: Unit
    place_text: str
    accompanying: Sequence[Unit] = ()
    note: str = ""
    published: bool = True


def plan_day(*, actor: Actor, plan: DayPlan, at: datetime | None = None) -> VisitDay:
    """Add a reception day; the leader and the heads of the accompanying units are told.

    Raises Refusal: not one's right, a time that is past or in no order, a leader out of office, or a leader
    who is elsewhere then (with where and when).
    """
    at = at or now()
    rules.require(LeaderAct.PLAN_DAY, actor, leader=plan.post)
    place = _check(plan, at)
    with _one_place_at_a_time(plan), transaction.atomic():
        day = VisitDay(planned_at=at, planned_by=actor.user)
        _fill(day, plan, place)
        _stand_in_line(plan)
        _refuse_clash(plan)
        day.save(force_insert=True)
        day.accompanying.set(plan.accompanying)
        audit.record(actor=actor, act="visit_day.plan", obj=day, at=at)
        _tell(day, plan.accompanying, _("安排接访"), "planned", actor, at)
    return day


def change_day(*, day: VisitDay, actor: Actor, plan: DayPlan, at: datetime | None = None) -> VisitDay:
    """Change a day that is neither cancelled nor over; old and new companions are told."""
    at = at or now()
    with _one_place_at_a_time(plan, day.pk), transaction.atomic():
        row = _open(day, at)
        rules.require(LeaderAct.PLAN_DAY, actor, leader=row.post)
        rules.require(LeaderAct.PLAN_DAY, actor, leader=plan.post)
        place = _check(plan, at)
        _stand_in_line(plan)
        _refuse_clash(plan, besides=row.pk)
        before, leader = list(row.accompanying.all()), row.leader_id
        _fill(row, plan, place)
        row.save(update_fields=["leader", "post", *COLUMNS])
        row.accompanying.set(plan.accompanying)
        audit.record(actor=actor, act="visit_day.change", obj=row, at=at)
        key = f"changed:{at.timestamp()}"
        _tell(row, {*before, *plan.accompanying}, _("接访安排有变"), key, actor, at, also=[leader])
    return row


def cancel_day(*, day: VisitDay, actor: Actor, reason: str, at: datetime | None = None) -> VisitDay:
    """Cancel with a reason that residents read on the public page; the row stays."""
    at = at or now()
    reason = said(reason, _("请写明取消原因，居民会看到。"), longest=200).replace("\n", " ")
    with transaction.atomic():
        row = _open(day, at)
        rules.require(LeaderAct.PLAN_DAY, actor, leader=row.post)
        row.cancelled_at, row.cancel_reason = at, reason
        row.save(update_fields=["cancelled_at", "cancel_reason"])
        audit.record(actor=actor, act="visit_day.cancel", obj=row, at=at)
        _tell(row, row.accompanying.all(), _("接访取消"), "cancelled", actor, at)
    return row


def _open(day: VisitDay, at: datetime) -> VisitDay:
    row: VisitDay = (
        VisitDay.objects.select_for_update(of=("self",)).select_related("post__unit", "leader").get(pk=day.pk)
    )
    if row.cancelled_at is not None:
        raise Refusal(_("这次接访已经取消。"), code="stale")
    if row.is_over(at):
        raise Refusal(_("这次接访已经结束，不能再改。"), code="stale")
    return row


def _check(plan: DayPlan, at: datetime) -> str:
    if plan.starts_at.tzinfo is None or plan.ends_at.tzinfo is None:
        raise ValueError("a reception day has aware moments")
    if plan.starts_at <= at:
        raise Refusal(_("开始时间已经过去。"), code="invalid")
    if plan.ends_at <= plan.starts_at:
        raise Refusal(_("结束时间须晚于开始时间。"), code="invalid")
    if plan.ends_at - plan.starts_at > LONGEST_DAY:
        raise Refusal(_("一次接访最长 12 小时，请分开安排。"), code="invalid")
    if plan.post.role != Role.LEADER or not plan.post.held_on(local_day(plan.starts_at)):
        raise Refusal(_("请选择当天在任的领导。"), code="invalid")
    return said(plan.place_text, _("请写明具体地点。"), longest=200).replace("\n", " ")


def _fill(day: VisitDay, plan: DayPlan, place: str) -> None:
    day.leader, day.post = plan.post.user, plan.post
    for name in COLUMNS:
        setattr(day, name, getattr(plan, name))
    day.place_text = place


def _clash(plan: DayPlan, besides: int | None) -> VisitDay | None:
    clash: VisitDay | None = (
        VisitDay.objects.filter(
            leader=plan.post.user_id,
            cancelled_at=None,
            starts_at__lt=plan.ends_at,
            ends_at__gt=plan.starts_at,
        )
        .exclude(pk=besides or 0)
        .order_by("starts_at")
        .first()
    )
    return clash


def _stand_in_line(plan: DayPlan) -> None:
    """Plans for one leader wait for each other here: two inserts that meet in the exclusion constraint would
    each wait for the other, and the database would call it a deadlock."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=plan.post.user_id)


def _refuse_clash(plan: DayPlan, besides: int | None = None) -> None:
    clash = _clash(plan, besides)
    if clash is not None:
        raise Refusal(
            _("%(who)s %(when)s（%(hours)s）已安排在%(place)s，不能同时在两处。")
            % {
                "who": plan.post.user.get_full_name(),
                "when": friendly_moment(clash.starts_at).split(" ")[0],
                "hours": clash.hours,
                "place": clash.place_text,
            },
            code="overlap",
        )


@contextmanager
def _one_place_at_a_time(plan: DayPlan, besides: int | None = None) -> Iterator[None]:
    """Two offices at once: the database lets one through; the other is told what is there now."""
    try:
        yield
    except IntegrityError as error:
        if "visit_day_one_place_at_a_time" not in str(error):
            raise
        _refuse_clash(plan, besides)
        raise Refusal(_("该领导这一时段已有安排。"), code="overlap") from error


def _tell(
    day: VisitDay,
    units: Iterable[Unit],
    what: str,
    occasion: str,
    actor: Actor,
    at: datetime,
    also: Sequence[int] = (),
) -> None:
    heads = [post.user_id for unit in units for post in holders(Role.UNIT_HEAD, unit=unit, at=at)]
    own = actor.user.pk if actor.user else 0
    notify(
        recipients={day.leader_id, *also, *heads} - {own},
        text=f"{what}:{friendly_moment(day.starts_at, at=at)} {day.place_text}",
        link=day.get_absolute_url(),
        dedupe_key=f"visit_day:{day.pk}:{occasion}",
        level="soon",
        at=at,
    )
