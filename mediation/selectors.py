"""What the pages of this room show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db.models import F, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import User
from core.text import mask_name
from core.timekeeping import local_day, now
from mediation import rules
from mediation.enums import Result, Side, State
from mediation.models import (
    Bar,
    Consent,
    Dispute,
    Ladder,
    MediationCase,
    Mediator,
    Party,
    Room,
    Seat,
    Session,
    Stay,
    StayClock,
)
from mediation.services import matters
from mediation.services.matters import Matter
from petitions import rules as petition_rules
from petitions.extensions import Part, Work
from petitions.models import Petition
from petitions.selectors.veiling import veil

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


def mediations_of(matter: Matter) -> list[MediationCase]:
    """Every attempt on a case or a dispute, the open one or the latest first, with parties, consents, sessions, levels
    and who may not mediate. Eight queries."""
    sessions = Session.objects.select_related("room", "mediator").prefetch_related("seats__user")
    stays = Stay.objects.select_related("level", "room", "mediator")
    return list(
        matter.mediations.with_recused_mark()
        .select_related("room__unit", "mediator", "petition", "dispute")
        .prefetch_related(
            "consents",
            "parties",
            Prefetch("bars", queryset=Bar.objects.select_related("user")),
            Prefetch("sessions", queryset=sessions),
            Prefetch("stays", queryset=stays),
        )
        .order_by("-opened_at", "-id")
    )


@dataclass(frozen=True)
class PartyLine:
    """One party as a reader sees them; ``name`` is masked, or a word in its place, where the reader must not know."""

    party: Party
    side: str
    name: str
    consent: Consent | None


def party_lines(mediation: MediationCase, actor: Actor) -> list[PartyLine]:
    """Those it is between now, the petitioner's side first. No query beside what ``mediations_of`` read, and one for
    the petitioner's name."""
    living = {one.party_id: one for one in mediation.consents.all() if one.withdrawn_at is None}
    here = [one for one in mediation.parties.all() if one.left_at is None]
    here.sort(key=lambda one: (one.side != Side.PETITIONER, one.pk))
    return [
        PartyLine(
            one,
            Side(one.side).called_in(mediation),
            _name_for(one, mediation.matter, actor),
            living.get(one.pk),
        )
        for one in here
    ]


def sit_apart(mediation: MediationCase) -> bool:
    """Whether somebody must not meet the other side: then every session is held with each side by itself."""
    return any(one.must_sit_apart for one in mediation.parties.all() if one.left_at is None)


def _name_for(party: Party, matter: Matter, actor: Actor) -> str:
    if party.is_petitioner and isinstance(matter, Petition):
        if not petition_rules.knows_petitioner(matter, actor):
            return _("身份保密")
        first = matter.persons.order_by("ordinal").first()
        return mask_name(str(first.name)) if first is not None and first.name else _("信访人")
    of = matter if party.is_petitioner and isinstance(matter, Dispute) else party
    name = str(of.name)
    return name if rules.reads_record(actor) else mask_name(name)


def label_of(party: Party) -> str:
    """For a list to choose from: of the petitioner only that it is the petitioner."""
    side = Side(party.side).called_in(party.mediation)
    return side if party.is_petitioner else f"{party.name}（{side}）"


@dataclass(frozen=True)
class Standing:
    """Where a matter stands on its ladder. ``left``: attempts that remain; None: as many as needed."""

    stay: Stay
    failed: int
    left: int | None
    due_on: date | None

    @property
    def is_spent(self) -> bool:
        return self.left == 0


def standing_of(mediation: MediationCase) -> Standing | None:
    """None where it stands on no ladder. One query beside what ``mediations_of`` read."""
    stay = next((one for one in mediation.stays.all() if one.ended_at is None), None)
    if stay is None or stay.level is None:
        return None
    failed = sum(
        1 for one in mediation.sessions.all() if one.stay_id == stay.pk and one.result == Result.NOT_AGREED
    )
    left = None if stay.level.attempts is None else max(stay.level.attempts - failed, 0)
    clock = StayClock.objects.filter(stay=stay, stopped_at=None).first()
    return Standing(stay, failed, left, local_day(clock.due_at) if clock is not None else None)


