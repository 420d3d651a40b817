"""Does what was planned, through the same doors as the screens, with time moved. One function per act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from accounts.actor import Actor
from core.timekeeping import local_day
from demo import wording
from demo.draft import AT_COUNTER, Draft
from demo.world import World
from petitions.enums import Act, CallOutcome, Kind, Path, Rating, RefusalReason, ServiceMethod, Status
from petitions.models import Petition
from petitions.services import following, forwarding, handling
from petitions.services.registering import NewPetition, register
from petitions.workflow import step_for

Door = Callable[..., None]
#: Acts that are left out where the case has moved on meanwhile, as people would leave them out.
WHERE_POSSIBLE = {
    "respond": Act.RESPOND,
    "call": Act.CALL,
    "call_missed": Act.CALL,
    "name": Act.NAME_RESPONSIBLE,
    "first_round": Act.FIRST_ROUND,
    "note": Act.NOTE,
    "visit": Act.VISIT,
    "supplement": Act.SUPPLEMENT,
    "supervise": Act.SUPERVISE,
    "co_answer": Act.CO_ANSWER,
    "link": Act.LINK,
    "close": Act.CLOSE,
}


def perform(world: World, draft: Draft, act: str, at: datetime, details: dict[str, Any]) -> None:
    """Do one planned act.

    Raises Refusal where the plan and the doors disagree: a fault of the plan, never of the data.
    """
    if act == "register":
        _register(world, draft, at)
        return
    petition = world.petitions[draft.index]
    if act in WHERE_POSSIBLE and step_for(Status(petition.status), WHERE_POSSIBLE[act]) is None:
        return
    DOORS[act](world, draft, petition, at, **details)


def new_petition(world: World, draft: Draft) -> NewPetition:
    """What was handed in, as the counter or the page would hand it to the door."""
    units = world.units
    typed_here = draft.channel in AT_COUNTER
    original = None
    if draft.repeat_of is not None and typed_here:
        original = world.petitions[draft.repeat_of]
    return NewPetition(
        channel=draft.channel,
        subject=draft.subject,
        body=draft.body,
        requests=draft.asks,
        persons=draft.persons,
        kind=draft.kind or "",
        category_id=world.categories.get(draft.matter.leaf) if typed_here or draft.index % 2 else None,
        place_unit=units[draft.place],
        place_text=draft.slots["road"] if draft.matter.rural is False else "",
        urgency=draft.urgency,
        complained_unit=units[draft.complained] if draft.complained else None,
        anonymous=draft.anonymous,
        confidential=draft.confidential,
        head_count=draft.heads,
        national_number=f"YS{local_day(draft.received_at):%Y%m%d}{draft.index:05d}" if draft.index % 9 == 0 else "",
        received_at=draft.received_at,
        repeat_of=original,
    )


def token(world: World, draft: Draft) -> str:
    """The form's token: the same county in the same installation keeps its query codes."""
    return f"demo:{world.seed}:{draft.index}"


def _register(world: World, draft: Draft, at: datetime) -> None:
    actor = world.actor(draft.registrar) if draft.registrar else Actor.petitioner()
    made = register(
        actor=actor,
        new=new_petition(world, draft),
        unit=world.units[draft.unit],
        token=token(world, draft),
        at=at,
    )
    world.petitions[draft.index], world.codes[draft.index] = made.petition, made.query_code


def _who(world: World, draft: Draft, who: str, by: str) -> Actor:
    """A named post, or whoever holds the case; on a sealed case only those of the route."""
    if who and not (world.petitions[draft.index].sealed):
        return world.actor(who)
    return world.holder(draft, by or "lead")


def _classify(world: World, draft: Draft, case: Petition, at: datetime, who: str) -> None:
    matter = draft.matter
    forwarding.classify(
        petition=case,
        actor=world.actor(who),
        kind=matter.kind,
        path=matter.path if matter.kind == Kind.APPEAL else None,
        category_id=world.categories.get(matter.leaf),
        at=at,
    )


def _respond(
    world: World, draft: Draft, case: Petition, at: datetime, text: str, who: str = "", by: str = ""
) -> None:
    handling.respond(petition=case, actor=_who(world, draft, who, by), text=text, at=at)


def _call(
    world: World,
    draft: Draft,
    case: Petition,
    at: datetime,
    text: str,
    meeting_at: datetime | None = None,
    outcome: CallOutcome = CallOutcome.REACHED,
    who: str = "",
    by: str = "",
) -> None:
    actor = _who(world, draft, who, by)
    handling.call(petition=case, actor=actor, outcome=outcome, text=text, meeting_at=meeting_at, at=at)


def _name(world: World, draft: Draft, case: Petition, at: datetime, by: str) -> None:
    actor = world.holder(draft, by)
    if case.lead_unit_id is not None:
        user = world.holder(draft).user
    else:
        user = world.actor(draft.unit if draft.unit != "petition_office" else "officer2").user
    assert user is not None
    if case.responsible_id != user.pk:
        handling.name_responsible(petition=case, actor=actor, user=user, at=at)


def _first_round(world: World, draft: Draft, case: Petition, at: datetime, text: str, by: str) -> None:
    if case.responsible_id is not None:  # an agreed objection took the responsible person away
        handling.finish_first_round(petition=case, actor=world.holder(draft, by), text=text, at=at)


def _forward(
    world: World, draft: Draft, case: Petition, at: datetime, *, who: str, unit: str, co: list[str], due_on: Any, text: str
) -> None:
    actor, co_units = world.actor(who), [world.units[key] for key in co]
    if due_on is None:
        forwarding.forward(petition=case, actor=actor, unit=world.units[unit], co_units=co_units, note=text, at=at)
    else:
        forwarding.assign(
            petition=case,
            actor=actor,
            unit=world.units[unit],
            co_units=co_units,
            feedback_due_on=due_on,
            demand=text,
            at=at,
        )


