"""The day's list as it stands on the phone beside the door: who is in the room, who is next, what was taken along."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from accounts.actor import Actor
from leaders.enums import BookingState
from leaders.models import Booking, DayCase, VisitDay, VisitRecord
from leaders.models.bookings import IN_LINE
from leaders.reception_enums import Turn
from leaders.selectors.bookings import MOST, with_cases
from leaders.selectors.records import Visits, counts_of


@dataclass(frozen=True)
class Desk:
    """``line`` is everybody in order with ``case`` and ``told`` (the record the actor may read, or None) and ``heard``
    (written down, whoever may read it); ``picked`` what was taken along, with ``told`` and ``visits``."""

    line: list[Any]
    in_room: Any
    next: Any
    waiting: int
    picked: list[Any]


def in_order(rows: Iterable[Booking]) -> list[Any]:
    """Those with a slot by slot, then everybody else as they asked or came."""
    return sorted(rows, key=lambda row: (row.state != BookingState.BOOKED, row.slot or 0, row.ordinal))


def line_of(day: VisitDay, actor: Actor) -> Any:
    """Whom the actor may see of the day's line."""
    return Booking.objects.visible_to(actor).filter(day=day, state__in=IN_LINE).order_by("ordinal")[:MOST]


def desk_of(day: VisitDay, actor: Actor) -> Desk:
    """A fixed number of queries. The line is empty for whoever may not see it (``Booking.visible_to``)."""
    line = in_order(with_cases(line_of(day, actor), actor))
    records = list(VisitRecord.objects.visible_to(actor).filter(day=day).select_related("petition"))
    by_booking = {record.booking_id: record for record in records if record.booking_id}
    heard = set(
        VisitRecord.objects.filter(booking__in=[row.pk for row in line]).values_list("booking", flat=True)
    )
    for row in line:
        row.day, row.told, row.heard = day, by_booking.get(row.pk), row.pk in heard
    picked: list[Any] = list(
        DayCase.objects.concerning(actor).filter(day=day).select_related("petition__lead_unit")
    )
    about = {record.petition_id: record for record in records}
    visits = counts_of([row.petition_id for row in picked])
    for row in picked:
        row.day, row.told = day, about.get(row.petition_id)
        row.visits = visits.get(row.petition_id, Visits())
    waiting = [row for row in line if row.turn == Turn.WAITING]
    return Desk(
        line=line,
        in_room=next((row for row in line if row.turn == Turn.IN_ROOM), None),
        next=waiting[0] if waiting else None,
        waiting=len(waiting),
        picked=picked,
    )
