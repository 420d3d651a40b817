"""What the county's leaders do: reception days with their talks, packages in three colours, instructions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random

from accounts.models import Post
from core.timekeeping import SHANGHAI, local_day
from demo import acts, wording
from demo.draft import MONTHS_BACK, Draft
from demo.people import LEADERS
from demo.world import World
from leaders.enums import VisitKind
from leaders.models import CasePackage, Instruction, VisitDay
from leaders.services import days, instructions, packages, receptions
from petitions.enums import Channel, Status

Planned = Iterator[tuple[datetime, Callable[[], None]]]
DAY = timedelta(days=1)
CHARGES = {username: charge.split() for username, _n, _t, charge, _note in LEADERS}
#: Target dates of a leader's open packages, in days from now: red, red, yellow, yellow, green, green.
TARGETS = (-6, -1, 1, 3, 12, 26)
REASONS = (
    "涉及人数较多,需要几个部门一起推。",
    "信访人多次反映,群众关注。",
    "历史遗留问题,责任单位推动有困难。",
    "事关年底交付,需要领导协调资金。",
)
EVIDENCE = ("答复已送达,诉求已兑现,信访人签字认可。", "现场回访,问题没有反复,信访人表示不再反映。")
INSTRUCTIONS = (
    "请{unit}主要负责人到现场看一看,一周内把办法报我。",
    "此事拖得久了,请{unit}牵头,拿出时间表。",
    "群众的困难是实的,请{unit}先解决眼前的,再谈长远的。",
    "请核清事实,依法依规答复,不回避问题。",
)
REPORTS = ("已到现场查看并与信访人见面,方案和时间表已定,正在落实。", "问题已解决大半,余下部分月底前完成。", "经核查情况属实,已责成责任单位整改,结果已告知信访人。")
NOT_ENOUGH = "只说了过程,没有说清什么时候办完,请补充。"
TALKS = (
    "信访人当面讲了经过,领导逐条问清,要求责任单位一周内见面答复。",
    "双方情绪平和,信访人主要担心没有下文,领导讲明了程序和时间。",
    "领导请两个单位一起听,当场明确由谁牵头。",
)
PROMISES = ("十日内到现场办公,把方案交给信访人", "本月内解决眼前的不便", "组织一次面对面的说明会")


@dataclass(frozen=True)
class Reception:
    """One reception day of one leader."""

    leader: str
    starts_at: datetime
    kind: VisitKind
    town: str
    cancelled: bool

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(hours=2, minutes=30)


def receptions_of(world: World) -> list[Reception]:
    """Each leader once a month in the past, twice in the weeks to come; at the office or in a town by turns."""
    rng = Random(f"{world.seed}:receptions")
    first = local_day(world.until) - timedelta(days=round(MONTHS_BACK * 30.4) - 14)
    found = []
    for number, leader in enumerate(CHARGES):
        towns = [key for key in CHARGES[leader] if world.units[key].kind == "town"]
        day, turn = first + timedelta(days=number * 5), 0
        while day < local_day(world.until) + timedelta(days=32):
            held_on = world.office.calendar.first_workday_from(day)
            start = datetime.combine(held_on, time(14, 30) if turn % 3 == 2 else time(9), SHANGHAI)
            kind = VisitKind.GO_DOWN if turn % 2 else VisitKind.FIXED
            town = towns[turn % len(towns)] if turn % 2 else ""
            found.append(Reception(leader, start, kind, town, rng.random() < 0.04))
            near = day > local_day(world.until) - timedelta(days=20)
            day, turn = day + timedelta(days=16 if near else 30), turn + 1
    return sorted(found, key=lambda one: (one.starts_at, one.leader))


def take_receptions(world: World) -> None:
    """Some who would have come to the counter meet a leader instead: their case begins in a reception."""
    free = [
        draft
        for draft in world.drafts
        if draft.channel == Channel.VISIT
        and draft.unit == "petition_office"
        and draft.repeat_of is None
        and not draft.sealed
    ]
    for place, one in enumerate(receptions_of(world)):
        if one.cancelled or one.ends_at >= world.until or place % 2:
            continue
        near = [draft for draft in free if abs(draft.received_at - one.starts_at) < 6 * DAY]
        if not near:
            continue
        draft = near[0]
        free.remove(draft)
        draft.channel, draft.registrar, draft.kind = Channel.RECEPTION, "officer", None
        draft.received_at = one.starts_at + timedelta(minutes=draft.rng.randint(10, 120))
        draft.registered_at = draft.received_at + timedelta(seconds=100)
        draft.body = wording.body(
            draft.rng, draft.matter, draft.slots, channel=draft.channel, heads=draft.heads, town="镇里", repeated=False
        )


def plan(world: World) -> Planned:
    """Every act of this room, with its moment."""
    rng = Random(f"{world.seed}:leaders")
    yield from _reception_days(world, rng)
    taken: set[int] = set()
    for leader in CHARGES:
        yield from _packages(world, rng, leader, taken)
        yield from _instructions(world, rng, leader)


def _in_charge(world: World, leader: str) -> list[Draft]:
    return [d for d in world.drafts if d.lead in CHARGES[leader] and not d.sealed and "accept" in d.marks]


def _post(world: World, leader: str) -> Post:
    return world.staff.posts[leader]


def _reception_days(world: World, rng: Random) -> Planned:
    by_moment = {draft.received_at: draft for draft in world.drafts if draft.channel == Channel.RECEPTION}
    kept: dict[Reception, VisitDay] = {}
    for one in receptions_of(world):
        planned_at = world.office.open_at(one.starts_at - 13 * DAY, rng)
        planned_at = min(planned_at, world.until - DAY)
        yield planned_at, partial(_plan_day, world, one, planned_at, kept)
        if one.cancelled:
            at = one.starts_at - 1.5 * DAY
            yield at, partial(_cancel, world, one, at, kept)
            continue
        for moment, draft in by_moment.items():
            if one.starts_at < moment < one.ends_at:
                draft.acts = [act for act in draft.acts if act[1] != "register"]
                yield draft.registered_at, partial(_receive_new, world, draft, one, kept)
                del by_moment[moment]
                break
        known = [
            draft
            for draft in _in_charge(world, one.leader)
            if draft.marks["accept"] < one.starts_at < draft.marks.get("conclude", one.starts_at)
        ]
        at = one.ends_at + timedelta(minutes=rng.randint(10, 50))
        for draft in rng.sample(known, min(len(known), rng.choice((1, 1, 2)))):
            promise = rng.choice(PROMISES) if rng.random() < 0.4 else ""
            yield at, partial(_receive, world, rng.choice(TALKS), draft, one, at, promise, kept)
            at += timedelta(minutes=4)
    for draft in by_moment.values():  # no reception covers it: an ordinary visit after all
        draft.channel = Channel.VISIT


def _plan_day(world: World, one: Reception, at: datetime, kept: dict[Reception, VisitDay]) -> None:
    town = world.units[one.town] if one.town else None
    company = next(key for key in CHARGES[one.leader] if key != one.town)
    kept[one] = days.plan_day(
        actor=world.actor("officer2"),
        plan=days.DayPlan(
            post=_post(world, one.leader),
            kind=one.kind,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            place_unit=town or world.units["petition_office"],
            place_text="便民服务中心一楼会议室" if town else "县信访局接访大厅二号厅",
            accompanying=[world.units[company]],
            note="请带身份证明和已有的材料,没有也可以来。",
        ),
        at=at,
    )


def _cancel(world: World, one: Reception, at: datetime, kept: dict[Reception, VisitDay]) -> None:
    reason = "因防汛值守,改期另行通知。"
    days.cancel_day(day=kept[one], actor=world.actor("officer2"), reason=reason, at=at)


def _receive_new(world: World, draft: Draft, one: Reception, kept: dict[Reception, VisitDay]) -> None:
    talk = receptions.Talk(
        post=_post(world, one.leader),
        said=draft.body,
        heads=draft.heads,
        took_place_at=draft.received_at,
        day=kept[one],
    )
    matter = receptions.NewMatter(
        subject=draft.subject,
        body=draft.body,
        person=draft.persons[0] if draft.persons else None,
        place_unit=world.units[draft.place],
        requests=draft.asks,
    )
    _record, made = receptions.receive_new(
        actor=world.actor("officer"),
        talk=talk,
        matter=matter,
        token=acts.token(world, draft),
        at=draft.registered_at,
    )
    world.petitions[draft.index], world.codes[draft.index] = made.petition, made.query_code


def _receive(
    world: World, said: str, draft: Draft, one: Reception, at: datetime, promise: str, kept: dict[Reception, VisitDay]
) -> None:
    case = world.petitions[draft.index]
    if case.status == Status.CLOSED:
        return
    due_on = local_day(at) + timedelta(days=10)
    promises = [receptions.NewPromise(text=promise, to_whom="信访人", due_on=due_on, task=False)] if promise else []
    talk = receptions.Talk(
        post=_post(world, one.leader),
        said=said,
        heads=min(draft.heads, 5),
        took_place_at=one.starts_at + timedelta(minutes=20),
        day=kept[one],
        promises=promises,
    )
    receptions.receive(petition=case, actor=world.actor("officer"), talk=talk, at=at)


def _packages(world: World, rng: Random, leader: str, taken: set[int]) -> Planned:
    today = local_day(world.until)
    open_now = [
        draft
        for draft in _in_charge(world, leader)
        if draft.marks["accept"] < world.until - 14 * DAY and draft.marks.get("conclude", world.until) >= world.until
    ]
    open_now.sort(key=lambda draft: (-draft.heads, draft.index))
    for days_off, draft in zip(TARGETS, open_now, strict=False):
        target = today + timedelta(days=days_off)
        at = world.office.workdays_after(draft.marks["accept"], rng, 1, 3)
        if local_day(at) < target and draft.index not in taken:
            taken.add(draft.index)
            yield at, partial(_assign, world, leader, draft, target, rng.choice(REASONS), at, {})
    done = [d for d in _in_charge(world, leader) if d.heads > 3 and d.marks.get("serve", world.until) < world.until - 15 * DAY]
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
    world: World, leader: str, draft: Draft, target: date, reason: str, at: datetime, kept: dict[int, CasePackage]
) -> None:
    kept[draft.index] = packages.assign_package(
        petition=world.petitions[draft.index],
        actor=world.actor("officer"),
        post=_post(world, leader),
        target_on=target,
        reason=reason,
        at=at,
    )


def _strike_off(
    world: World, leader: str, draft: Draft, evidence: str, at: datetime, kept: dict[int, CasePackage]
) -> None:
    packages.strike_off(package=kept[draft.index], actor=world.actor(leader), evidence=evidence, at=at)


def _instructions(world: World, rng: Random, leader: str) -> Planned:
    cases = [d for d in _in_charge(world, leader) if d.marks["conclude"] - d.marks["accept"] > 11 * DAY]
    old = [d for d in cases if d.marks["conclude"] < world.until - 5 * DAY]
    for draft in rng.sample(old, min(9, len(old))):
        yield from _one_instruction(world, rng, leader, draft, draft.marks["accept"], answered=True)
    now_open = [d for d in cases if d.marks["accept"] < world.until - 12 * DAY and d.marks["conclude"] > world.until]
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
        text = "知道了,谢谢。" if enough else NOT_ENOUGH
        instructions.acknowledge_instruction(
            instruction=kept["task"], actor=world.actor(leader), enough=enough, text=text, at=at
        )


