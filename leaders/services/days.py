"""Planning, changing and cancelling reception days. The database keeps a leader out of two places at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post, Unit, User
from accounts.selectors import holders
from accounts.services import audit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import friendly_moment, full_moment, local_day, now
from core.wording import said
from leaders import rules
from leaders.enums import LeaderAct, VisitKind, VisitLevel
from leaders.models import Booking, DayRule, Site, VisitDay
from leaders.models.bookings import LIVE
from leaders.models.day_rules import MOST_SLOTS
from leaders.reception_enums import Turn
from leaders.services import bookings, day_cases, offers
from notifications.services import notify

LONGEST_DAY = timedelta(hours=12)
KEPT_APART = ("visit_day_one_place_at_a_time", "visit_day_one_at_a_site", "visit_day_alone_or_together")
#: Columns that a plan sets; the leader and the post besides.
COLUMNS = (
    "kind",
    "starts_at",
    "ends_at",
    "place_unit",
    "place_text",
    "site",
    "deputy",
    "purposes",
    "topics",
    "slots",
    "slot_minutes",
    "note",
    "published",
)


@dataclass(frozen=True, kw_only=True)
class DayPlan:
    """What is planned. Moments are aware; ``ends_at`` is the first moment after. With a ``site`` the place follows it;
    ``slots`` None: nobody books, whoever comes is received. ``rule`` and ``nominal_on``: the rule made it."""

    post: Post
    kind: VisitKind
    starts_at: datetime
    ends_at: datetime
    place_unit: Unit | None = None
    place_text: str = ""
    site: Site | None = None
    deputy: Post | None = None
    purposes: Sequence[str] = ()
    topics: str = ""
    slots: int | None = None
    slot_minutes: int = 20
    accompanying: Sequence[Unit] = ()
    note: str = ""
    published: bool = True
    rule: DayRule | None = None
    nominal_on: date | None = None


def plan_day(*, actor: Actor, plan: DayPlan, at: datetime | None = None) -> VisitDay:
    """Add a reception day; the leader and the heads of the accompanying units are told.

    Raises Refusal: not one's right, a time that is past or in no order, a leader out of office, or a leader
    who is elsewhere then (with where and when), a site that is taken, slots that do not fit into the hours.
    """
    at = at or now()
    rules.require(LeaderAct.PLAN_DAY, actor, leader=plan.post)
    plan = _check(plan, at)
    with _one_place_at_a_time(plan), transaction.atomic():
        day = VisitDay(planned_at=at, planned_by=actor.user, rule=plan.rule, nominal_on=plan.nominal_on)
        _fill(day, plan, at)
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
        plan = _check(plan, at)
        _stand_in_line(plan)
        _refuse_clash(plan, besides=row.pk)
        before, leader = list(row.accompanying.all()), row.leader_id
        if Booking.objects.filter(day=row).exclude(turn=Turn.WAITING).exists() or row.held_at is not None:
            raise Refusal(_("这一场已经开始叫号，不能再改；领导临时离开的，请取消余下的。"), code="stale")
        known = _as_announced(row)
        _fill(row, plan, at)
        row.save(update_fields=["leader", "post", "level", "published_at", *COLUMNS])
        row.accompanying.set(plan.accompanying)
        _follow_bookings(row, known, at)
        if leader != row.leader_id:
            day_cases.hand_on(row, leader, at)
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
        offers.call_off(row, at)
        day_cases.hand_on(row, row.leader_id, at)
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


def _check(plan: DayPlan, at: datetime) -> DayPlan:
    """The plan with its place in words."""
    if plan.starts_at.tzinfo is None or plan.ends_at.tzinfo is None:
        raise ValueError("a reception day has aware moments")
    if plan.starts_at <= at:
        raise Refusal(_("开始时间已经过去。"), code="invalid")
    check_hours(plan.starts_at, plan.ends_at, plan.slots, plan.slot_minutes)
    day = local_day(plan.starts_at)
    if plan.post.role != Role.LEADER or not plan.post.held_on(day):
        raise Refusal(_("请选择当天在任的领导。"), code="invalid")
    if plan.deputy is not None:
        if plan.deputy.role != Role.LEADER or not plan.deputy.held_on(day):
            raise Refusal(_("备岗领导请选择当天在任的领导。"), code="invalid")
        if plan.deputy.user_id == plan.post.user_id:
            raise Refusal(_("备岗领导须是另一位领导。"), code="invalid")
    return replace(plan, **_place(plan, day), purposes=list(plan.purposes), topics=clean_text(plan.topics))


def check_hours(starts_at: datetime, ends_at: datetime, slots: int | None, minutes: int) -> None:
    """Raises Refusal: an end before the start, too long a day, no slots or more than there is time for."""
    if ends_at <= starts_at:
        raise Refusal(_("结束时间须晚于开始时间。"), code="invalid")
    if ends_at - starts_at > LONGEST_DAY:
        raise Refusal(_("一次接访最长 12 小时，请分开安排。"), code="invalid")
    if slots is None:
        return
    if not 1 <= slots <= MOST_SLOTS:
        raise Refusal(
            _("预约名额须在 1 到 %(most)d 之间；不开放预约的请留空。") % {"most": MOST_SLOTS}, code="invalid"
        )
    if minutes < 1 or slots * timedelta(minutes=minutes) > ends_at - starts_at:
        raise Refusal(
            _("%(n)d 个名额、每人 %(m)d 分钟，超出了接访时间，请减少名额或每人分钟。")
            % {"n": slots, "m": minutes},
            code="invalid",
        )


def _place(plan: DayPlan, day: date) -> dict[str, Any]:
    site = plan.site
    if site is None:
        if plan.place_unit is None:
            raise Refusal(_("请选择地点所在单位，或选一个接访场所。"), code="invalid")
        text = said(plan.place_text, _("请写明具体地点。"), longest=200).replace("\n", " ")
        return {"place_text": text}
    if site.used_from > day or (site.used_until is not None and site.used_until < day):
        raise Refusal(
            _("%(site)s 这一天没有启用，请另选场所。") % {"site": site.name},
            code="invalid",
        )
    return {"place_unit": site.unit, "place_text": site.place[:200]}


def _fill(day: VisitDay, plan: DayPlan, at: datetime) -> None:
    day.leader, day.post = plan.post.user, plan.post
    for name in COLUMNS:
        setattr(day, name, getattr(plan, name))
    day.level = level_of(plan.post)
    if day.kind == VisitKind.AT_HOME:
        day.published = False  # the place is somebody's home
    if day.published and day.published_at is None:
        day.published_at = at


def _as_announced(day: VisitDay) -> tuple[Any, ...]:
    return day.leader_id, day.starts_at, day.ends_at, day.place_text, day.slots, day.published


def _follow_bookings(day: VisitDay, known: tuple[Any, ...], at: datetime) -> None:
    """Of a locked day. Whoever is in line hears what has changed, and new slots go to those who wait.

    Raises Refusal: fewer slots than are taken, or no longer announced while people are in line.
    """
    line = Booking.objects.filter(day=day, state__in=LIVE)
    if not line.exists():
        return
    last: int = line.aggregate(last=Max("slot"))["last"] or 0
    if day.slots is None or day.slots < last or not day.published:
        raise Refusal(
            _("已经有人预约（排到第 %(n)d 个名额），名额不能更少，也不能改为不公布；不接访了请取消并通知。")
            % {"n": last},
            code="stale",
        )
    if _as_announced(day)[:4] != known[:4]:
        offers.changed(day, at)
    bookings.promote(day, at)


def level_of(post: Post) -> VisitLevel:
    """Which of the three levels a leader of this unit is."""
    if post.unit.kind in {UnitKind.VILLAGE, UnitKind.STATION}:
        return VisitLevel.VILLAGE
    return VisitLevel.DISTRICT if post.unit.kind == UnitKind.DISTRICT else VisitLevel.UNIT


def clash_of(plan: DayPlan, besides: int | None = None) -> str:
    """Why the leader or the site is not free then, in words; empty where both are. Two queries."""
    clash = _clash(plan, besides)
    if clash is not None:
        return _("%(who)s %(when)s（%(hours)s）已安排在%(place)s，不能同时在两处。") % {
            "who": plan.post.user.get_full_name(),
            "when": friendly_moment(clash.starts_at).split(" ")[0],
            "hours": clash.hours,
            "place": clash.place_text,
        }
    taken = _taken(plan, besides)
    if taken is None:
        return ""
    return _("%(site)s %(when)s（%(hours)s）由%(who)s接访，同一场所同一时段只能安排一场；组团接访除外。") % {
        "site": plan.site,
        "when": friendly_moment(taken.starts_at).split(" ")[0],
        "hours": taken.hours,
        "who": taken.leader.get_full_name(),
    }


def _meeting(plan: DayPlan, besides: int | None) -> QuerySet[VisitDay]:
    overlapping: QuerySet[VisitDay] = VisitDay.objects.filter(
        cancelled_at=None, starts_at__lt=plan.ends_at, ends_at__gt=plan.starts_at
    )
    return overlapping.exclude(pk=besides or 0).order_by("starts_at")


def _clash(plan: DayPlan, besides: int | None) -> VisitDay | None:
    return _meeting(plan, besides).filter(leader=plan.post.user_id).first()


def _taken(plan: DayPlan, besides: int | None) -> VisitDay | None:
    if plan.site is None:
        return None
    there = _meeting(plan, besides).filter(site=plan.site).select_related("leader")
    if plan.kind == VisitKind.GROUP:
        there = there.exclude(kind=VisitKind.GROUP)
    return there.first()


def _stand_in_line(plan: DayPlan) -> None:
    """Plans for one leader, and for one site, wait for each other here, in this order: two inserts that meet in an
    exclusion constraint would each wait for the other, and the database would call it a deadlock."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=plan.post.user_id)
    if plan.site is not None:
        Site.objects.select_for_update(no_key=True).only("pk").get(pk=plan.site.pk)


def _refuse_clash(plan: DayPlan, besides: int | None = None) -> None:
    if why := clash_of(plan, besides):
        raise Refusal(why, code="overlap")


@contextmanager
def _one_place_at_a_time(plan: DayPlan, besides: int | None = None) -> Iterator[None]:
    """Two offices at once: the database lets one through; the other is told what is there now."""
    try:
        yield
    except IntegrityError as error:
        if "visit_day_once_by_rule" in str(error):
            raise Refusal(_("这一天已按排班安排过。"), code="stale") from error
        if not any(name in str(error) for name in KEPT_APART):
            raise
        _refuse_clash(plan, besides)
        raise Refusal(_("该领导或场所这一时段已有安排。"), code="overlap") from error


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
        text=f"{what}:{full_moment(day.starts_at)} {day.place_text}",
        link=day.get_absolute_url(),
        dedupe_key=f"visit_day:{day.pk}:{occasion}",
        level="soon",
        at=at,
    )