def _object(world: World, draft: Draft, case: Petition, at: datetime, unit: str, right: str, text: str) -> None:
    suggested = world.units[right]
    forwarding.object_to(
        petition=case,
        actor=world.holder(draft),
        reason=text.format(right=suggested.label),
        suggested_unit=suggested,
        at=at,
    )


def _agree(world: World, draft: Draft, case: Petition, at: datetime, who: str, text: str) -> None:
    forwarding.decide_objection(petition=case, actor=world.actor(who), agree=True, decision=text, at=at)


def _reject(world: World, draft: Draft, case: Petition, at: datetime, who: str, text: str) -> None:
    forwarding.decide_objection(petition=case, actor=world.actor(who), agree=False, decision=text, at=at)


def _accept(world: World, draft: Draft, case: Petition, at: datetime) -> None:
    matter = draft.matter
    forwarding.accept(
        petition=case,
        actor=world.holder(draft),
        kind=matter.kind,
        path=Path(matter.path) if matter.kind == Kind.APPEAL else None,
        at=at,
    )


def _refuse(world: World, draft: Draft, case: Petition, at: datetime, reason: str) -> None:
    explanation, where = wording.REFUSALS[reason]
    forwarding.refuse(
        petition=case,
        actor=world.holder(draft),
        reason=RefusalReason(reason),
        explanation=explanation,
        where_to_go=where,
        at=at,
    )


def _note(world: World, draft: Draft, case: Petition, at: datetime, text: str) -> None:
    handling.note(petition=case, actor=world.holder(draft), text=text, at=at)


def _visit(world: World, draft: Draft, case: Petition, at: datetime, text: str) -> None:
    handling.visit(petition=case, actor=world.holder(draft), text=text, at=at)


def _co_answer(world: World, draft: Draft, case: Petition, at: datetime, text: str) -> None:
    co = next((details["co"] for _at, act, details in reversed(draft.acts) if act == "forward"), [])
    for key in co:
        handling.co_answer(petition=case, actor=world.actor(key), text=text, at=at)


def _extend(world: World, draft: Draft, case: Petition, at: datetime, days: int, text: str) -> None:
    handling.extend(petition=case, actor=world.head(draft), days=days, reason=text, at=at)


def _conclude(world: World, draft: Draft, case: Petition, at: datetime, outcomes: list[Any]) -> None:
    assert case.accepted_at is not None
    opinion = case.kind == Kind.APPEAL and case.path == Path.PETITION
    given = wording.opinions(draft.rng, draft.matter, draft.slots, outcomes)
    text = wording.reply(
        draft.rng,
        draft.matter,
        draft.slots,
        subject=draft.subject,
        accepted_on=local_day(case.accepted_at),
        asked=draft.asks,
        given=given,
        review=world.reviewer(draft) if opinion else "",
    )
    rows = case.requests.order_by("ordinal").values_list("pk", flat=True)
    handling.conclude(
        petition=case,
        actor=world.holder(draft),
        text=text,
        basis=draft.matter.basis,
        outcomes={pk: pair for pk, pair in zip(rows, zip(outcomes, given, strict=True), strict=True)},
        at=at,
    )


def _serve(world: World, draft: Draft, case: Petition, at: datetime, method: ServiceMethod) -> None:
    proof = {
        ServiceMethod.LEFT: "社区网格员两人在场见证,拍照留存。",
        ServiceMethod.PUBLIC: "在县政府网站和村(社区)公告栏公告。",
        ServiceMethod.POST: f"挂号信 QJ{draft.index:08d}",
    }.get(method, "")
    recipient = draft.persons[0].name if draft.persons else "公告"
    handling.serve(
        petition=case,
        actor=world.holder(draft),
        method=method,
        served_at=at,
        recipient=recipient or "本人",
        signed=method not in {ServiceMethod.LEFT, ServiceMethod.PUBLIC},
        proof=proof,
        at=at,
    )


def _evaluate(
    world: World, draft: Draft, case: Petition, at: datetime, office_rating: int, unit_rating: int, comment: str
) -> None:
    following.evaluate(
        petition=case,
        actor=Actor.petitioner(),
        office_rating=Rating(office_rating),
        unit_rating=Rating(unit_rating),
        comment=comment,
        at=at,
    )


def _supplement(world: World, draft: Draft, case: Petition, at: datetime, text: str) -> None:
    following.supplement(petition=case, actor=Actor.petitioner(), text=text, at=at)


def _supervise(world: World, draft: Draft, case: Petition, at: datetime, text: str) -> None:
    following.supervise(petition=case, actor=world.actor("inspector"), text=text, at=at)


def _link(world: World, draft: Draft, case: Petition, at: datetime) -> None:
    assert draft.repeat_of is not None
    original = world.petitions[draft.repeat_of]
    following.link(petition=case, actor=world.actor("officer3"), original=original, at=at)


def _close(world: World, draft: Draft, case: Petition, at: datetime, by: str) -> None:
    following.close(petition=case, actor=world.holder(draft, by), at=at)


DOORS: dict[str, Door] = {
    "classify": _classify,
    "respond": _respond,
    "call": _call,
    "call_missed": _call,
    "name": _name,
    "first_round": _first_round,
    "forward": _forward,
    "object": _object,
    "agree": _agree,
    "reject": _reject,
    "accept": _accept,
    "refuse": _refuse,
    "note": _note,
    "visit": _visit,
    "co_answer": _co_answer,
    "extend": _extend,
    "conclude": _conclude,
    "serve": _serve,
    "evaluate": _evaluate,
    "supplement": _supplement,
    "supervise": _supervise,
    "link": _link,
    "close": _close,
}
