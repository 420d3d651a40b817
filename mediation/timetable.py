"""The week of rooms and of people, the board of rooms, and a mediator's day. No page here names a case that its reader
may not read: a taken time is a taken time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet

from accounts.actor import Actor
from accounts.models import Unit, User
from core.timekeeping import SHANGHAI, local_day, now
from mediation.enums import State
from mediation.models import Dispute, MediationCase, Room, RoomDuty, Session
from mediation.selectors import mediators_today
from mediation.week import day_words

#: Rows of a week, and rooms of a board.
MOST_ROWS = 60
DAYS = 7


@dataclass
class WeekRow:
    """A room or a person, with their sessions day by day from Monday on."""

    name: str
    days: list[list[Session]] = field(default_factory=lambda: [[] for _day in range(DAYS)])


@dataclass(frozen=True)
class Week:
    first: date
    rows: list[WeekRow]
    more: bool

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range(DAYS)]

    @property
    def before(self) -> date:
        return self.first - timedelta(days=DAYS)

    @property
    def after(self) -> date:
        return self.first + timedelta(days=DAYS)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week_of(first: date, *, by_people: bool, unit: Unit | None = None) -> Week:
    """Every room (or person of a room) below ``unit`` that has a session in the week, by name. Three queries."""
    start = datetime.combine(first, time.min, SHANGHAI)
    found = Session.objects.filter(
        cancelled_at=None, starts_at__gte=start, starts_at__lt=start + timedelta(days=DAYS)
    )
    if unit is not None:
        found = found.filter(room__unit__path__startswith=unit.path)
    rows: dict[tuple[str, int], WeekRow] = {}
    sessions = found.select_related("room", "mediator").prefetch_related("seats__user")
    for session in sessions.order_by("starts_at", "id"):
        for key, name in _owners(session, by_people=by_people):
            rows.setdefault((name, key), WeekRow(name)).days[(session.day - first).days].append(session)
    ordered = [rows[key] for key in sorted(rows)]
    return Week(first, ordered[:MOST_ROWS], len(ordered) > MOST_ROWS)


def _owners(session: Session, *, by_people: bool) -> Iterable[tuple[int, str]]:
    if by_people:
        return [(seat.user_id, seat.user.get_full_name()) for seat in session.seats.all()]
    return [(session.room_id, session.room.name)]


@dataclass(frozen=True)
class BoardLine:
    """One room today: its hours, who stands for it, and what is booked."""

    room: Room
    hours: str
    dean: User | None
    sessions: list[Session]


def board_of(unit: Unit, at: datetime | None = None) -> list[BoardLine]:
    """The rooms of a town, or of whatever ``unit`` stands above. Five queries."""
    today = local_day(at or now())
    rooms = Room.objects.filter(unit__path__startswith=unit.path).select_related("unit")
    shown = list(rooms.prefetch_related("opening")[:MOST_ROWS])
    deans = {
        duty.room_id: duty.user
        for duty in RoomDuty.objects.filter(day=today, room__in=shown).select_related("user")
    }
    booked: dict[int, list[Session]] = {}
    for session in _on(today).filter(room__in=shown).prefetch_related("seats__user"):
        booked.setdefault(session.room_id, []).append(session)
    return [
        BoardLine(
            room,
            day_words((row.span for row in room.opening.all()), today.weekday()),
            deans.get(room.pk),
            booked.get(room.pk, []),
        )
        for room in shown
    ]


def _on(day: date) -> QuerySet[Session]:
    start = datetime.combine(day, time.min, SHANGHAI)
    found = Session.objects.filter(
        cancelled_at=None, starts_at__gte=start, starts_at__lt=start + timedelta(days=1)
    )
    return found.select_related("room", "mediator").order_by("starts_at", "id")


@dataclass(frozen=True)
class Today:
    """A mediator's day, of cases the mediator reads."""

    sessions: list[Session]
    to_record: list[Session]
    waiting: list[MediationCase]
    to_take_up: list[Dispute]
    duties: list[RoomDuty]


def day_of(actor: Actor, at: datetime | None = None) -> Today:
    """What is today, what is over and not recorded, who has not said yes or no yet, which disputes wait in one's rooms,
    and which rooms one stands for."""
    at = at or now()
    mine = MediationCase.objects.visible_to(actor).values("pk")
    own = Session.objects.filter(seats__user=actor.user, cancelled_at=None, mediation__in=mine)
    own = own.select_related(
        "room", "mediator", "mediation__petition", "mediation__dispute"
    ).prefetch_related("seats__user")
    start = datetime.combine(local_day(at), time.min, SHANGHAI)
    to_record = own.filter(held_at=None, ends_at__lte=at, starts_at__gte=at - timedelta(days=30))
    waiting = MediationCase.objects.visible_to(actor).filter(state=State.WAITING_CONSENT)
    return Today(
        sessions=list(
            own.filter(starts_at__gte=start, starts_at__lt=start + timedelta(days=1)).order_by("starts_at")
        ),
        to_record=list(to_record.order_by("starts_at")[:20]),
        waiting=list(waiting.select_related("petition", "dispute", "room").order_by("opened_at")[:20]),
        to_take_up=list(Dispute.objects.visible_to(actor).to_take_up()[:20]),
        duties=list(RoomDuty.objects.filter(user=actor.user, day=local_day(at)).select_related("room")),
    )


def mediators_with_load() -> QuerySet[User]:
    """Mediators in office with their cards, and ``load``: the mediations that are open in their hands. By name,
    in five queries."""
    running = Count("mediations", filter=Q(mediations__ended_at=None), distinct=True)
    more = ("mediator_card__villages", "mediator_card__pools", "mediator_card__available", "mediation_rooms")
    return mediators_today().annotate(load=running).select_related("mediator_card").prefetch_related(*more)
