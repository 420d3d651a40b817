"""What the county's joint conference does: a dispute that the county decided, a meeting, and one unit that has to put
its answers right by a day to come."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from random import Random

from conference.enums import ItemKind, OrderKind
from conference.models import Dispute, Item, Meeting
from conference.services import disputing, meetings, minutes, ordering
from core.bulk import current_load
from core.timekeeping import local_day
from demo.draft import Draft
from demo.receiving import DAY, Planned, post_of
from demo.world import World

CHAIR, ATTENDING = "leader", ("urban", "housing", "nature", "traffic")
FACTS = "两家单位都认为事项主要涉及对方职责，材料来回退了两次。"
TITLE, TEXT = "答复没有写明完成时间", "近一个季度的答复，约三分之一没有写明完成时间，信访人重复来问。"
DECISION = "责成一个月内逐件补写完成时间，并向联席会议办公室书面报告。"


def plan(world: World) -> Planned:
    """Every act of this room, with its moment."""
    if not world.drafts:
        return
    held = world.office.open_at(world.until - 12 * DAY, Random(f"{world.seed}:conference"))
    written = held + timedelta(hours=2)
    issued, ordered = written + timedelta(hours=20), written + timedelta(hours=22)
    yield held - 3 * DAY, partial(_call, world, held, held - 3 * DAY)
    yield written, partial(_write, world, written)
    yield issued, partial(_issue, world, issued)
    yield ordered, partial(_order, world, ordered)
    for draft in reversed(world.drafts):
        sent, taken = draft.marks.get("forward"), draft.marks.get("accept")
        if _fits(draft, sent, taken, world.until) and sent is not None and taken is not None:
            yield from _dispute(world, draft, sent, taken)
            return


def _fits(draft: Draft, sent: datetime | None, taken: datetime | None, until: datetime) -> bool:
    """Sent to a department and taken in hand some days later, both before now."""
    if sent is None or taken is None or draft.sealed or draft.lead not in ATTENDING:
        return False
    return taken < until - DAY and taken - sent > 2 * DAY


def _dispute(world: World, draft: Draft, sent: datetime, taken: datetime) -> Planned:
    part = (taken - sent) / 4
    yield sent + part, partial(_open, world, draft, sent + part)
    yield sent + 2 * part, partial(_raise, world, draft, sent + 2 * part)
    yield sent + 3 * part, partial(_decide, world, draft, sent + 3 * part)


def _of(world: World, draft: Draft) -> Dispute | None:
    found: Dispute | None = Dispute.objects.live().filter(petition=world.petitions[draft.index]).first()
    return found


def _open(world: World, draft: Draft, at: datetime) -> None:
    case = world.petitions[draft.index]
    if (load := current_load()) is not None:
        load.flush()
    if case.lead_unit is None or case.status not in disputing.DISPUTED_IN:
        return
    other = next(world.units[key] for key in ATTENDING if world.units[key].pk != case.lead_unit_id)
    units = [case.lead_unit, other]
    disputing.open_dispute(petition=case, actor=world.actor("officer"), units=units, facts=FACTS, at=at)


def _raise(world: World, draft: Draft, at: datetime) -> None:
    if (row := _of(world, draft)) is not None:
        disputing.raise_up(
            dispute=row, actor=world.actor("officer"), reason="协商一次，没有一致意见。", at=at
        )


def _decide(world: World, draft: Draft, at: datetime) -> None:
    row = _of(world, draft)
    lead = world.petitions[draft.index].lead_unit
    if row is None or lead is None:
        return
    disputing.decide(
        dispute=row,
        actor=world.actor(CHAIR),
        lead_unit=lead,
        co_units=[unit for unit in row.units.all() if unit.pk != lead.pk],
        basis="按部门职责分工，事项主要属于该单位。",
        decided_on=local_day(at),
        at=at,
    )


def _call(world: World, held: datetime, at: datetime) -> None:
    meeting = meetings.call(
        actor=world.actor("officer"),
        title="清江县信访工作联席会议",
        starts_at=held,
        place="县政府三楼会议室",
        chair=post_of(world, CHAIR),
        units=[world.units[key] for key in ATTENDING],
        at=at,
    )
    meetings.add_item(
        meeting=meeting,
        actor=world.actor("officer"),
        kind=ItemKind.SHORTCOMING,
        title=TITLE,
        text=TEXT,
        unit=world.units[ATTENDING[0]],
        at=at,
    )


def _write(world: World, at: datetime) -> None:
    meeting = Meeting.objects.get()
    minutes.write(
        meeting=meeting,
        actor=world.actor("officer"),
        text="参加单位全部到会，逐项研究。",
        decisions={1: minutes.Decided(DECISION)},
        revision=meeting.revision,
        at=at,
    )


def _issue(world: World, at: datetime) -> None:
    number = f"清联纪〔{local_day(at).year}〕3号"
    meeting = Meeting.objects.get()
    minutes.issue(meeting=meeting, actor=world.actor(CHAIR), number=number, revision=meeting.revision, at=at)


def _order(world: World, at: datetime) -> None:
    item = Item.objects.get()
    assert item.unit is not None
    new = ordering.NewOrder(
        kind=OrderKind.RECTIFY,
        unit=item.unit,
        facts=TEXT,
        basis="《信访工作条例》第三十九条",
        demand=DECISION,
        due_on=local_day(at) + timedelta(days=30),
    )
    ordering.issue(item=item, actor=world.actor("inspector"), new=new, at=at)
