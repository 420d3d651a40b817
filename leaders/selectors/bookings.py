"""Bookings as the desk and the person themselves see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from accounts.actor import Actor
from accounts.enums import Role
from core.converters import row_of
from leaders import rules
from leaders.enums import BookingState, LeaderAct
from leaders.models import Booking, VisitDay
from leaders.models.bookings import LIVE
from petitions.querysets import unsealed_cases
from petitions.rules import knows_petitioner
from petitions.services import codes

#: More in line than this are not shown on one page; a hall holds fewer.
MOST = 500


@dataclass(frozen=True)
class Line:
    """The day's line: those with a slot by slot, those who wait and those who came by their order."""

    booked: list[Booking]
    waiting: list[Booking]
    walked_in: list[Booking]


def may_see(actor: Actor, day: VisitDay) -> bool:
    """Whether the actor may know who booked: the desks, and the leader of the day."""
    if actor.role == Role.LEADER:
        return actor.user is not None and day.leader_id == actor.user.pk
    return rules.may(LeaderAct.BOOK, actor, unit=day.place_unit)


def line_of(day: VisitDay, actor: Actor) -> Line:
    """Three queries: the bookings, the cases among them that the actor may read, and those cases."""
    states = (*LIVE, BookingState.WALKED_IN)
    found = Booking.objects.visible_to(actor).filter(day=day, state__in=states)
    rows = with_cases(found.order_by("slot", "ordinal")[:MOST], actor)
    for row in rows:
        row.day = day
    return Line(
        *([row for row in rows if row.state == state] for state in states),
    )


def with_cases(found: QuerySet[Booking], actor: Actor) -> list[Booking]:
    """The rows with ``case``: the petition where the actor reads it, else None; and ``named``: whether who asked, the
    telephone and the words are this reader's to know (domain G: a name that is to be kept is kept here too)."""
    rows = list(found.select_related("petition__complained_unit"))
    wanted = {row.petition_id for row in rows if row.petition_id}
    cases = {case.pk: case for case in unsealed_cases(actor).filter(pk__in=wanted)} if wanted else {}
    for row in rows:
        row.case = cases.get(row.petition_id)  # type: ignore[attr-defined]
        row.named = row.petition is None or knows_petitioner(row.petition, actor)  # type: ignore[attr-defined]
    return rows


def calls(actor: Actor) -> QuerySet[Booking]:
    """Those who have to be told something; the oldest day first."""
    found: QuerySet[Booking] = Booking.objects.to_call(actor)
    return found.select_related("day__leader", "day__place_unit", "kept_day")


def by_number_and_code(number: str, code: str) -> Booking | None:
    """The booking that both belong to. An unknown number takes as long as a wrong code and says no more."""
    figures = number.strip()[:20]
    found = None
    if figures.isascii() and figures.isdecimal() and len(figures) <= 10:
        try:
            found = Booking.objects.filter(pk=row_of(int(figures))).first()
        except ValueError:
            found = None
    if found is None:
        codes.nothing_to_compare("-", code)
        return None
    return found if codes.matches(str(found.key), code, found.code_hash) else None


def own(pk: int) -> Booking | None:
    related = (
        "day__leader",
        "day__post__unit",
        "day__place_unit",
        "day__site",
        "kept_day__leader",
        "petition",
    )
    found: Booking | None = Booking.objects.filter(pk=pk).select_related(*related).first()
    return found


def ahead_of(booking: Booking) -> int:
    """How many wait before this one."""
    return Booking.objects.filter(
        day=booking.day_id, state=BookingState.WAITING, ordinal__lt=booking.ordinal
    ).count()


def filled(days: Sequence[VisitDay]) -> dict[int, tuple[int, int]]:
    """By day: how many places are taken or kept, and how many wait. One query."""
    rows = (
        Booking.objects.filter(day__in=[day.pk for day in days])
        .values("day")
        .annotate(
            taken=Count("pk", filter=Q(state=BookingState.BOOKED)),
            waiting=Count("pk", filter=Q(state=BookingState.WAITING)),
        )
    )
    return {row["day"]: (row["taken"], row["waiting"]) for row in rows}
