"""What the page of one session shows, for one reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.timekeeping import now
from mediation import rules, selectors, session_rules
from mediation.enums import Side
from mediation.models import (
    Agenda,
    Attendee,
    MediationCase,
    Minute,
    Party,
    ProposalAnswer,
    Recording,
    RecordingConsent,
    Session,
)
from mediation.services import links
from mediation.services.matters import Matter
from mediation.session_enums import AsWhat, SessionAct
from petitions.extensions import Part
from petitions.models import Petition
from petitions.selectors.veiling import Veil


@dataclass(frozen=True)
class Here:
    """Somebody who is or was there, as this reader may know them."""

    row: Attendee
    name: str


@dataclass(frozen=True)
class Offer:
    """A proposal with what each party said to it."""

    pk: int
    by: str
    text: str
    answers: list[tuple[str, ProposalAnswer]]
    waiting: list[tuple[Party, str]]


@dataclass(frozen=True)
class Apart:
    """That there were talks with one party alone, and how many pieces were written down; not a word of them."""

    party: Party
    name: str
    count: int


@dataclass(frozen=True)
class Taken:
    """A recording with its consents; ``missing``: those who are there and have not agreed."""

    row: Recording
    consents: list[tuple[str, RecordingConsent]]
    missing: list[Here]
    is_kept: bool

    @property
    def may_be_kept(self) -> bool:
        """It ran, has stopped, and nobody took their consent back."""
        row = self.row
        ran = row.started_at is not None and row.stopped_at is not None
        return ran and row.kept_at is None and not row.taken_back


def mediation_of(session: Session) -> MediationCase:
    """With what ``selectors.party_lines`` reads. Three queries."""
    found: MediationCase = (
        MediationCase.objects.select_related("petition", "dispute", "room", "mediator")
        .prefetch_related("parties", "consents")
        .get(pk=session.mediation_id)
    )
    return found


def mediation_of_party(party: Party) -> MediationCase:
    """With its consents, for ``cover``. Two queries."""
    found = MediationCase.objects.select_related("petition", "dispute").prefetch_related("consents")
    mediation: MediationCase = found.get(pk=party.mediation_id)
    return mediation


def cover(mediation: MediationCase, actor: Actor) -> Callable[[str], str]:
    """Takes the petitioner's name out of a text where the reader must not know it."""
    petition = mediation.petition
    if petition is None:
        return lambda text: text  # whoever reads a dispute reads who brought it
    given = {one.who for one in mediation.consents.all() if one.side == Side.PETITIONER}
    return Veil(petition, actor, given)


def names_of(mediation: MediationCase, actor: Actor) -> dict[int, str]:
    """What each party is called for this reader; of the petitioner that it is the petitioner."""
    lines = {line.party.pk: line.name for line in selectors.party_lines(mediation, actor)}
    gone = _("已退出的当事人")
    return {
        one.pk: f"{Side(one.side).called_in(mediation)} {lines[one.pk]}" if one.pk in lines else gone
        for one in mediation.parties.all()
    }


def page_of(session: Session, actor: Actor, at: datetime | None = None) -> dict[str, Any]:
    """What stands on the page of a session. The same number of queries for one row and for many."""
    at = at or now()
    mediation = mediation_of(session)
    session.mediation = mediation
    may = {act.value: session_rules.may(act, actor, session) for act in SessionAct}
    may["write"] = may["minute"] and mediation.is_open and session.cancelled_at is None
    context: dict[str, Any] = {
        "session": session,
        "mediation": mediation,
        "may": may,
        "begun": session.has_begun(at),
        "reads": rules.reads_record(actor),
        "apart": session.apart,
        "links": links.shown(session, at) if may["minute"] else [],
        "has_link": may["minute"] and any(links.holds(one, session) for one in session.links.all()),
    }
    if not context["reads"]:
        return context
    names, covered = names_of(mediation, actor), cover(mediation, actor)
    here = _here(session, names, sits=may["minute"])
    return context | {
        "points": [covered(one) for one in _points(session)],
        "here": here,
        "minutes": _in_order(session, covered),
        "talks": _talks(session, names) if may["read_apart"] else [],
        "offers": _offers(session, mediation, names, covered),
        "recordings": _recordings(session, here, at),
        "agreement": covered(session.agreement),
    }


def noted_in(mediation: MediationCase, actor: Actor) -> list[tuple[Session, list[str]]]:
    """What was written down jointly in each session that was held, for whoever writes the agreement: the reading of the
    session itself has ended with the mediation. One query for each session."""
    covered = cover(mediation, actor)
    held = mediation.sessions.filter(held_at__isnull=False).order_by("starts_at")
    return [
        (one, [covered(text) for text in [*(minute.text for minute in _joint(one)), one.record]])
        for one in held
    ]


def _points(session: Session) -> list[str]:
    found = Agenda.objects.filter(session=session).first()
    return found.points if found is not None else []


