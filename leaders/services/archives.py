"""What this room tells the archives of a case, and what it empties when the people of the case are anonymised."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from leaders.models import Booking, Instruction, PackageCase, Promise, StrikeOff, VisitRecord
from leaders.querysets import BookingQuerySet
from petitions.models import Petition


def instructed(case_ids: Collection[int]) -> set[int]:
    """Cases with an instruction of a leader. One query."""
    return set(Instruction.objects.filter(petition__in=case_ids).values_list("petition_id", flat=True))


def unfinished(case_ids: Collection[int]) -> set[int]:
    """Cases in an open package, or with an instruction that waits for its report. Two queries."""
    waiting = Instruction.objects.filter(petition__in=case_ids, done_at=None)
    packages = PackageCase.objects.inside().filter(petition__in=case_ids)
    return {*waiting.values_list("petition_id", flat=True), *packages.values_list("petition_id", flat=True)}


def forget(petition: Petition) -> int:
    """Empty to whom something was promised, who booked a place with a leader or came to a talk, and how people parted
    when a package was struck off; the rest stays."""
    noted = StrikeOff.objects.filter(package__cases__petition=petition).values("pk")
    told = StrikeOff.objects.filter(pk__in=noted).exclude(heart=b"", visit_note=b"")
    emptied = told.update(heart=b"", visit_note=b"")
    of_the_case = Q(petition=petition) | Q(record__petition=petition)
    emptied += _empty(Booking.objects.filter(of_the_case))
    emptied += VisitRecord.objects.filter(petition=petition).exclude(people=b"").update(people=b"")
    promised = Promise.objects.filter(record__petition=petition).exclude(to_whom=b"")
    return emptied + promised.update(to_whom=b"")


def forget_old_bookings(at: datetime) -> int:
    """Empty who booked without a case, ``VISIT_BOOKING_DAYS`` days after the reception: nobody archives those. How
    many. A talk that was written down is of a case, and goes with its people (``forget``)."""
    until = at - timedelta(days=int(settings.VISIT_BOOKING_DAYS))
    return _empty(Booking.objects.filter(petition=None, record=None, day__ends_at__lt=until))


def _empty(bookings: BookingQuerySet) -> int:
    named = bookings.exclude(name=b"", phone=b"", matter=b"")
    emptied: int = named.update(name=b"", phone=b"", phone_index=None, matter=b"")
    return emptied