def ladders() -> QuerySet[Ladder]:
    """Those in force, the district's first, with their levels. Two queries."""
    found = Ladder.objects.filter(ended_at=None).select_related("unit").prefetch_related("levels")
    return found.order_by(F("unit__path").asc(nulls_first=True))


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
            settled=one.result == Result.AGREED,
        )
        for one in rows[:MOST_WORKS]
    ]


def own_part(matter: Matter, at: datetime) -> Part | None:
    """On the petitioner's own page, or that of whoever brought a dispute: whether one is asked, where and when one
    meets, and the way out of it."""
    found = matter.mediations.filter(ended_at=None).select_related("room", "mediator")
    mediation = found.first() if not matter.sealed else None
    if mediation is None:
        return None
    own = mediation.parties.filter(is_petitioner=True).first()
    room = "own" if mediation.dispute_id is not None else "mine"
    agree, decline = reverse(f"mediation:{room}_agree"), reverse(f"mediation:{room}_decline")
    return part_of(mediation, own, at, agree=agree, decline=decline)


def part_of(mediation: MediationCase, own: Party | None, at: datetime, *, agree: str, decline: str) -> Part:
    """The same for one party of an open mediation; ``agree`` and ``decline``: where the two buttons go."""
    planned = mediation.sessions.filter(cancelled_at=None, held_at=None, ends_at__gt=at).select_related(
        "room"
    )
    session = planned.order_by("starts_at").first()
    side = Side.PETITIONER if own is None else own.side
    return Part(
        "mediation/own_part.html",
        {
            "mediation": mediation,
            "agreed": own is not None and own.consents.filter(withdrawn_at=None).exists(),
            "waits": mediation.state == State.WAITING_CONSENT,
            "session": session,
            "comes_at": session.comes_at(side) if session is not None else None,
            "apart": sit_apart(mediation),
            "dispute": mediation.dispute_id is not None,
            "petitioner": own is None or own.is_petitioner,
            "agree": agree,
            "decline": decline,
        },
    )


def veil_records(found: list[MediationCase], matter: Matter, actor: Actor) -> None:
    """Give each session what of its record and agreement is printed for this reader: ``record_shown`` and
    ``agreement_shown``, without the petitioner's name where the reader must not know it."""
    if isinstance(matter, Dispute):
        for session in (one for mediation in found for one in mediation.sessions.all()):
            session.record_shown, session.agreement_shown = session.record, session.agreement
        return
    for mediation in found:
        given = {consent.who for consent in mediation.consents.all() if consent.side == Side.PETITIONER}
        for session in mediation.sessions.all():
            session.record_shown = veil(matter, actor, session.record, also=given)
            session.agreement_shown = veil(matter, actor, session.agreement, also=given)


def may_not_sit(mediation: MediationCase) -> list[int]:
    """Ids of mediators who are recused, barred from the matter, or hold a post in a unit complained of (条例 28)."""
    matter, people = mediation.matter, list(mediators_today().values_list("pk", flat=True))
    barred = mediation.bars.values_list("user_id", flat=True)
    other = matters.posted_on_the_other_side(matter, people, now())
    return sorted({*matters.recused_from(matter), *other, *barred})


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
    return list(
        planned.select_related("room", "mediation__petition", "mediation__dispute").order_by(
            "starts_at", "id"
        )[:20]
    )


def published_rooms() -> QuerySet[Room]:
    return Room.objects.filter(published=True).select_related("unit").prefetch_related("opening")


def shown_mediators(room: Room) -> QuerySet[Mediator]:
    """Cards of this room's mediators in office who agreed that residents read their name. Two queries at most."""
    people = mediators_today().filter(mediation_rooms=room)
    return Mediator.objects.filter(shown=True, user__in=people).select_related("user")


def mediators_today(at: datetime | None = None) -> QuerySet[User]:
    """People who hold a mediator's post today."""
    from accounts.models import Post

    posts = Post.objects.current(local_day(at or now())).filter(role=Role.MEDIATOR)
    return User.objects.filter(pk__in=posts.values("user")).order_by("name", "id")
