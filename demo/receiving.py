"""Reception days of the county's leaders (下访/接访), and what is said on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from random import Random

from accounts.models import Post
from core.errors import Refusal
from core.timekeeping import SHANGHAI, local_day
from demo import acts, wording
from demo.draft import MONTHS_BACK, Draft
from demo.people import LEADERS
from demo.world import World
from leaders.enums import VisitKind
from leaders.models import Promise, VisitDay
from leaders.reception_enums import Stage
from leaders.services import days, receptions, stages
from petitions.enums import Channel, Status

Planned = Iterator[tuple[datetime, Callable[[], None]]]

DAY, HOUR = timedelta(days=1), timedelta(hours=1)

CHARGES = {username: charge.split() for username, _n, _t, charge, _note in LEADERS}


def in_charge(world: World, leader: str) -> list[Draft]:
    return [d for d in world.drafts if d.lead in CHARGES[leader] and not d.sealed and "accept" in d.marks]


def post_of(world: World, leader: str) -> Post:
    return world.staff.posts[leader]


TALKS = (
    "信访人当面讲了经过，领导逐条问清，要求责任单位一周内见面答复。",
    "双方情绪平和，信访人主要担心没有下文，领导讲明了程序和时间。",
    "领导请两个单位一起听，当场明确由谁牵头。",
)


PROMISES = ("十日内到现场办公，把方案交给信访人", "本月内解决眼前的不便", "组织一次面对面的说明会")


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
            draft.rng,
            draft.matter,
            draft.slots,
            channel=draft.channel,
            heads=draft.heads,
            town="镇里",
            repeated=False,
        )


def plan(world: World, rng: Random) -> Planned:
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
        if one.ends_at + 3 * HOUR < world.until:
            yield one.starts_at - 3 * HOUR, partial(_close, one, Stage.PREPARE, world, kept)
            yield one.ends_at + 3 * HOUR, partial(_close, one, Stage.HOLD, world, kept)
        if one.ends_at + 12 * DAY < world.until:
            yield one.ends_at + 12 * DAY, partial(_close, one, Stage.FOLLOW, world, kept)
        for moment, draft in by_moment.items():
            if one.starts_at < moment < one.ends_at:
                draft.acts = [act for act in draft.acts if act[1] != "register"]
                yield draft.registered_at, partial(_receive_new, world, draft, one, kept)
                del by_moment[moment]
                break
        known = [
            draft
            for draft in in_charge(world, one.leader)
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
            post=post_of(world, one.leader),
            kind=one.kind,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            place_unit=town or world.units["petition_office"],
            place_text="便民服务中心一楼会议室" if town else "县信访局接访大厅二号厅",
            accompanying=[world.units[company]],
            note="请带身份证明和已有的材料，没有也可以来。",
        ),
        at=at,
    )


def _cancel(world: World, one: Reception, at: datetime, kept: dict[Reception, VisitDay]) -> None:
    reason = "因防汛值守，改期另行通知。"
    days.cancel_day(day=kept[one], actor=world.actor("officer2"), reason=reason, at=at)


def _close(one: Reception, stage: Stage, world: World, kept: dict[Reception, VisitDay]) -> None:
    """A stage of a day that has passed; before the last one its promises have been kept."""
    actor = world.actor("officer2")
    at = {
        Stage.PREPARE: one.starts_at - 3 * HOUR,
        Stage.HOLD: one.ends_at + 3 * HOUR,
        Stage.FOLLOW: one.ends_at + 12 * DAY,
    }[stage]
    promises = Promise.objects.filter(record__day=kept[one], record__petition__sealed=False)
    for promise in promises.select_related("record__petition", "record__post__unit"):
        if stage == Stage.FOLLOW:
            with suppress(Refusal):  # recused, or complained of: the stage stays open
                stages.keep_promise(promise=promise, actor=actor, text="已当面兑现，信访人知道了。", at=at)
    with suppress(Refusal):  # something is still open: the list of the office shows it
        stages.close_stage(day=kept[one], actor=actor, stage=stage, at=at)


def _receive_new(world: World, draft: Draft, one: Reception, kept: dict[Reception, VisitDay]) -> None:
    talk = receptions.Talk(
        post=post_of(world, one.leader),
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
    world: World,
    said: str,
    draft: Draft,
    one: Reception,
    at: datetime,
    promise: str,
    kept: dict[Reception, VisitDay],
) -> None:
    case = world.petitions[draft.index]
    if case.status == Status.CLOSED:
        return
    due_on = local_day(at) + timedelta(days=10)
    promises = (
        [receptions.NewPromise(text=promise, to_whom="信访人", due_on=due_on, task=False)] if promise else []
    )
    talk = receptions.Talk(
        post=post_of(world, one.leader),
        said=said,
        heads=min(draft.heads, 5),
        took_place_at=one.starts_at + timedelta(minutes=20),
        day=kept[one],
        promises=promises,
    )
    receptions.receive(petition=case, actor=world.actor("officer"), talk=talk, at=at)
