"""Duty rosters: a week is planned by the unit's head; whoever goes writes what is open, and the next confirms it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.in_office import ON_DUTY
from accounts.models import DutyShift, Post, Unit, User
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import SHANGHAI, local_day, now
from core.wording import said

LONGEST_NOTE = 1000
#: One turn of a roster: its day and its place among the day's turns.
Turn = tuple[date, int]


def hours_of(day: date, place: int) -> tuple[datetime, datetime]:
    """When a turn begins and ends (DUTY_TURNS, Asia/Shanghai); one that ends by its start ends a day later."""
    _name, start, end = settings.DUTY_TURNS[place]
    first, last = time.fromisoformat(start), time.fromisoformat(end)
    until = day if last > first else day + timedelta(days=1)
    return datetime.combine(day, first, SHANGHAI), datetime.combine(until, last, SHANGHAI)


def may_plan(actor: Actor) -> bool:
    return actor.role == Role.UNIT_HEAD and actor.unit is not None


def plan(*, unit: Unit, turns: Mapping[Turn, User | None], by: Actor, at: datetime | None = None) -> int:
    """Give each of these turns to somebody, or to nobody; how many changed. A turn that has begun stays as it was.

    Raises Refusal: another than the unit's head; somebody without a post in the unit that day; somebody who is on duty
    elsewhere at the same time. Nothing is changed then.
    """
    at = at or now()
    if not may_plan(by) or by.unit != unit:
        raise Refusal(_("值班表由本单位负责人安排。"), code="forbidden")
    changed = 0
    with transaction.atomic():
        Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
        for (day, place), user in sorted(turns.items(), key=lambda turn: turn[0]):
            changed += _give(unit, day, place, user, at)
        if changed:
            days = sorted(day.isoformat() for day, _place in turns)
            audit.record(
                actor=by,
                act="duty.plan",
                obj=unit,
                detail={"valid_from": days[0], "valid_until": days[-1]},
                at=at,
            )
    return changed


def _give(unit: Unit, day: date, place: int, user: User | None, at: datetime) -> bool:
    starts, ends = hours_of(day, place)
    if starts <= at:
        return False
    there = DutyShift.objects.filter(unit=unit, starts_at__lt=ends, ends_at__gt=starts, starts_at__gt=at)
    if user is not None and there.filter(user=user, starts_at=starts, ends_at=ends).exists():
        return False
    removed, _by_model = there.delete()
    if user is None:
        return removed > 0
    held = Post.objects.current(day).filter(user=user, unit=unit, role__in=ON_DUTY)
    if not held.exists():
        words = _("%(name)s在 %(day)s 不是本单位的经办人员，不能安排值班。")
        raise Refusal(words % {"name": user.get_full_name(), "day": day.isoformat()}, code="invalid")
    try:
        with transaction.atomic():
            DutyShift.objects.create(unit=unit, user=user, starts_at=starts, ends_at=ends)
    except IntegrityError:
        words = _("%(name)s在 %(day)s 的同一时段已有值班，请另选一位。")
        raise Refusal(
            words % {"name": user.get_full_name(), "day": day.isoformat()}, code="duty_twice"
        ) from None
    return True


def hand_over(*, shift: DutyShift, by: Actor, note: str, at: datetime | None = None) -> DutyShift:
    """Whoever is on duty, or just was, writes what is open; it may be mended until the next one has confirmed it.

    Raises Refusal: another person's turn, one that has not begun, one that was taken over, nothing said.
    """
    at = at or now()
    note = said(note, _("请写明交班情况；没有未办事项的，写“无”。"), longest=LONGEST_NOTE)
    with transaction.atomic():
        row = DutyShift.objects.select_for_update(of=("self",)).select_related("unit").get(pk=shift.pk)
        if by.user is None or by.user.pk != row.user_id:
            raise Refusal(_("交班情况由当班人填写。"), code="forbidden")
        if row.starts_at > at:
            raise Refusal(_("这一班还没有开始。"), code="stale")
        if row.taken_over_at is not None:
            raise Refusal(_("这一班已由下一班接班，不能再改。"), code="stale")
        row.note, row.noted_at = note, at
        row.save(update_fields=["note", "noted_at"])
        audit.record(actor=by, act="duty.hand_over", obj=row, detail={"unit": row.unit_id}, at=at)
    return row


def take_over(*, shift: DutyShift, by: Actor, at: datetime | None = None) -> DutyShift:
    """Whoever is on duty next confirms what the one before left.

    Raises Refusal: nothing was left yet, it was confirmed, or the actor is not the next.
    """
    at = at or now()
    with transaction.atomic():
        row = DutyShift.objects.select_for_update(of=("self",)).select_related("unit").get(pk=shift.pk)
        following = next_of(row)
        if by.user is None or following is None or following.user_id != by.user.pk:
            raise Refusal(_("接班由下一班的值班人确认。"), code="forbidden")
        if row.noted_at is None:
            raise Refusal(_("上一班还没有填写交班情况。"), code="stale")
        if row.taken_over_at is not None:
            raise Refusal(_("已经接班。"), code="stale")
        row.taken_over_at, row.taken_over_by = at, by.user
        row.save(update_fields=["taken_over_at", "taken_over_by"])
        audit.record(actor=by, act="duty.take_over", obj=row, detail={"unit": row.unit_id}, at=at)
    return row


def next_of(shift: DutyShift) -> DutyShift | None:
    """The unit's turn after this one."""
    later = DutyShift.objects.filter(unit=shift.unit_id, starts_at__gte=shift.ends_at)
    return later.select_related("user").order_by("starts_at").first()


def week_of(unit: Unit, monday: date) -> dict[Turn, DutyShift]:
    """The turns of seven days that are given to somebody. One query."""
    places = range(len(settings.DUTY_TURNS))
    hours = {hours_of(monday + timedelta(days=n), place): (monday + timedelta(days=n), place)
             for n in range(7) for place in places}  # fmt: skip
    low, high = min(start for start, _end in hours), max(end for _start, end in hours)
    rows = DutyShift.objects.filter(unit=unit, starts_at__gte=low, ends_at__lte=high).select_related("user")
    return {hours[row.starts_at.astimezone(SHANGHAI), row.ends_at.astimezone(SHANGHAI)]: row
            for row in rows
            if (row.starts_at.astimezone(SHANGHAI), row.ends_at.astimezone(SHANGHAI)) in hours}  # fmt: skip


def monday_of(day: date | None = None) -> date:
    day = day or local_day(now())
    return day - timedelta(days=day.weekday())
