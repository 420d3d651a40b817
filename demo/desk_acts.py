"""What the petition office and the petitioner do to a case."""

from __future__ import annotations

from datetime import date, datetime

from accounts.actor import Actor
from core.timekeeping import local_day
from demo import wording
from demo.draft import Draft
from demo.world import World
from petitions import rules
from petitions.enums import Act, Kind, Rating
from petitions.models import Petition
from petitions.services import following, forwarding, reporting
from supervision.enums import Ground, State
from supervision.services import opening, working


def classify(world: World, draft: Draft, case: Petition, at: datetime, who: str) -> None:
    matter = draft.matter
    forwarding.classify(
        petition=case,
        actor=world.actor(who),
        kind=matter.kind,
        path=matter.path if matter.kind == Kind.APPEAL else None,
        category_id=world.categories.get(matter.leaf),
        at=at,
    )
    if matter.kind == Kind.ACCUSATION:
        case.refresh_from_db()  # the system has routed it on meanwhile


def forward(
    world: World,
    draft: Draft,
    case: Petition,
    at: datetime,
    *,
    who: str,
    unit: str,
    co: list[str],
    due_on: date | None,
    text: str,
) -> None:
    actor, co_units = world.actor(who), [world.units[key] for key in co]
    # An accusation is sealed and sent on by a step of its own.
    kind = draft.matter.kind if draft.matter.kind != Kind.ACCUSATION else None
    path = draft.matter.path if kind == Kind.APPEAL else None
    if due_on is None:
        forwarding.forward(
            petition=case,
            actor=actor,
            unit=world.units[unit],
            co_units=co_units,
            note=text,
            at=at,
            case_kind=kind,
            case_path=path,
        )
    else:
        forwarding.assign(
            petition=case,
            actor=actor,
            unit=world.units[unit],
            co_units=co_units,
            feedback_due_on=due_on,
            demand=text,
            at=at,
            case_kind=kind,
            case_path=path,
        )


def agree(world: World, draft: Draft, case: Petition, at: datetime, who: str, text: str) -> None:
    forwarding.decide_objection(petition=case, actor=world.actor(who), agree=True, decision=text, at=at)


def reject(world: World, draft: Draft, case: Petition, at: datetime, who: str, text: str) -> None:
    forwarding.decide_objection(petition=case, actor=world.actor(who), agree=False, decision=text, at=at)


def accept_report(world: World, draft: Draft, case: Petition, at: datetime, who: str) -> None:
    """The office that assigned it is content with the report."""
    if rules.may(case, Act.ACCEPT_REPORT, world.actor(who)):
        reporting.decide_report(petition=case, actor=world.actor(who), accept=True, at=at)


def return_report(
    world: World, draft: Draft, case: Petition, at: datetime, *, who: str, text: str, due_on: date
) -> None:
    if rules.may(case, Act.RETURN_REPORT, world.actor(who)):
        reporting.decide_report(
            petition=case, actor=world.actor(who), accept=False, decision=text, due_on=due_on, at=at
        )


def evaluate(
    world: World,
    draft: Draft,
    case: Petition,
    at: datetime,
    office_rating: int,
    unit_rating: int,
    comment: str,
) -> None:
    following.evaluate(
        petition=case,
        actor=Actor.petitioner(),
        office_rating=Rating(office_rating),
        unit_rating=Rating(unit_rating),
        comment=comment,
        at=at,
    )


def supplement(world: World, draft: Draft, case: Petition, at: datetime, text: str) -> None:
    following.supplement(petition=case, actor=Actor.petitioner(), text=text, at=at)


def supervise(world: World, draft: Draft, case: Petition, at: datetime, text: str) -> None:
    if not case.supervisions.live().exists():
        opening.open_supervision(
            petition=case, actor=world.actor("inspector"), ground=Ground.PERFUNCTORY, demand=text, at=at
        )


def answer_supervision(world: World, draft: Draft, case: Petition, at: datetime) -> None:
    """The unit reports, and the inspector is content with it."""
    supervision = case.supervisions.filter(state=State.OPEN).first()
    if supervision is None:
        return
    working.feed_back(
        supervision=supervision,
        actor=world.holder(draft),
        measures=wording.SUPERVISION_MEASURES,
        result=wording.SUPERVISION_RESULT,
        done_on=local_day(at),
        at=at,
    )
    working.decide(supervision=supervision, actor=world.actor("inspector"), accept=True, at=at)


def link(world: World, draft: Draft, case: Petition, at: datetime) -> None:
    assert draft.repeat_of is not None
    original = world.petitions[draft.repeat_of]
    following.link(petition=case, actor=world.actor("officer3"), original=original, at=at)


def close(world: World, draft: Draft, case: Petition, at: datetime, by: str) -> None:
    if rules.report_pending(case):
        return  # assigned meanwhile: closed at the window's end, once its report is accepted
    following.close(petition=case, actor=world.holder(draft, by), at=at)
