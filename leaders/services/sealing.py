"""A case that turns out to be a 检举控告 leaves this room: its clocks stop and nobody here is told of it again."""

from __future__ import annotations

from datetime import datetime

from deadlines import services as deadlines
from leaders.models import Booking, InstructionClock, PackageClock
from leaders.services import readings
from petitions.models import Petition


def let_go(petition: Petition, at: datetime) -> None:
    """Stop the clocks of packages and instructions; the rows stay, and ``visible_to`` hides them (条例 30)."""
    deadlines.stop_all(PackageClock.objects.filter(package__petition=petition), at)
    # A place in line stays the person's; what for is nobody's business here any more.
    Booking.objects.filter(petition=petition).update(petition=None)
    deadlines.stop_all(InstructionClock.objects.filter(instruction__petition=petition), at)
    readings.leave(petition, at)
