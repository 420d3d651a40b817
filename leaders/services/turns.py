"""The line on the day itself: who is called, who is in the room, who did not come.

Everything holds the day's row, and the database keeps the room to one. Turns go by the order of the line; the desk may
call somebody else first (an old person, somebody with a child), never by how often somebody petitioned (domain G).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.actor import Actor
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import friendly_moment, local_day, now
from leaders import rules
from leaders.enums import LeaderAct
from leaders.models import Booking, DayCase, VisitDay, VisitRecord
from leaders.models.bookings import IN_LINE
from leaders.models.turns import Turned
from leaders.reception_enums import Turn
from leaders.selectors.desk import in_order, line_of
from leaders.services.bookings import lock_standing
from petitions.services.stepping import lock

ON_THE_DAY = _lazy("接访当天才能叫号、登记到场情况和记录谈话。")


def call(
    *, day: VisitDay, actor: Actor, booking: Booking | None = None, at: datetime | None = None
) -> Booking:
    """Call the next in line, or this one; whoever was in the room has been heard, written down or not.

    Raises Refusal: not one's right, not on the day itself, called off, nobody waits, or this one was called before.
    """
    at = at or now()
    rules.require(LeaderAct.RECEIVE, actor, leader=day.post)
    with transaction.atomic():
        row = _open(day, at)
        if row.day != local_day(at):
            raise Refusal(_("接访当天才能叫号。"), code="stale")
        waiting = [one for one in in_order(line_of(row, actor)) if one.turn == Turn.WAITING]
        chosen = next((one for one in waiting if booking is None or one.pk == booking.pk), None)
        if chosen is None:
            raise Refusal(_("没有人在等了。") if booking is None else _("这一位刚才已经叫过。"), code="stale")
        for one in Booking.objects.filter(day=row, turn=Turn.IN_ROOM, state__in=IN_LINE):
            _turn(one, Turn.DONE, actor, at)
        _turn(chosen, Turn.IN_ROOM, actor, at)
        audit.record(actor=actor, act="visit_turn.call", obj=chosen, at=at)
    return chosen


def mark(*, booking: Booking, actor: Actor, turn: Turn, at: datetime | None = None) -> None:
    """未到, 谈完, or back to those who wait (came late, called by mistake). The same twice is once.

    Raises Refusal: not one's right, before the day, the stage is done, heard and written down already, or somebody who
    was never in the room is said to have been heard.
    """
    at = at or now()
    rules.require(LeaderAct.RECEIVE, actor, leader=booking.day.post)
    with transaction.atomic():
        _open(booking.day, at)
        row = Booking.objects.select_for_update(of=("self",)).get(pk=booking.pk)
        if row.day_id != booking.day_id or row.state not in IN_LINE:
            raise Refusal(_("这个预约已经取消或改期。"), code="stale")
        if VisitRecord.objects.filter(booking=row).exists():
            raise Refusal(_("这一位的谈话已经记录，不能再改。"), code="stale")
        if turn == Turn.IN_ROOM or (turn == Turn.DONE and row.turn not in {Turn.IN_ROOM, Turn.DONE}):
            raise Refusal(_("请先叫到这一位，再记为已谈。"), code="stale")
        if row.turn != turn:
            _turn(row, turn, actor, at)
            audit.record(actor=actor, act="visit_turn.mark", obj=row, detail={"turn": str(turn)}, at=at)


def mark_case(*, picked: DayCase, actor: Actor, came: bool, at: datetime | None = None) -> None:
    """Of a case that was taken along: nobody came about it, or somebody came after all.

    Raises Refusal: not one's right, before the day, the stage is done, or the talk is written down.
    """
    at = at or now()
    with transaction.atomic():
        case = lock(picked.petition_id)
        rules.require(LeaderAct.RECEIVE, actor, leader=picked.day.post, petition=case)
        _open(picked.day, at)
        row = DayCase.objects.select_for_update(of=("self",)).get(pk=picked.pk)
        if VisitRecord.objects.filter(day=row.day_id, petition=case).exists():
            raise Refusal(_("这一件的谈话已经记录，不能再改。"), code="stale")
        _turn(row, Turn.WAITING if came else Turn.ABSENT, actor, at)
        detail = {"case": case.audit_name, "came": came}
        audit.record(actor=actor, act="visit_turn.case", obj=row, detail=detail, at=at)


def heard(booking: Booking, day: VisitDay, actor: Actor, at: datetime) -> Booking:
    """Of a locked day: this person's talk is being written down. Raises Refusal: before the day, of another day, or
    written before."""
    if day.day > local_day(at):
        raise Refusal(str(ON_THE_DAY), code="stale")
    row: Booking = Booking.objects.select_for_update(of=("self",)).get(pk=booking.pk)
    if row.day_id != day.pk or row.state not in IN_LINE:
        raise Refusal(_("这个预约已经取消或改期，请从“记一次接访”另记。"), code="stale")
    if VisitRecord.objects.filter(booking=row).exists():
        raise Refusal(_("这一位的谈话已经记录过。"), code="stale")
    _turn(row, Turn.DONE, actor, at)
    return row


def refuse_held(day: VisitDay) -> None:
    """Raises Refusal: the talks of this day are complete."""
    if day.held_at is not None:
        raise Refusal(
            _("这场接访的事中处置已于%(when)s完成；补记谈话请从“记一次接访”另记。")
            % {"when": friendly_moment(day.held_at)},
            code="stale",
        )


def _open(day: VisitDay, at: datetime) -> VisitDay:
    row = lock_standing(day.pk)
    if row.day > local_day(at):
        raise Refusal(str(ON_THE_DAY), code="stale")
    refuse_held(row)
    return row


def _turn(row: Turned, turn: Turn, actor: Actor, at: datetime) -> None:
    row.turn, row.turned_at, row.turned_by = turn, at, actor.user
    row.save(update_fields=["turn", "turned_at", "turned_by"])
