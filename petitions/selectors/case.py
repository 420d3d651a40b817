"""Everything one case page shows, read in a fixed number of queries, and what of it this reader may know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import User
from petitions import extensions, rules
from petitions.archive_enums import ArchiveAct
from petitions.enums import Act, Kind, PersonRole, RecusalGround, Status
from petitions.models import Petition, PetitionClock, Share
from petitions.selectors import material
from petitions.selectors.handled import closing_reports, records
from petitions.selectors.hints import Hints
from petitions.selectors.veiling import over_case, veil
from petitions.services import codes, part_clocks
from petitions.workflow import UNTIL_MADE
from petitions.workflow import ClockCode as C

WITH_FORMS_ABOVE = frozenset(
    {Act.INSTRUCT, Act.RECEIVE, Act.MEDIATE, Act.SUPERVISE, Act.DISPATCH, Act.HEAR, Act.CONFER}
)
#: Acts of residents; they have no place at the desk.
NOT_AT_THE_DESK = frozenset(
    {Act.EVALUATE, Act.SUPPLEMENT, Act.ROUTE, Act.TAKE_BACK, Act.AMEND, Act.REVIEW, Act.REDO}
)
#: What is most likely done next in a state; the rest of the allowed acts wait under 更多.
LIKELY: dict[Status, tuple[Act, ...]] = {
    Status.REGISTERED: (Act.FORWARD, Act.GUIDE, Act.ASSIGN, Act.CLASSIFY, Act.REPORT_UP),
    Status.FORWARDED: (Act.ACCEPT, Act.OBJECT, Act.REFUSE, Act.CO_WEIGH, Act.CO_ANSWER),
    Status.OBJECTED: (Act.AGREE_OBJECTION, Act.REJECT_OBJECTION, Act.CO_ANSWER),
    Status.ACCEPTED: (
        Act.CONCLUDE,
        Act.ADOPT,
        Act.CO_WEIGH,
        Act.CONVERT,
        Act.CO_ANSWER,
        Act.EXTEND,
        Act.NOTE,
    ),
    Status.CONCLUDED: (Act.SERVE, Act.ACCEPT_REPORT, Act.RETURN_REPORT, Act.SEND_REPORT),
    Status.SERVED: (Act.ACCEPT_REPORT, Act.RETURN_REPORT, Act.SEND_REPORT),
    Status.EVALUATED: (Act.ACCEPT_REPORT, Act.RETURN_REPORT, Act.SEND_REPORT, Act.CLOSE),
    Status.REFUSED: (Act.GIVE_NOTICE, Act.CLOSE),
    Status.CLOSED: (Act.REPORT_UP,),
}
#: Acts that stand in the open as long as the clock they stop is running.
WHILE_RUNNING = (
    (C.NOTICE, Act.GIVE_NOTICE),
    (C.RESPOND, Act.RESPOND),
    (C.CALL, Act.CALL),
    (C.FIRST_ROUND, Act.NAME_RESPONSIBLE),
    (C.FIRST_ROUND, Act.FIRST_ROUND),
)
BY_ROLE = {Role.INSPECTOR: (Act.SUPERVISE,), Role.LEADER: (Act.INSTRUCT,), Role.MEDIATOR: (Act.MEDIATE,)}
MOST_IN_THE_OPEN = 4


@dataclass(frozen=True)
class NextStep:
    """One button of the next-step bar. ``dialog``: the form opens over the page where scripts run."""

    key: str
    label: str
    url: str
    note: str
    dialog: bool


@dataclass(frozen=True)
class PersonLine:
    """A person as this reader may see them; the masked values are made in the template."""

    ordinal: int
    kind: str
    person: Any
    known: bool
    revealable: bool
    check_failed: bool


def find(actor: Actor, number: str) -> Petition:
    """The case with that number within the reader's scope.

    Raises:
        Http404: there is none, or not for this reader; the two look the same.
    """
    running = PetitionClock.objects.filter(stopped_at__isnull=True).select_related("rule").order_by("due_at")
    case = (
        Petition.objects.visible_to(actor)
        .filter(number=number)
        # More joins than these take PostgreSQL longer to plan (40 ms) than the small queries below take together.
        .select_related(
            "lead_unit", "registered_unit", "category", "responsible", "reply", "service", "evaluation"
        )
        .prefetch_related(
            "lead_unit__review_superior",
            "lead_unit__parent",
            "complained_unit",
            "place_unit",
            "first_handler",
            "repeat_of",
            "joined_to",
            "reply__review_body",
            "reply__by",
            "service",
            "evaluation",
            "refusal",
            "extension__approved_by",
            Prefetch("shares", Share.objects.select_related("unit", "sent_from")),
            Prefetch("clocks", running, to_attr="running_clocks"),
        )
        .first()
    )
    if case is None:
        raise Http404
    return case


def beside(actor: Actor, number: str) -> dict[str, Any]:
    """The case's own words beside the form of an act, read anew: laid under the veil they must not be what a door
    saves."""
    petition = find(actor, number)
    context = {"petition": petition, "requests": list(petition.requests.all())}
    over_case(context, petition, actor)
    return context


def was_sent(petition: Petition, token: str) -> bool:
    """Whether a form with this token has already been a step of this case."""
    return petition.events.filter(submit_key=codes.submit_key(token)).exists()


def next_steps(petition: Petition, actor: Actor, at: datetime) -> tuple[list[NextStep], list[NextStep]]:
    """The buttons for this reader: those in the open, the likely one first, and the rest."""
    allowed = {
        step.act: step for step in rules.allowed_acts(petition, actor) if step.act not in NOT_AT_THE_DESK
    }
    for act, still in _STILL.items():
        if act in allowed and not still(petition, actor, at):
            del allowed[act]
    order = [act for act in _open_acts(petition, actor) if act in allowed][:MOST_IN_THE_OPEN]
    hints = Hints(petition, at) if allowed else None
    made: dict[Act, NextStep] = {}
    for act, step in allowed.items():
        url = _url(act, petition)
        if url and hints:
            made[act] = NextStep(act, str(act.label), url, hints.of(step), act not in WITH_FORMS_ABOVE)
    front = [made[act] for act in order if act in made]
    return front, [step for act, step in made.items() if step not in front]


def _may_object(petition: Petition, at: datetime) -> bool:
    """Within the five working days (条例 23). Whoever asks later is told by the door why it is too late."""
    running: list[Any] = petition.running_clocks  # type: ignore[attr-defined]
    return any(clock.rule.code == C.OBJECTION and at <= clock.due_at for clock in running)


def _may_be_extended(petition: Petition) -> bool:
    """Only the 60 days, once (条例 34); what is simplified is converted instead. The door says so in words."""
    running: list[Any] = petition.running_clocks  # type: ignore[attr-defined]
    sixty = [clock for clock in running if clock.rule.code == C.CONCLUSION]
    return not petition.simplified and any(not clock.extended_days for clock in sixty)


#: Acts that the table still knows and the door would refuse, because their time is over: no button for those.
_STILL: dict[Act, Callable[[Petition, Actor, datetime], bool]] = {
    Act.EXTEND: lambda case, actor, at: _may_be_extended(case),
    Act.OBJECT: lambda case, actor, at: _may_object(case, at),
    Act.CONCLUDE: lambda case, actor, at: case.kind != Kind.SUGGESTION or hasattr(case, "adoption"),
    Act.CO_OBJECT: lambda case, actor, at: bool(part_clocks.open_objections(case, actor, at)),
}


def _head_extends(petition: Petition, actor: Actor) -> bool:
    """Whether to tell a handler who it is that extends: their own page has no such act (条例 34)."""
    return (
        actor.role == Role.HANDLER
        and petition.status == Status.ACCEPTED
        and petition.lead_unit is not None
        and actor.unit is not None
        and petition.lead_unit.is_within(actor.unit)
        and _may_be_extended(petition)
    )


def _open_acts(petition: Petition, actor: Actor) -> list[Act]:
    """The order of the open buttons; acts that are not allowed fall out of it afterwards."""
    running = {clock.rule.code for clock in petition.running_clocks}  # type: ignore[attr-defined]
    likely = LIKELY[Status(petition.status)]
    first = 2 if petition.status == Status.OBJECTED else 1  # yes and no stand side by side
    timed = [
        act
        for code, act in WHILE_RUNNING
        if code in running
        and not (act == Act.NAME_RESPONSIBLE and petition.responsible_id)
        and not (act == Act.FIRST_ROUND and not petition.responsible_id)
    ]
    return list(
        dict.fromkeys([Act.SUCCEED, *BY_ROLE.get(actor.role, ()), *likely[:first], *timed, *likely[first:]])
    )


def _url(act: Act, petition: Petition) -> str:
    if act in WITH_FORMS_ABOVE:
        return extensions.url_of(act, petition)
    return reverse("petitions:act", args=[petition.number, act])


def timeline(petition: Petition, actor: Actor) -> list[Any]:
    """The history, newest first, each with the word of its act. What a leader wrote is for whoever must do it; what
    is demanded of a unit, for whoever sees that in the room above."""
    reads_instructions = _reads_instructions(petition, actor)
    events: list[Any] = list(petition.events.order_by("-at", "-id"))
    kept = extensions.words_kept(petition, actor, events)
    words = dict(Act.choices) | dict(ArchiveAct.choices)
    for event in events:
        event.label = words.get(event.act, event.act)
        if event.act == Act.INSTRUCT and not reads_instructions:
            event.who, event.text = "", _("领导批示")
        elif event.pk in kept:
            event.who, event.text = "", event.label
    return events


def _reads_instructions(petition: Petition, actor: Actor) -> bool:
    if actor.role in {Role.LEADER, Role.INSPECTOR}:
        return True
    if actor.unit is None:
        return False
    lead = petition.lead_unit is not None and petition.lead_unit.is_within(actor.unit)
    return lead or actor.unit.kind == UnitKind.PETITION_OFFICE


def people(petition: Petition, actor: Actor) -> list[PersonLine]:
    known, revealable = rules.knows_petitioner(petition, actor), rules.may_reveal(petition, actor)
    words = dict(PersonRole.choices)
    return [
        PersonLine(
            ordinal=person.ordinal,
            kind=str(words.get(person.role, person.role)),
            person=person if known else None,
            known=known,
            revealable=revealable,
            check_failed=known and person.id_check_failed,
        )
        for person in petition.persons.all()
    ]


def clocks(petition: Petition) -> list[PetitionClock]:
    """All clocks of the case: running ones by due date, then stopped ones, the last stopped first."""
    rows = list(petition.clocks.select_related("rule", "unit"))
    for clock in rows:
        clock.petition = petition
    running = sorted((c for c in rows if c.running), key=lambda c: c.due_at)
    stopped = sorted((c for c in rows if not c.running), key=lambda c: c.stopped_at, reverse=True)  # type: ignore[arg-type,return-value]
    return [*running, *stopped]


@dataclass(frozen=True)
class Made:
    """When the opinion that a clock waits for was made, and when it was served. ``sixty``: the limit is that of making
    it; whether 办结 includes the service the Regulation does not say."""

    made_at: datetime | None
    served_at: datetime | None
    sixty: bool


def made_and_served(clock: PetitionClock) -> Made | None:
    """Of the answer that the clock is about: after 责令重新办理 a case has several. None for other clocks."""
    code, case = clock.rule.code, clock.petition
    if code not in UNTIL_MADE | {C.SERVICE}:
        return None
    services = list(case.former_paperservice_set.order_by("id"))
    services += [case.service] if hasattr(case, "service") else []
    replies = list(case.former_reply_set.order_by("id"))
    replies += [case.reply] if hasattr(case, "reply") else []
    sixty = code in UNTIL_MADE
    for place, reply in enumerate(replies):
        later = replies[place + 1 :]
        if reply.at >= clock.started_at if sixty else all(one.at > clock.started_at for one in later):
            served = services[place].served_at if place < len(services) else None
            return Made(reply.made_at or (reply.at if served else None), served, sixty)
    return Made(None, None, sixty)


def notices(petition: Petition, actor: Actor) -> list[Any]:
    """How the petitioner was told of acceptance or refusal (条例 23), each with its proof (``words``). No query before
    that was decided."""
    if petition.status in {Status.REGISTERED, Status.FORWARDED, Status.OBJECTED}:
        return []
    rows: list[Any] = list(petition.written_notices.all())
    for row in rows:
        row.words = veil(petition, actor, row.proof, also=[row.recipient])
    return rows


def marks(petition: Petition) -> list[tuple[str, str]]:
    """Words with a tone: 简易, 重复, 集体访 or 联名, 密, 保密, 匿名, 紧急."""
    found: list[tuple[str, str]] = []
    if petition.sealed:
        found.append((_("密"), "sealed"))
    elif petition.confidential:
        found.append((_("保密"), "sealed"))
    if petition.urgency != "normal":
        found.append((petition.get_urgency_display(), "late"))
    if petition.notice_owed:
        found.append((_("待告知"), "soon"))
    if petition.simplified:
        found.append((_("简易"), "info"))
    if not petition.first_here:
        found.append((_("重复"), "soon"))
    if petition.is_mass_visit:
        found.append((_("集体访"), "soon"))
    elif petition.is_joint:
        found.append((_("联名"), "info"))
    if petition.anonymous:
        found.append((_("匿名"), "plain"))
    return found


def related(petition: Petition, actor: Actor) -> list[Petition]:
    """The original and the repeats that this reader may see."""
    root = petition.repeat_of_id or petition.pk
    mine = (
        Petition.objects.visible_to(actor)
        .exclude(pk=petition.pk)
        .only("number", "subject", "status", "confidential", "sealed", "complained_unit", "lead_unit")
    )
    family = mine.filter(pk=root) | mine.filter(repeat_of_id=root)
    return list(family.order_by("registered_at")[:20])


def complained_people(petition: Petition) -> list[User]:
    """The staff it complains of, by name. One query, on a case with recusals."""
    if not petition.has_recusals:
        return []
    out = petition.recusals.filter(ended_at=None, ground=RecusalGround.COMPLAINED_OF).select_related("user")
    return [one.user for one in out]


def page_context(petition: Petition, actor: Actor, at: datetime) -> dict[str, Any]:
    """What ``petition_detail.html`` shows, as this reader may have it: nothing of it is to be saved."""
    front, rare = next_steps(petition, actor, at)
    service = getattr(petition, "service", None)
    context = {
        "petition": petition,
        "marks": marks(petition),
        "steps": front,
        "rare": rare,
        "head_extends": _head_extends(petition, actor),
        "events": timeline(petition, actor),
        "people": people(petition, actor),
        "may_reveal": rules.may_reveal(petition, actor),
        "knows_petitioner": rules.knows_petitioner(petition, actor),
        "clocks": clocks(petition),
        "complained_people": complained_people(petition),
        "requests": list(petition.requests.all()),
        "attachments": list(petition.attachments.all()),
        "shares": list(petition.shares.all()),
        "objections": list(petition.objections.select_related("unit", "suggested_unit", "decided_by")),
        "records": records(petition),
        "reports": closing_reports(petition),
        "material": material.requests_of(petition, at),
        "related": related(petition, actor),
        "reply": getattr(petition, "reply", None),
        "service": service,
        "service_proof": veil(petition, actor, service.proof, also=[service.recipient]) if service else "",
        "notices": notices(petition, actor),
        "refusal": getattr(petition, "refusal", None),
        "extension": getattr(petition, "extension", None),
        "adoption": getattr(petition, "adoption", None) if petition.kind == Kind.SUGGESTION else None,
        "evaluation": getattr(petition, "evaluation", None)
        if rules.sees_evaluation(petition, actor)
        else None,
        "evaluation_hidden": hasattr(petition, "evaluation") and not rules.sees_evaluation(petition, actor),
    }
    over_case(context, petition, actor)
    return context
