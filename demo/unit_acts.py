"""What the unit does that holds a case; the first calls also come from the petition office."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import prefetch_related_objects

from accounts.actor import Actor
from core.timekeeping import local_day
from demo import wording
from demo.draft import Draft
from demo.world import World
from petitions import rules
from petitions.enums import (
    Act,
    AdoptionDecision,
    CallOutcome,
    Channel,
    Kind,
    NoticeWay,
    Outcome,
    Path,
    RefusalReason,
    ServiceMethod,
    Status,
)
from petitions.models import Petition
from petitions.services import (
    adopting,
    answering,
    asking,
    forwarding,
    handling,
    noticing,
    parts,
    refusing,
    reporting,
    simplified,
)


def acting(world: World, draft: Draft, who: str, by: str) -> Actor:
    """A named post, or whoever holds the case; on a sealed case only those of the route."""
    if who and not (world.petitions[draft.index].sealed):
        return world.actor(who)
    return world.holder(draft, by or "lead")


def respond(
    world: World, draft: Draft, case: Petition, at: datetime, text: str, who: str = "", by: str = ""
) -> None:
    handling.respond(petition=case, actor=acting(world, draft, who, by), text=text, at=at)


def call(
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
    actor = acting(world, draft, who, by)
    handling.call(petition=case, actor=actor, outcome=outcome, text=text, meeting_at=meeting_at, at=at)


def name(world: World, draft: Draft, case: Petition, at: datetime, by: str) -> None:
    actor = world.holder(draft, by)
    if case.lead_unit_id is not None:
        user = world.holder(draft).user
    else:
        user = world.actor(draft.unit if draft.unit != "petition_office" else "officer2").user
    assert user is not None
    if case.responsible_id != user.pk:
        handling.name_responsible(petition=case, actor=actor, user=user, at=at)


def first_round(world: World, draft: Draft, case: Petition, at: datetime, text: str, by: str) -> None:
    if case.responsible_id is not None:  # an agreed objection took the responsible person away
        handling.finish_first_round(petition=case, actor=world.holder(draft, by), text=text, at=at)


def object_to(
    world: World, draft: Draft, case: Petition, at: datetime, unit: str, right: str, text: str
) -> None:
    suggested = world.units[right]
    forwarding.object_to(
        petition=case,
        actor=world.holder(draft),
        reason=text.format(right=suggested.label),
        suggested_unit=suggested,
        at=at,
    )


def accept(world: World, draft: Draft, case: Petition, at: datetime) -> None:
    matter = draft.matter
    # A set date, a co-unit or a second petition of the same matter may have come since it was planned.
    simplify = draft.simplified and not simplified.why_not(case, at)
    forwarding.accept(
        petition=case,
        actor=world.holder(draft),
        kind=matter.kind,
        path=Path(matter.path) if matter.kind == Kind.APPEAL else None,
        simplify=simplify,
        supportable=simplify,
        at=at,
    )
    tell(world, draft, case, at)


def tell(world: World, draft: Draft, case: Petition, at: datetime) -> None:
    """告知 (条例 23) on the same day: in hand to visitors, by post to others whom no page of their own told."""
    if not case.notice_owed:
        return
    visited = case.channel in {Channel.VISIT, Channel.RECEPTION}
    noticing.give_notice(
        petition=case,
        actor=world.holder(draft),
        way=NoticeWay.DIRECT if visited else NoticeWay.POST,
        told_at=at,
        recipient=(draft.persons[0].name if draft.persons else "") or "本人",
        proof="" if visited else f"挂号信 QJ{draft.index:08d}",
        at=at,
    )


def convert(world: World, draft: Draft, case: Petition, at: datetime, text: str) -> None:
    if case.simplified:
        simplified.convert(petition=case, actor=world.holder(draft), reason=text, at=at)


def refuse(world: World, draft: Draft, case: Petition, at: datetime, reason: str) -> None:
    original = case.repeat_of
    if reason == RefusalReason.IN_HAND_ELSEWHERE and original is not None and Status(original.status).is_open:
        # What its own original is about is in hand here, and not elsewhere; the plan did not know that they would meet.
        reason = RefusalReason.LEGAL_ROUTE.value
    explanation, where = wording.REFUSALS[reason]
    refusing.refuse(
        petition=case,
        actor=world.holder(draft),
        reason=RefusalReason(reason),
        explanation=explanation,
        where_to_go=where,
        ground=wording.GROUNDS.get(reason, "").format(year=local_day(at).year - 1),
        at=at,
    )
    tell(world, draft, case, at)


def note(world: World, draft: Draft, case: Petition, at: datetime, text: str) -> None:
    handling.note(petition=case, actor=world.holder(draft), text=text, at=at)


def visit(world: World, draft: Draft, case: Petition, at: datetime, text: str) -> None:
    handling.visit(petition=case, actor=world.holder(draft), text=text, at=at)


def ask(world: World, draft: Draft, case: Petition, at: datetime, items: str, due_on: date) -> None:
    asking.request_material(
        petition=case,
        actor=world.holder(draft),
        items=items,
        how=wording.HOW_TO_BRING,
        due_on=due_on,
        at=at,
    )


def co_answer(world: World, draft: Draft, case: Petition, at: datetime, text: str) -> None:
    co: list[str] = next(
        (details["co"] for _at, act, details in reversed(draft.acts) if act == "forward"), []
    )
    for key in co:
        parts.answer(petition=case, actor=world.actor(key), text=text, at=at)


def extend(world: World, draft: Draft, case: Petition, at: datetime, days: int, text: str) -> None:
    handling.extend(petition=case, actor=world.head(draft), days=days, reason=text, at=at)


#: What was decided on the suggestion, by what the answer says to it.
DECISIONS = {
    Outcome.SUPPORTED: AdoptionDecision.ADOPTED,
    Outcome.EXPLAINED: AdoptionDecision.KEPT,
    Outcome.NOT_SUPPORTED: AdoptionDecision.NOT_ADOPTED,
}


def _adopt(world: World, draft: Draft, case: Petition, at: datetime, outcomes: list[Outcome]) -> None:
    """研究采纳, on the day of the answer."""
    decision = DECISIONS[outcomes[0]] if outcomes else AdoptionDecision.KEPT
    adopted = decision.is_adopted
    adopting.adopt(
        petition=case,
        actor=world.holder(draft),
        study=wording.STUDIED,
        decision=decision,
        reasons=wording.ADOPTED[decision],
        practice=wording.PRACTICE if adopted else "",
        practice_due_on=local_day(at) + timedelta(days=60) if adopted else None,
        at=at,
    )


def conclude(world: World, draft: Draft, case: Petition, at: datetime, outcomes: list[Outcome]) -> None:
    assert case.accepted_at is not None
    if case.simplified and next(simplified.exclusions(case), None) is not None:
        convert(world, draft, case, at, wording.CONVERSIONS[1])
    opinion = case.kind == Kind.APPEAL and case.path == Path.PETITION and not case.simplified
    given = wording.opinions(draft.matter, draft.slots, outcomes, draft.asks)
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
    prefetch_related_objects([case], "requests")  # the door reads them again
    if case.kind == Kind.SUGGESTION:
        _adopt(world, draft, case, at, outcomes)
    rows = [row.pk for row in case.requests.all()]
    answering.conclude(
        petition=case,
        actor=world.holder(draft),
        text=text,
        basis=draft.matter.basis,
        outcomes=dict(zip(rows, zip(outcomes, given, strict=True), strict=True)),
        at=at,
    )


def send_report(world: World, draft: Draft, case: Petition, at: datetime, text: str) -> None:
    """办结报告 on what was assigned, in the words of the answer."""
    actor = world.holder(draft)
    if not rules.may(case, Act.SEND_REPORT, actor):
        return
    said = [f"{one.get_outcome_display()}：{one.opinion}" for one in case.requests.all() if one.outcome]
    reporting.send_report(
        petition=case,
        actor=actor,
        demand="；".join(draft.asks) or draft.subject,
        handling=case.reply.text,
        result="\n".join(said) or wording.REPORTED,
        attitude=text,
        contact=actor.user.get_full_name() if actor.user else draft.lead,
        phone=(actor.user.phone if actor.user else "") or wording.OFFICE_PHONE,
        at=at,
    )


def serve(world: World, draft: Draft, case: Petition, at: datetime, method: ServiceMethod) -> None:
    proof = {
        ServiceMethod.LEFT: "拍照留存。",
        ServiceMethod.PUBLIC: "在县政府网站和村（社区）公告栏公告。",
        ServiceMethod.POST: f"挂号信 QJ{draft.index:08d}",
    }.get(method, "")
    recipient = draft.persons[0].name if draft.persons else "公告"
    answering.serve(
        petition=case,
        actor=world.holder(draft),
        method=method,
        served_at=at,
        recipient=recipient or "本人",
        signed=method not in {ServiceMethod.LEFT, ServiceMethod.PUBLIC},
        consented=method == ServiceMethod.ELECTRONIC,
        proof=proof,
        witnesses=("社区网格员甲", "社区网格员乙") if method == ServiceMethod.LEFT else (),
        paper_number=world.outside_number(draft, at) if answering.needs_number(case) else "",
        at=at,
    )
