"""A handful of papers of the county, in every state: what somebody who looks round finds on the desks today."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.actor import Actor
from accounts.models import Unit
from demo.draft import Draft
from demo.world import World
from documents.enums import PaperKind, ServiceMethod
from documents.models import PaperSeries
from documents.services import NewDelivery, set_word
from papers import due
from papers.models import CasePaper
from papers.services import drafting, serving
from petitions.enums import Path, Status
from petitions.models import Petition

WORDS = {
    "district": "清政信",
    "petition_office": "清信",
    "urban": "清城信",
    "housing": "清建信",
    "hr": "清人社信",
    "nature": "清自然信",
    "traffic": "清交信",
    "edu": "清教信",
}
#: How far a paper of a case in that status has come; first what every desk should show, since a small county has few
#: such cases.
STATES: tuple[tuple[Status, PaperKind, str], ...] = (
    (Status.ACCEPTED, PaperKind.ACCEPTANCE, "issued"),
    (Status.ACCEPTED, PaperKind.ACCEPTANCE, "draft"),
    (Status.ACCEPTED, PaperKind.ACCEPTANCE, "checked"),
    (Status.ACCEPTED, PaperKind.ACCEPTANCE, "served"),
    (Status.ACCEPTED, PaperKind.ACCEPTANCE, "issued"),
    (Status.CONCLUDED, PaperKind.OPINION, "issued"),
    (Status.CONCLUDED, PaperKind.OPINION, "checked"),
    (Status.CONCLUDED, PaperKind.OPINION, "submitted"),
    (Status.FORWARDED, PaperKind.FORWARDING, "issued"),
    (Status.FORWARDED, PaperKind.FORWARDING, "approved"),
)
ORDER = ("draft", "submitted", "checked", "approved", "issued", "served")
BEGAN = timedelta(hours=2)


@dataclass
class Desk:
    """Who writes, who looks it over and who signs in a unit."""

    writer: Actor
    checker: Actor
    head: Actor


def write(world: World) -> int:
    """After all acts: the papers, and words for the units that write them. How many were written."""
    for key, word in WORDS.items():
        if key in world.units:
            set_word(actor=world.actor("sysadmin"), unit=world.units[key], word=word)
    taken: set[int] = set()
    count = 0
    for status, kind, state in STATES:
        draft = next(_fitting(world, status, kind, taken), None)
        if draft is not None:
            taken.add(draft.index)
            count += _bring(world, draft, kind, state)
    return count


def _fitting(world: World, status: Status, kind: PaperKind, taken: set[int]) -> Iterator[Draft]:
    """Open cases that ask for such a paper, of units that have a word, some hours old."""
    before = world.until - BEGAN - timedelta(hours=1)
    for draft in world.drafts:
        case = world.petitions.get(draft.index)
        if case is None or draft.index in taken or case.status != status or case.sealed or case.confidential:
            continue
        lead = world.lead_key(draft)
        office = kind != PaperKind.FORWARDING or case.registered_unit_id == world.units["petition_office"].pk
        sixth = (
            kind != PaperKind.ACCEPTANCE or case.path == Path.PETITION
        )  # the others have no limit to print
        known = office and sixth and world.has_head(lead)
        old = all(at < before for at in draft.marks.values() if at <= world.until)
        named = bool(draft.persons and draft.persons[0].name)
        if known and old and named and _due(case, kind) is not None:
            yield draft


def _due(case: Petition, kind: PaperKind) -> due.Due | None:
    fresh = Petition.objects.select_related("lead_unit", "registered_unit").get(pk=case.pk)
    return next((one for one in due.papers_of(fresh) if one.kind == kind), None)


def _desk(world: World, draft: Draft, unit: Unit) -> Desk:
    if world.keys[unit.pk] == "petition_office":
        return Desk(world.actor("officer"), world.actor("officer2"), world.actor("office_head"))
    return Desk(world.holder(draft), world.head(draft), world.head(draft))


def _bring(world: World, draft: Draft, kind: PaperKind, state: str) -> int:
    wanted = _due(world.petitions[draft.index], kind)
    assert wanted is not None
    desk, start = _desk(world, draft, wanted.unit), world.until - BEGAN
    if not PaperSeries.objects.filter(unit=wanted.unit).exists():
        key = world.keys[wanted.unit.pk]
        word = WORDS.get(key, f"清{wanted.unit.label}信")
        set_word(actor=world.actor("sysadmin"), unit=wanted.unit, word=word)
    case = Petition.objects.get(pk=world.petitions[draft.index].pk)
    row = drafting.draft(actor=desk.writer, petition=case, due=wanted, at=start)
    for minute, step in enumerate(_steps(desk, draft, row)[: ORDER.index(state)], start=1):
        step(start + timedelta(minutes=10 * minute))
    return 1


def _steps(desk: Desk, draft: Draft, row: CasePaper) -> list[Callable[[datetime], object]]:
    name = draft.persons[0].name

    def submit(at: datetime) -> None:
        drafting.save(actor=desk.writer, row=row, fields=row.paper.fields, revision=1, submit=True, at=at)

    def serve(at: datetime) -> None:
        new = NewDelivery(ServiceMethod.DIRECT, name, at, place="县信访局接访大厅")
        serving.serve(actor=desk.writer, row=row, new=new, at=at)

    return [
        submit,
        lambda at: drafting.check(actor=desk.checker, row=row, at=at),
        lambda at: drafting.approve(actor=desk.head, row=row, at=at),
        lambda at: drafting.issue(actor=desk.writer, row=row, at=at),
        serve,
    ]