def _here(session: Session, names: dict[int, str], *, sits: bool) -> list[Here]:
    """Companions by name for the mediators of the session alone; for others only as what they came."""
    found = []
    for one in session.attendees.all():
        with_whom = names.get(one.party_id or 0, "")
        if one.as_what == AsWhat.PARTY:
            name = with_whom
        elif sits:
            name = f"{one.name}（{with_whom}）" if with_whom else str(one.name)
        else:
            name = with_whom
        found.append(Here(one, name))
    return found


def _in_order(session: Session, covered: Callable[[str], str]) -> list[tuple[datetime, str, str, bool]]:
    """When, who, what, and whether it is the record: pieces of the minutes and the record as they were written."""
    found = [(one.at, str(one.by or ""), covered(one.text), False) for one in _joint(session)]
    if session.held_at is not None:
        found.append((session.held_at, str(session.recorded_by or ""), covered(session.record), True))
    return sorted(found, key=lambda one: one[0])


def _joint(session: Session) -> list[Minute]:
    return list(session.minutes.filter(about=None).select_related("by"))


def _talks(session: Session, names: dict[int, str]) -> list[Apart]:
    counts: dict[Party, int] = {}
    for one in session.minutes.exclude(about=None).select_related("about").defer("text"):
        if one.about is not None:
            counts[one.about] = counts.get(one.about, 0) + 1
    return [Apart(party, names.get(party.pk, ""), count) for party, count in counts.items()]


def _offers(
    session: Session, mediation: MediationCase, names: dict[int, str], covered: Callable[[str], str]
) -> list[Offer]:
    here = [one for one in mediation.parties.all() if one.left_at is None]
    found = []
    for one in session.proposals.prefetch_related("answers"):
        answers = list(one.answers.all())
        said = {answer.party_id for answer in answers}
        found.append(
            Offer(
                pk=one.pk,
                by=names.get(one.party_id or 0, "") or _("调解员"),
                text=covered(one.text),
                answers=[(names.get(answer.party_id, ""), answer) for answer in answers],
                waiting=[
                    (party, names[party.pk])
                    for party in here
                    if party.pk not in said and party.pk != one.party_id
                ],
            )
        )
    return found


def _recordings(session: Session, here: list[Here], at: datetime) -> list[Taken]:
    by_id = {one.row.pk: one for one in here}
    consents = RecordingConsent.objects.order_by("id")
    found = session.recordings.prefetch_related(Prefetch("consents", queryset=consents))
    taken = []
    for row in found:
        living = {one.attendee_id for one in row.consents.all() if one.withdrawn_at is None}
        words = [
            (f"{by_id[one.attendee_id].row.get_as_what_display()} {by_id[one.attendee_id].name}", one)
            for one in row.consents.all()
        ]
        missing = [one for one in here if one.row.left_at is None and one.row.pk not in living]
        taken.append(Taken(row, words, missing, row.is_kept(at)))
    return taken


def own_consents(matter: Matter) -> list[RecordingConsent]:
    """Living consents to be recorded of whoever brought it, of what runs, will run or is kept. One query."""
    if matter.sealed:
        return []
    found = _living_consents().filter(attendee__party__is_petitioner=True)
    return list(found.filter(recording__session__mediation__in=matter.mediations.all()))


def consents_of(party: Party) -> list[RecordingConsent]:
    """The same of one party. One query."""
    return list(_living_consents().filter(attendee__party=party))


def _living_consents() -> QuerySet[RecordingConsent]:
    """Of parties themselves; companions take theirs back through the mediator."""
    found = RecordingConsent.objects.filter(
        attendee__as_what=AsWhat.PARTY, recording__gone_at=None, withdrawn_at=None
    )
    return found.select_related("attendee__party", "recording__session")


def own_recording(matter: Matter, at: datetime) -> Part | None:
    """On the own page: that they agreed to be recorded, and the way out of it (个人信息保护法 15)."""
    room = "mine" if isinstance(matter, Petition) else "own"
    return recording_part(own_consents(matter), reverse(f"mediation:{room}_not_recorded"))


def recording_part(found: list[RecordingConsent], url: str) -> Part | None:
    if not found:
        return None
    sessions = [one.recording.session for one in found]
    return Part("mediation/own_recording.html", {"sessions": sessions, "url": url})


def own_link(matter: Matter, at: datetime) -> Part | None:
    """On the own page of whoever brought it: where to meet online, shortly before the session and until it ends."""
    if matter.sealed:
        return None
    sessions = Session.objects.filter(mediation__in=matter.mediations.all(), mediation__ended_at=None)
    return link_part(sessions, Side.PETITIONER, at)


def link_part(sessions: QuerySet[Session], side: str, at: datetime) -> Part | None:
    """Of the first of these sessions that has a link for this side now."""
    early = timedelta(minutes=settings.MEDIATION_LINK_MINUTES)
    coming = sessions.filter(cancelled_at=None, held_at=None, starts_at__lte=at + early, ends_at__gt=at)
    for session in coming.prefetch_related("links").order_by("starts_at"):
        if url := links.for_side(session, side, at):
            return Part("mediation/own_link.html", {"session": session, "url": url})
    return None
