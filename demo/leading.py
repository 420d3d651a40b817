"""What the county's leaders do: reception days with their talks, packages in three colours, instructions."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from random import Random

from core.errors import Refusal
from core.timekeeping import local_day
from demo import packaging, receiving
from demo.draft import Draft
from demo.receiving import CHARGES, DAY, Planned, in_charge, post_of
from demo.world import World
from leaders.enums import EvidenceKind, StrikeOffState
from leaders.models import CasePackage, Instruction
from leaders.services import instructions, packages, striking
from outcomes.enums import VisitWay
from petitions.enums import Status

#: Target dates of a leader's open packages, in days from now: red, red, yellow, yellow, green, green.
TARGETS = (-6, -1, 1, 2, 12, 26)
REASONS = (
    "涉及人数较多，需要几个部门一起推。",
    "信访人多次反映，群众关注。",
    "历史遗留问题，责任单位推动有困难。",
    "事关年底交付，需要领导协调资金。",
)
EVIDENCE = ("答复已送达，诉求已兑现，信访人签字认可。", "现场回访，问题没有反复，信访人表示不再反映。")
INSTRUCTIONS = (
    "请{unit}主要负责人到现场看一看，一周内把办法报我。",
    "此事拖得久了，请{unit}牵头，拿出时间表。",
    "群众的困难是实的，请{unit}先解决眼前的，再谈长远的。",
    "请核清事实，依法依规答复，不回避问题。",
)
REPORTS = (
    "已到现场查看并与信访人见面，方案和时间表已定，正在落实。",
    "问题已解决大半，余下部分月底前完成。",
    "经核查情况属实，已责成责任单位整改，结果已告知信访人。",
)
NOT_ENOUGH = "只说了过程，没有说清什么时候办完，请补充。"


def plan(world: World) -> Planned:
    """Every act of this room, with its moment."""
    rng = Random(f"{world.seed}:leaders")
    yield from receiving.plan(world, rng)
    taken: set[int] = set()
    for leader in CHARGES:
        yield from _packages(world, rng, leader, taken)
        yield from _instructions(world, rng, leader)
    yield from packaging.plan(world)


def _packages(world: World, rng: Random, leader: str, taken: set[int]) -> Planned:
    today = local_day(world.until)
    open_now = [
        draft
        for draft in in_charge(world, leader)
        if draft.marks["accept"] < world.until - 14 * DAY
        and draft.marks.get("conclude", world.until) >= world.until
    ]
    open_now.sort(key=lambda draft: (-draft.heads, draft.index))
    for days_off, draft in zip(TARGETS, open_now, strict=False):
        target = today + timedelta(days=days_off)
        at = world.office.workdays_after(draft.marks["accept"], rng, 1, 3)
        if local_day(at) < target and draft.index not in taken:
            taken.add(draft.index)
            yield at, partial(_assign, world, leader, draft, target, rng.choice(REASONS), at, {})
    done = [
        d
        for d in in_charge(world, leader)
        if d.heads > 3 and d.marks.get("serve", world.until) < world.until - 15 * DAY
    ]
    for draft in rng.sample(done, min(4, len(done))):
        at = world.office.workdays_after(draft.marks["accept"], rng, 1, 2)
        if draft.index in taken or at > draft.marks["conclude"]:
            continue
        taken.add(draft.index)
        kept: dict[int, CasePackage] = {}
        target = local_day(at) + timedelta(days=45)
        yield at, partial(_assign, world, leader, draft, target, rng.choice(REASONS), at, kept)
        ended = world.office.workdays_after(draft.marks["serve"], rng, 1, 5)
        yield ended, partial(_strike_off, world, leader, draft, rng.choice(EVIDENCE), ended, kept)


def _assign(
    world: World,
    leader: str,
    draft: Draft,
    target: date,
    reason: str,
    at: datetime,
    kept: dict[int, CasePackage],
) -> None:
    kept[draft.index] = packages.assign_package(
        petition=world.petitions[draft.index],
        actor=world.actor("officer"),
        post=post_of(world, leader),
        target_on=target,
        reason=reason,
        at=at,
    )


def _strike_off(
    world: World, leader: str, draft: Draft, evidence: str, at: datetime, kept: dict[int, CasePackage]
) -> None:
    package, officer = kept[draft.index], world.actor("officer2")
    try:
        striking.apply_strike_off(
            package=package,
            actor=world.actor(leader),
            kind=EvidenceKind.OWN_WORD,
            evidence=evidence,
            matter="答复已经送达，诉求逐项有了着落。",
            heart="领导当面说明，信访人表示理解。",
            at=at,
        )
        striking.record_visit(
            package=package, actor=officer, on=local_day(at), way=VisitWay.PHONE, note="问题没有反复。", at=at
        )
        striking.decide(
            package=package,
            actor=officer,
            decision=StrikeOffState.APPROVED,
            word="材料齐全，同意销案。",
            at=at,
        )
    except Refusal:
        # Not checked off yet (三到位一处理): what is missing is asked for, as it would be.
        return


def _instructions(world: World, rng: Random, leader: str) -> Planned:
    cases = [d for d in in_charge(world, leader) if d.marks["conclude"] - d.marks["accept"] > 11 * DAY]
    old = [d for d in cases if d.marks["conclude"] < world.until - 5 * DAY]
    for draft in rng.sample(old, min(9, len(old))):
        yield from _one_instruction(world, rng, leader, draft, draft.marks["accept"], answered=True)
    now_open = [
        d for d in cases if d.marks["accept"] < world.until - 12 * DAY and d.marks["conclude"] > world.until
    ]
    #: Days ago and whether it was answered: overdue, running, waiting to be read.
    for ago, answered, draft in zip((11, 2, 7, 4), (False, False, True, False), now_open, strict=False):
        start = max(world.until - (ago + 1) * DAY, draft.marks["accept"])
        yield from _one_instruction(world, rng, leader, draft, start, answered=answered)


def _one_instruction(
    world: World, rng: Random, leader: str, draft: Draft, start: datetime, *, answered: bool
) -> Planned:
    at = world.office.workdays_after(start, rng, 1, 2)
    kept: dict[str, Instruction] = {}
    text = rng.choice(INSTRUCTIONS)
    yield at, partial(_instruct, world, leader, draft, text, at, kept)
    if not answered:
        return
    told = world.office.workdays_after(at, rng, 2, 5)
    yield told, partial(_report, world, draft, rng.choice(REPORTS), told, kept)
    read = world.office.workdays_after(told, rng, 1, 4)
    enough = rng.random() < 0.88
    yield read, partial(_acknowledge, world, leader, enough, read, kept)
    if not enough:
        again = world.office.workdays_after(read, rng, 1, 4)
        yield again, partial(_report, world, draft, REPORTS[1], again, kept)
        last = world.office.workdays_after(again, rng, 1, 2)
        yield last, partial(_acknowledge, world, leader, True, last, kept)


def _instruct(
    world: World, leader: str, draft: Draft, text: str, at: datetime, kept: dict[str, Instruction]
) -> None:
    case = world.petitions[draft.index]
    if case.status == Status.CLOSED or case.lead_unit is None:
        return
    due_on = local_day(at) + timedelta(days=7)
    kept["task"] = instructions.instruct(
        petition=case,
        actor=world.actor(leader),
        text=text.format(unit=case.lead_unit.label),
        due_on=due_on,
        at=at,
    )


def _report(world: World, draft: Draft, text: str, at: datetime, kept: dict[str, Instruction]) -> None:
    if "task" in kept:
        actor = world.holder(draft)
        instructions.report_instruction(instruction=kept["task"], actor=actor, text=text, at=at)


def _acknowledge(world: World, leader: str, enough: bool, at: datetime, kept: dict[str, Instruction]) -> None:
    if "task" in kept:
        text = "知道了，谢谢。" if enough else NOT_ENOUGH
        instructions.acknowledge_instruction(
            instruction=kept["task"], actor=world.actor(leader), enough=enough, text=text, at=at
        )
