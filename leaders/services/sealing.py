"""A case that turns out to be a 检举控告 leaves this room: its clocks stop and nobody here is told of it again."""

from __future__ import annotations

from datetime import datetime

from deadlines import services as deadlines
from leaders.enums import BookingState, LeaveWhy
from leaders.models import Booking, InstructionClock, PackageCase, PackageClock
from leaders.services import holding, readings
from petitions.models import Petition


def let_go(petition: Petition, at: datetime) -> None:
    """Stop the clocks of its instructions and readings, and of a package that holds nothing else; the rows stay, and
    ``visible_to`` hides them (条例 30). A package of several cases goes on without it."""
    row = PackageCase.objects.inside().filter(petition=petition).select_related("package").first()
    if row is not None and holding.others(row):
        holding.take_out(row, why=LeaveWhy.SEALED, by=None, at=at)
    else:
        deadlines.stop_all(PackageClock.objects.filter(package__petition=petition), at)
    # A place in line stays the person's; what for is nobody's business here any more.
    Booking.objects.filter(petition=petition).update(petition=None)
    # Whose talk it was leaves the day's line like a place given back: heard and without a record to be read, the row
    # would say that something was sealed.
    Booking.objects.filter(record__petition=petition).update(
        state=BookingState.CANCELLED, slot=None, ended_at=at, to_tell="", matter=b""
    )
    deadlines.stop_all(InstructionClock.objects.filter(instruction__petition=petition), at)
    readings.leave(petition, at)
