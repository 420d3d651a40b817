"""What the county's inspectors do of their own accord: one case on the red list, two suggestions, one answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from core.timekeeping import local_day
from demo.draft import Draft
from demo.receiving import DAY, Planned
from demo.world import World
from petitions.enums import Status
from supervision.enums import Adoption, Ground, State, SuggestionKind
from supervision.models import Suggestion
from supervision.services import listing, opening, suggesting

BASIS = "《信访工作条例》第四十条"


def plan(world: World) -> Planned:
    """Every act of this room that no case planned itself, with its moment."""
    in_hand = [
        draft
        for draft in world.drafts
        if draft.lead
        and not draft.sealed
        and draft.marks.get("accept", world.until) < world.until - 12 * DAY
        and draft.marks.get("conclude", world.until) >= world.until
    ]
    if len(in_hand) < 2:
        return
    longest, other = sorted(in_hand, key=lambda draft: (-draft.heads, draft.index))[:2]
    listed = world.until - 6 * DAY
    yield listed, partial(_list, world, longest, listed)
    for draft, kind, ago in ((other, SuggestionKind.IMPROVE, 20), (longest, SuggestionKind.POLICY, 9)):
        at = world.until - ago * DAY
        yield at, partial(_suggest, world, draft, kind, at)
    answered = world.until - 3 * DAY
    yield answered, partial(_answer, world, other, answered)


def _list(world: World, draft: Draft, at: datetime) -> None:
    case, inspector = world.petitions[draft.index], world.actor("inspector")
    if case.status not in {Status.FORWARDED, Status.ACCEPTED}:
        return
    one = case.supervisions.filter(state=State.OPEN).first() or opening.open_supervision(
        petition=case,
        actor=inspector,
        ground=Ground.PERFUNCTORY,
        demand="涉及人数多，请主要负责人牵头，按时间节点办结。",
        at=at,
    )
    day = local_day(at) + timedelta(days=30)
    made = listing.put_on_list(
        supervision=one, actor=inspector, due_on=day, reason="涉及人数多，久拖不决。", at=at
    )
    node = made.milestones.first()
    assert node is not None
    later = at + 4 * DAY
    listing.tick(supervision=one, milestone=node, actor=inspector, note="情况已查清，底数已核对。", at=later)


def _suggest(world: World, draft: Draft, kind: SuggestionKind, at: datetime) -> None:
    suggesting.issue(
        actor=world.actor("inspector"),
        kind=kind,
        unit=world.units[draft.lead],
        title="同类事项集中反映的办理",
        facts="近一个季度同类事项反映较多，部分答复没有写明完成时间。",
        basis=BASIS,
        text="请梳理同类事项，明确办理标准和完成时间，向社会公布。",
        at=at,
    )


def _answer(world: World, draft: Draft, at: datetime) -> None:
    row = Suggestion.objects.filter(kind=SuggestionKind.IMPROVE, answered_at=None).first()
    if row is not None:
        text = "已制定办理标准，完成时间写入答复；向社会公布待研究。"
        handler = world.staff.handlers(draft.lead)[0]
        suggesting.answer(suggestion=row, actor=handler, adoption=Adoption.PARTLY, text=text, at=at)
