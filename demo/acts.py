"""Does what was planned, through the same doors as the screens, with time moved. One function per act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from accounts.actor import Actor
from core.timekeeping import local_day
from demo import desk_acts, unit_acts
from demo.draft import AT_COUNTER, Draft
from demo.world import World
from petitions.enums import Act, Status
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
    "convert": Act.CONVERT,
    "link": Act.LINK,
    "ask": Act.REQUEST_MATERIAL,
    "send_report": Act.SEND_REPORT,
    "accept_report": Act.ACCEPT_REPORT,
    "return_report": Act.RETURN_REPORT,
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
        category_id=world.categories.get(draft.matter.leaf) if typed_here or draft.index % 3 else None,
        place_unit=units[draft.place],
        place_text=draft.slots["road"] if draft.matter.rural is False else "",
        urgency=draft.urgency,
        complained_unit=units[draft.complained] if draft.complained else None,
        anonymous=draft.anonymous,
        confidential=draft.confidential,
        head_count=draft.heads,
        national_number=f"YS{local_day(draft.received_at):%Y%m%d}{draft.index:05d}"
        if draft.index % 9 == 0
        else "",
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


DOORS: dict[str, Door] = {
    "classify": desk_acts.classify,
    "respond": unit_acts.respond,
    "call": unit_acts.call,
    "call_missed": unit_acts.call,
    "name": unit_acts.name,
    "first_round": unit_acts.first_round,
    "forward": desk_acts.forward,
    "object": unit_acts.object_to,
    "agree": desk_acts.agree,
    "reject": desk_acts.reject,
    "accept": unit_acts.accept,
    "refuse": unit_acts.refuse,
    "note": unit_acts.note,
    "visit": unit_acts.visit,
    "co_answer": unit_acts.co_answer,
    "convert": unit_acts.convert,
    "extend": unit_acts.extend,
    "conclude": unit_acts.conclude,
    "serve": unit_acts.serve,
    "ask": unit_acts.ask,
    "send_report": unit_acts.send_report,
    "accept_report": desk_acts.accept_report,
    "return_report": desk_acts.return_report,
    "evaluate": desk_acts.evaluate,
    "supplement": desk_acts.supplement,
    "supervise": desk_acts.supervise,
    "answer_supervision": desk_acts.answer_supervision,
    "link": desk_acts.link,
    "close": desk_acts.close,
}
