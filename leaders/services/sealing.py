"""A case that turns out to be a 检举控告 leaves this room: its clocks stop and nobody here is told of it again."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from deadlines import services as deadlines
from leaders.enums import BookingState, LeaveWhy
from leaders.models import Booking, InstructionClock, PackageCase, PackageClock
from leaders.services import bookings, holding, readings
from petitions.models import Petition


def let_go(petition: Petition, at: datetime) -> None:
    """Stop the clocks of its instructions and readings, and of a package that holds nothing else; the rows stay, and
    ``visible_to`` hides them (条例 30). A package of several cases goes on without it."""
    row = PackageCase.objects.inside().filter(petition=petition).select_related("package").first()
    if row is not None and holding.others(row):
        holding.take_out(row, why=LeaveWhy.SEALED, by=None, at=at)
    else:
        deadlines.stop_all(PackageClock.objects.filter(package__petition=petition), at)
    _give_back(petition, at)
    deadlines.stop_all(InstructionClock.objects.filter(instruction__petition=petition), at)
    readings.leave(petition, at)


def _give_back(petition: Petition, at: datetime) -> None:
    """Whoever booked to speak of it, or spoke of it, leaves the line like a place given back, without name, telephone
    and words: the one complained of may be the leader of that day, or the desk beside. Their own page says who takes
    care of it (条例 30)."""
    about = Q(petition=petition) | Q(record__petition=petition)
    found = Booking.objects.filter(about).values_list("pk", "day", "kept_day")
    rows = list(found)
    days = bookings.lock_days([pk for _row, *both in rows for pk in both])
    Booking.objects.filter(pk__in=[row[0] for row in rows]).update(
        petition=petition,
        state=BookingState.CANCELLED,
        slot=None,
        ended_at=at,
        kept_day=None,
        kept_until=None,
        to_tell="",
        name=b"",
        phone=b"",
        phone_index=None,
        matter=b"",
    )
    for day in days.values():
        bookings.promote(day, at)
