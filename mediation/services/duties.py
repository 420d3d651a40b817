"""轮值院长: who stands for a room on a day, and what they hand over to the next."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import User
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import local_day, now
from core.wording import said
from mediation import rules
from mediation.enums import MediationAct
from mediation.models import Room, RoomDuty

#: Days that are named at one go.
MOST_DAYS = 62
LONGEST_NOTE = 1000
KEPT = timedelta(days=365)


def keep_duty(
    *, actor: Actor, room: Room, user: User, first: date, last: date, at: datetime | None = None
) -> int:
    """Name who stands for the room from ``first`` to ``last``, both included; whoever was named before is replaced.
    How many days.

    Raises Refusal: not one's right, days past, in no order or too many, somebody who is not of the room, or a day that
    was handed over already.
    """
    at = at or now()
    rules.require(MediationAct.KEEP_DUTY, actor, unit=room.unit)
    if first < local_day(at):
        raise Refusal(_("过去的日子不能再安排轮值。"), code="invalid")
    if last < first:
        raise Refusal(_("结束日期不能早于开始日期。"), code="invalid")
    days = [first + timedelta(days=n) for n in range(min((last - first).days, MOST_DAYS) + 1)]
    if len(days) > MOST_DAYS:
        raise Refusal(_("一次最多安排 %(n)d 天。") % {"n": MOST_DAYS}, code="invalid")
    if not room.mediators.filter(pk=user.pk).exists():
        raise Refusal(
            _("%(who)s不在%(room)s的调解员名单里。") % {"who": user.get_full_name(), "room": room.name},
            code="invalid",
        )
    with transaction.atomic():
        Room.objects.select_for_update(no_key=True).get(pk=room.pk)
        noted = RoomDuty.objects.filter(room=room, day__in=days).exclude(noted_at=None).first()
        if noted is not None:
            raise Refusal(_("%(day)s已经交班，不能再改。") % {"day": noted.day.isoformat()}, code="stale")
        RoomDuty.objects.bulk_create(
            [RoomDuty(room=room, day=day, user=user) for day in days],
            update_conflicts=True,
            unique_fields=["room", "day"],
            update_fields=["user"],
        )
        audit.record(actor=actor, act="mediation.keep_duty", obj=room, at=at)
    return len(days)


def hand_over(*, duty: RoomDuty, actor: Actor, note: str, at: datetime | None = None) -> RoomDuty:
    """What is open when one's day is over, written by whoever stood for the room that day.

    Raises Refusal: it was somebody else's day, the day is to come, or it was handed over already.
    """
    at = at or now()
    note = said(note, _("请写明要交接的事；没有的，写“无”。"), longest=LONGEST_NOTE)
    with transaction.atomic():
        row = _locked(duty)
        require_own(row, actor)
        if row.day > local_day(at):
            raise Refusal(_("还没有到这一天。"), code="invalid")
        if row.noted_at is not None:
            raise Refusal(_("这一天已经交班。"), code="stale")
        row.note, row.noted_at = note, at
        row.save(update_fields=["note", "noted_at"])
        audit.record(actor=actor, act="mediation.hand_over", obj=row, at=at)
    return row


def require_own(duty: RoomDuty, actor: Actor) -> None:
    """Raises Refusal (403): somebody else stood for the room that day."""
    if actor.user is None or duty.user_id != actor.user.pk:
        raise Refusal(_("只有当天的轮值院长交班。"), code="forbidden")


def take_over(*, duty: RoomDuty, actor: Actor, at: datetime | None = None) -> RoomDuty:
    """The next one has read it. Raises Refusal: nothing was handed over, it was taken over, or one does not come next
    in this room."""
    at = at or now()
    with transaction.atomic():
        row = _locked(duty)
        if row.noted_at is None:
            raise Refusal(_("上一班还没有交班。"), code="stale")
        if row.taken_at is not None:
            raise Refusal(_("这一班已经有人接。"), code="stale")
        following = RoomDuty.objects.filter(room=row.room, day__gt=row.day).order_by("day").first()
        if actor.user is None or following is None or following.user_id != actor.user.pk:
            raise Refusal(_("由下一位轮值院长接班。"), code="forbidden")
        row.taken_at, row.taken_by = at, actor.user
        row.save(update_fields=["taken_at", "taken_by"])
        audit.record(actor=actor, act="mediation.take_over", obj=row, at=at)
    return row


def forget_old_notes(at: datetime) -> int:
    """Empty what was handed over more than ``KEPT`` ago: it belongs to no case, and no archive takes care of it."""
    old = RoomDuty.objects.filter(day__lt=local_day(at - KEPT)).exclude(note=b"")
    emptied: int = old.update(note=b"")
    return emptied


def _locked(duty: RoomDuty) -> RoomDuty:
    row: RoomDuty = RoomDuty.objects.select_for_update(of=("self",)).select_related("room").get(pk=duty.pk)
    return row
