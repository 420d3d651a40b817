"""What becomes of those who booked when a day is changed or called off: they are told, and a place on a later day is
kept for each, ahead of everybody who asks anew, until they take it or the time is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import SHANGHAI, han_date, local_day, now
from deadlines.rulebook import rulebook
from leaders.enums import BookingState, Tell
from leaders.models import Booking, VisitDay
from leaders.models.bookings import IN_LINE, LIVE
from leaders.reception_enums import Turn
from leaders.services import bookings
from leaders.services.holding import interested, refuse_interested
from notifications.services import notify
from petitions.services import following
from petitions.services.stepping import lock

#: Days that are looked through for places, and days that are shown to choose from.
LOOKED_THROUGH, SHOWN = 12, 3
LOOK_AHEAD = timedelta(days=120)


def later_days(day: VisitDay, at: datetime, most: int = SHOWN) -> list[VisitDay]:
    """Announced days that take bookings after this one (or from now on), the same leader's before others'."""
    found = VisitDay.objects.filter(
        published=True,
        cancelled_at=None,
        prepared_at=None,
        slots__isnull=False,
        starts_at__gt=max(at, day.starts_at),
        starts_at__lt=max(at, day.starts_at) + LOOK_AHEAD,
    ).select_related("leader", "post__unit", "place_unit")
    nearest = list(found.order_by("starts_at", "pk")[: LOOKED_THROUGH * 2])
    return sorted(nearest, key=lambda one: (one.leader_id != day.leader_id, one.starts_at))[:most]


def call_off(day: VisitDay, at: datetime) -> int:
    """Of a locked day that was just cancelled: everybody who has not been called gets an offer, in the order in which
    they stood, and so does everybody for whom a place on it was kept.

    How many have to be told. Those for whom no later day has a free place are offered none, and see the next days. A
    day is not offered for a case that its leader must avoid (条例 28).
    """
    here = Q(day=day, state__in=IN_LINE, turn=Turn.WAITING) | Q(kept_day=day, state=BookingState.OFFERED)
    line = Booking.objects.filter(here).select_related("petition__complained_unit")
    waiting_last = sorted(
        line.select_for_update(of=("self",)), key=lambda one: (one.slot is None, one.ordinal)
    )
    if not waiting_last:
        return 0
    later = later_days(day, at, LOOKED_THROUGH)
    locked = bookings.lock_days([one.pk for one in later])
    free = {one.pk: _free_to_keep(locked[one.pk], at) for one in later}
    until = _workday_hours_later(at, int(settings.VISIT_OFFER_HOURS))
    for booking in waiting_last:
        kept = next((one for one in later if free[one.pk] > 0 and not _avoids(one, booking, at)), None)
        booking.state, booking.slot, booking.moved_from = BookingState.OFFERED, None, day
        booking.to_tell, booking.kept_day, booking.kept_until = Tell.CALLED_OFF, None, None
        if kept is not None:
            free[kept.pk] -= 1
            booking.kept_day, booking.kept_until = kept, min(until, kept.starts_at)
        booking.save(update_fields=["state", "slot", "moved_from", "to_tell", "kept_day", "kept_until"])
    bookings.tell_desk(day, waiting_last, _("接访取消"), f"off:{day.pk}", at)
    return len(waiting_last)


def _avoids(day: VisitDay, booking: Booking, at: datetime) -> bool:
    return booking.petition is not None and interested(booking.petition, day.post, at)


def _workday_hours_later(at: datetime, hours: int) -> datetime:
    """So many hours of days on which the desk can call: 48 hours from a Friday at five end on Tuesday at five."""
    calendar = rulebook().calendar
    until, left = at.astimezone(SHANGHAI), timedelta(hours=hours)
    while left > timedelta():
        midnight = (until + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        if not calendar.is_workday(until.date()):
            until = midnight
            continue
        step = min(left, midnight - until)
        until, left = until + step, left - step
    return until


def _free_to_keep(day: VisitDay, at: datetime) -> int:
    """Places beyond those whom the waiting list of that day comes before."""
    if Booking.objects.filter(day=day, state=BookingState.WAITING).exists():
        return 0
    return bookings.places_free(day, at)


def changed(day: VisitDay, at: datetime) -> None:
    """The locked day has another time, place or leader: whoever is in line is told, and whoever a place is kept for."""
    line = Q(day=day, state__in=LIVE) | Q(kept_day=day, state=BookingState.OFFERED)
    rows = list(Booking.objects.filter(line).select_related("petition__complained_unit"))
    Booking.objects.filter(pk__in=[row.pk for row in rows]).update(to_tell=Tell.CHANGED, reminded_at=None)
    bookings.tell_desk(day, rows, _("接访安排有变"), f"changed:{day.pk}:{at.timestamp()}", at)


def take_offer(*, booking: Booking, actor: Actor, at: datetime | None = None) -> Booking:
    """One press: the booking moves to the place that was kept, with its number and code.

    Raises Refusal: the time is over, taken before, or that day was called off too.
    """
    at = at or now()
    if booking.kept_day_id is None:
        raise Refusal(_("没有为您保留的名额，请在接访公告里另选一天。"), code="stale")
    with transaction.atomic():
        case = lock(booking.petition_id) if booking.petition_id is not None else None
        day = bookings.lock_day(booking.kept_day_id)
        row = Booking.objects.select_for_update(of=("self",)).get(pk=booking.pk)
        if row.state != BookingState.OFFERED or row.kept_day_id != day.pk or not _still_kept(row, at):
            raise Refusal(_("保留的时间已经过了，请在接访公告里另选一天。"), code="stale")
        bookings.refuse_closed(day, at)
        if case is not None:
            refuse_interested(case, day.post, at)
            following.grant_reading(petition=case, user_id=day.leader_id)
        row.kept_day = row.kept_until = None
        row.day, row.ordinal, row.to_tell = day, bookings.next_ordinal(day), ""
        bookings.refuse_twice(row)
        bookings.give_slot(row, day)
        row.reminded_at, row.turn = None, Turn.WAITING
        row.save(
            update_fields=[
                "day",
                "ordinal",
                "slot",
                "state",
                "kept_day",
                "kept_until",
                "to_tell",
                "reminded_at",
                "turn",
            ]
        )
        audit.record(actor=actor, act="visit_booking.move", obj=row, at=at)
    return row


def _still_kept(booking: Booking, at: datetime) -> bool:
    return booking.kept_until is not None and booking.kept_until > at


def lapse(at: datetime) -> int:
    """Offers whose time is over: their places go to those who wait. How many."""
    due = Booking.objects.filter(kept_until__lte=at).values_list("kept_day_id", flat=True).distinct()
    lapsed = 0
    for pk in sorted(set(due)):
        with transaction.atomic():
            day = bookings.lock_day(pk)
            lapsed += Booking.objects.filter(kept_day=day, kept_until__lte=at).update(
                kept_day=None, kept_until=None
            )
            bookings.promote(day, at)
    return lapsed


def remind(at: datetime) -> int:
    """On the last working day before, when the desk can still call, once for each booking: on the list of calls, and a
    notice to the leader and the desk. How many bookings. What was done is kept on the booking, so that a second run, or
    one after a downtime, tells nobody twice.
    """
    calendar = rulebook().calendar
    last = at.astimezone(SHANGHAI) + timedelta(days=1)
    while calendar.is_workday(local_day(at)) and not calendar.is_workday(last.date()):
        last += timedelta(days=1)
    last = last.replace(hour=23, minute=59, second=59, microsecond=999999)
    due = VisitDay.objects.filter(
        cancelled_at=None,
        starts_at__gt=at,
        starts_at__lte=last,
        bookings__state=BookingState.BOOKED,
        bookings__reminded_at=None,
    )
    reminded = 0
    for pk in sorted(set(due.values_list("pk", flat=True))):
        with transaction.atomic():
            day = bookings.lock_day(pk)
            if day.cancelled_at is None:
                reminded += _remind_of(day, at)
    return reminded


def _remind_of(day: VisitDay, at: datetime) -> int:
    mine = Booking.objects.filter(day=day, state=BookingState.BOOKED, reminded_at=None)
    rows = list(mine.select_related("petition__complained_unit"))
    mine.filter(to_tell="").update(to_tell=Tell.REMINDER)
    n: int = mine.update(reminded_at=at)
    if n:
        bookings.tell_desk(day, rows, _("接访提醒"), f"reminder:{day.pk}:{at.timestamp()}", at)
        notify(
            recipients=[day.leader_id],
            text=_("%(day)s %(hours)s您在%(place)s接访，已有人预约。")
            % {"day": han_date(day.starts_at), "hours": day.hours, "place": day.place_text},
            link=day.get_absolute_url(),
            dedupe_key=f"visit_day:{day.pk}:tomorrow:{day.starts_at:%Y%m%d}",
            at=at,
        )
    return n
