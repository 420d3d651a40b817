"""What the pages of this room show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db.models import Prefetch, Q, QuerySet

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import User
from core.timekeeping import local_day, now
from mediation.enums import Side
from mediation.models import MediationCase, Mediator, Room, Seat, Session
from petitions.extensions import Work
from petitions.models import Petition
from petitions.rules import recused_from
from petitions.selectors.veiling import veil
from petitions.services import complained

#: Attempts shown on the page of another room.
MOST_WORKS = 20
#: How far ahead the schedule form shows taken times.
AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class TakenDay:
    """Taken times of one day, earliest first."""

    day: date
    sessions: list[Session]


def taken_times(room: Room, at: datetime | None = None) -> list[TakenDay]:
    """When the room or one of its mediators is taken in the next two weeks. Four queries."""
    at = at or now()
    people = list(room.mediators.values_list("pk", flat=True))
    sessions = (
        Session.objects.filter(cancelled_at=None, ends_at__gt=at, starts_at__lt=at + AHEAD)
        .filter(Q(room=room) | Q(pk__in=Seat.objects.filter(user__in=people).values("session")))
        .select_related("room", "mediator")
        .prefetch_related("seats__user")
        .order_by("starts_at", "id")
    )
    return [TakenDay(day, list(found)) for day, found in groupby(sessions, key=lambda session: session.day)]


def mediations_of(petition: Petition) -> list[MediationCase]:
    """Every attempt on a case, the open one or the latest first, with consents and sessions. Five queries."""
    sessions = Session.objects.select_related("room", "mediator").prefetch_related("seats__user")
    return list(
        MediationCase.objects.filter(petition=petition)
        .with_recused_mark()
        .select_related("room__unit", "mediator", "petition")
        .prefetch_related("consents", Prefetch("sessions", queryset=sessions))
        .order_by("-opened_at", "-id")
    )


def works_on(cases: Sequence[Petition], actor: Actor) -> list[Work]:
    """The attempts on these cases, for the pages of other rooms: that there is one and how it stands, nothing of what
    was said (人民调解法 4). One query."""
    found = MediationCase.objects.visible_to(actor).filter(petition__in=cases)
    rows = found.select_related("petition", "room", "mediator").order_by("-opened_at", "-id")
    return [
        Work(
            petition=one.petition,
            since=one.opened_at,
            words=f"{one.room} · {one.mediator}",
            state=one.get_result_display() or one.get_state_display(),
            tone=one.state_tone,
            url=one.get_absolute_url(),
        )
        for one in rows[:MOST_WORKS]
    ]


def veil_records(found: list[MediationCase], petition: Petition, actor: Actor) -> None:
    """Give each session what of its record and agreement is printed for this reader: ``record_shown`` and
    ``agreement_shown``, without the petitioner's name where the reader must not know it."""
    for mediation in found:
        given = {consent.who for consent in mediation.consents.all() if consent.side == Side.PETITIONER}
        for session in mediation.sessions.all():
            session.record_shown = veil(petition, actor, session.record, also=given)
            session.agreement_shown = veil(petition, actor, session.agreement, also=given)


def petition_of(mediation: MediationCase) -> Petition | None:
    """The case it came from; a dispute may come here without one."""
    return mediation.petition


def may_not_sit(mediation: MediationCase) -> list[int]:
    """Ids of mediators who are recused, or hold a post in a unit complained of (条例 28)."""
    petition = petition_of(mediation)
    if petition is None:
        return []
    people = list(mediators_today().values_list("pk", flat=True))
    return sorted({*recused_from(petition), *complained.posted_in_one(petition, people, now())})


def asked_for_women(mediation: MediationCase) -> bool:
    """Whether a panel of women was asked for before: it is offered again, not asked for again."""
    return Session.objects.filter(mediation=mediation, women_only=True).exists()


def coming_sessions(actor: Actor, at: datetime | None = None) -> list[Session]:
    """A mediator's next sessions, and those that are over and not recorded yet, of cases the mediator reads; earliest
    first."""
    at = at or now()
    since = at - timedelta(days=30)
    planned = Session.objects.filter(
        seats__user=actor.user,
        cancelled_at=None,
        held_at=None,
        starts_at__gte=since,
        mediation__in=MediationCase.objects.visible_to(actor).values("pk"),
    )
    return list(planned.select_related("room", "mediation__petition").order_by("starts_at", "id")[:20])


def published_rooms() -> QuerySet[Room]:
    return Room.objects.filter(published=True).select_related("unit")


def shown_mediators(room: Room) -> QuerySet[Mediator]:
    """Cards of this room's mediators in office who agreed that residents read their name. Two queries at most."""
    people = mediators_today().filter(mediation_rooms=room)
    return Mediator.objects.filter(shown=True, user__in=people).select_related("user")


def mediators_today(at: datetime | None = None) -> QuerySet[User]:
    """People who hold a mediator's post today."""
    from accounts.models import Post

    posts = Post.objects.current(local_day(at or now())).filter(role=Role.MEDIATOR)
    return User.objects.filter(pk__in=posts.values("user")).order_by("name", "id")
