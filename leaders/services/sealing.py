"""A case that turns out to be a 检举控告 leaves this room: its clocks stop and nobody here is told of it again."""

from __future__ import annotations

from datetime import datetime

from deadlines import services as deadlines
from leaders.enums import LeaveWhy
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
    # Who told it to a leader, in which words, was written down with the booking too.
    Booking.objects.filter(record__petition=petition).update(matter=b"")
    deadlines.stop_all(InstructionClock.objects.filter(instruction__petition=petition), at)
    readings.leave(petition, at)
