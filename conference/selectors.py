"""What the pages of this room show: texts under the veil of a confidential case, cases only to those who read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.actor import Actor
from accounts.models import Unit
from conference import rules
from conference.enums import ConferenceAct, DisputeState, ItemKind, MeetingState
from conference.models import Correction, Dispute, Item, Meeting, Order
from petitions.extensions import Part
from petitions.models import Petition
from petitions.querysets import unsealed_cases
from petitions.selectors.veiling import Veil


def in_tree_order(units: Iterable[Unit]) -> str:
    """Their names; the database gives rows in the order it likes."""
    return "、".join(unit.label for unit in sorted(units, key=lambda unit: unit.path))


@dataclass(frozen=True)
class ItemRow:
    row: Item
    case: Petition | None
    title: str
    text: str
    decision: str
    dispute: Dispute | None
    orders: list[OrderRow]
    may_order: bool


@dataclass(frozen=True)
class DisputeRow:
    """``sent``: how often the case was handed to a lead unit; ``objected``: how often one objected."""

    row: Dispute
    case: Petition | None
    facts: str
    basis: str

    @property
    def units(self) -> str:
        return in_tree_order(self.row.units.all())

    @property
    def co_units(self) -> str:
        return in_tree_order(self.row.co_units.all())


@dataclass(frozen=True)
class OrderRow:
    row: Order
    clock: Any
    case: Petition | None
    facts: str
    demand: str
    record: str


def read_of(rows: Iterable[Any], actor: Actor) -> set[int]:
    """Ids of the cases of these rows that the reader reads. One query, none where no row has a case."""
    ids = [row.petition_id for row in rows if row.petition_id]
    return set(unsealed_cases(actor).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()


def cover_of(case: Petition | None, actor: Actor) -> Callable[[str], str]:
    return Veil(case, actor) if case is not None else str


def dispute_rows(rows: list[Dispute], actor: Actor) -> list[DisputeRow]:
    """``with_row_relations`` comes first."""
    read, made = read_of(rows, actor), []
    for row in rows:
        cover = cover_of(row.petition, actor)
        case = row.petition if row.petition_id in read else None
        made.append(DisputeRow(row, case, cover(row.facts), cover(row.basis)))
    return made


def order_rows(rows: list[Order], actor: Actor) -> list[OrderRow]:
    """``with_row_relations`` comes first."""
    read, made = read_of(rows, actor), []
    for row in rows:
        cover = cover_of(row.petition, actor)
        clocks: list[Any] = row.ordered_clocks  # type: ignore[attr-defined]
        made.append(
            OrderRow(
                row=row,
                clock=next((clock for clock in clocks if clock.running), None),
                case=row.petition if row.petition_id in read else None,
                facts=cover(row.facts),
                demand=cover(row.demand),
                record=cover(row.talk_record),
            )
        )
    return made


def item_rows(meeting: Meeting, actor: Actor) -> list[ItemRow]:
    """The items that this reader reads, with what was decided on them and which orders followed."""
    found = Item.objects.visible_to(actor).filter(meeting=meeting).order_by("ordinal")
    items = list(
        found.select_related("unit", "lead_unit", "petition__complained_unit").prefetch_related("co_units")
    )
    orders: dict[int, list[OrderRow]] = {}
    seen = Order.objects.visible_to(actor).filter(item__in=items).with_row_relations().order_by("id")
    for one in order_rows(list(seen), actor):
        orders.setdefault(one.row.item_id, []).append(one)
    asked = [item.dispute_id for item in items if item.dispute_id]
    disputes = {row.pk: row for row in Dispute.objects.visible_to(actor).filter(pk__in=asked)}
    read, made = read_of(items, actor), []
    for item in items:
        cover = cover_of(item.petition, actor)
        made.append(
            ItemRow(
                row=item,
                case=item.petition if item.petition_id in read else None,
                title=cover(item.title),
                text=cover(item.text),
                decision=cover(item.decision),
                dispute=disputes.get(item.dispute_id) if item.dispute_id else None,
                orders=orders.get(item.pk, []),
                may_order=item.kind != ItemKind.DISPUTE
                and meeting.is_issued
                and rules.may(ConferenceAct.ORDER, actor, item=item),
            )
        )
    return made


@dataclass(frozen=True)
class Minutes:
    """What was said in the meeting as such, and the notes beside it, for one reader. ``withheld``: one of the items is
    not the reader's to read, and the text is about them all (条例 28, 30)."""

    text: str
    withheld: bool
    notes: list[tuple[Correction, str]]


def minutes_of(meeting: Meeting, items: list[ItemRow], actor: Actor) -> Minutes:
    """``items``: those that this reader reads. Until the minutes are issued who writes or confirms them reads them
    whole. Three queries beside the veils."""
    read = {one.row.pk for one in items}
    cases = {one.row.petition_id: one.row.petition for one in items if one.row.petition is not None}
    covers = [cover_of(case, actor) for case in cases.values()]
    issued = meeting.state == MeetingState.ISSUED
    works = rules.may(ConferenceAct.WRITE, actor) or rules.may(ConferenceAct.ISSUE, actor)
    withheld = issued and meeting.items.exclude(pk__in=read).exists()
    shown = (issued or works) and not withheld
    notes = [
        (note, _over(note.text, covers))
        for note in meeting.corrections.select_related("item")
        if (note.item_id in read if note.item_id is not None else not withheld)
    ]
    return Minutes(_over(meeting.minutes, covers) if shown else "", withheld, notes)


def _over(text: str, covers: Iterable[Callable[[str], str]]) -> str:
    for cover in covers:
        text = cover(text)
    return text


def receivers_of(petition: Petition) -> tuple[int, list[int]] | None:
    """Who was last decided to lead and to help; None where nothing was, or it is disputed anew. One query, two where
    something was."""
    last = (
        Dispute.objects.filter(petition=petition).exclude(state=DisputeState.LAPSED).order_by("-id").first()
    )
    if last is None or last.lead_unit_id is None:
        return None
    return last.lead_unit_id, list(last.co_units.values_list("pk", flat=True))


def case_part(petition: Petition, actor: Actor, at: datetime) -> Part | None:
    """On the case's page: over whom it is disputed and what was decided, and what a conference ordered."""
    if petition.sealed:
        return None
    disputes = Dispute.objects.visible_to(actor).filter(petition=petition).with_row_relations()
    orders = Order.objects.visible_to(actor).filter(petition=petition).with_row_relations()
    rows = dispute_rows(list(disputes.order_by("-id")), actor)
    made = order_rows(list(orders.order_by("-id")), actor)
    if not rows and not made:
        return None
    return Part("conference/case_part.html", {"disputes": rows, "orders": made, "petition": petition})
