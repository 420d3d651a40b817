"""What happens in the mediation rooms: consent asked for, sessions booked and held, agreements and refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any

from accounts.actor import Actor
from core.timekeeping import SHANGHAI
from demo import agreeing
from demo.draft import Draft
from demo.world import World
from mediation.agreement_enums import Performed
from mediation.enums import ConsentHow, Result, Side
from mediation.services import opening, parties, rooms, sessions
from petitions.enums import Status
from petitions.workflow import BEFORE_REPLY

Planned = Iterator[tuple[datetime, Callable[[], None]]]
DAY = timedelta(days=1)
#: How long ago the mediation ended whose agreement is followed up.
RECENT = (8 * DAY, 120 * DAY)
#: name, unit, address, mediators. Two are villages' own: there a matter begins at the foot of the ladder.
ROOMS = (
    ("和风调解室", "mediation", "清江县综合服务中心三楼东侧", ("mediator", "mediator2")),
    ("听雨调解室", "mediation", "清江县综合服务中心三楼西侧", ("mediator", "mediator2")),
    ("柳湾茶话调解室", "dongxi_0", "东溪镇柳湾村文化礼堂", ("mediator2",)),
    ("渔灯调解室", "wangyu", "望渔镇便民服务中心二楼", ("mediator",)),
    ("榆钱邻里调解室", "xiling_2", "西岭街道榆钱社区活动室", ("mediator2",)),
    ("稻香调解室", "qinghe", "青禾镇综合服务中心一楼", ("mediator",)),
)
HOURS = (time(9), time(10, 30), time(14, 30), time(16))
SUITED = {
    "neighbours",
    "leak",
    "lift",
    "prepaid",
    "wages",
    "dance",
    "property_fee",
    "contract_land",
    "dogs",
    "building_noise",
    "tutoring",
    "fumes",
}
MOST = 60
RECORDS = (
    "双方各自讲了经过，调解员分别谈话后回到桌前，就主要分歧达成一致。",
    "先听后说，气氛由紧张转为平和，双方愿意各让一步。",
    "就事实部分没有争议，分歧在数额和时间，逐项商量。",
)
AGREEMENTS = (
    "一、对方于十五日内完成整改；二、双方今后相互体谅，有事先沟通；三、协议自签字起生效，各执一份。",
    "一、对方分两次付清款项；二、信访人收到后不再就此主张；三、调解员一个月后回访。",
)
FAILED = ("差距仍大，双方表示再考虑。", "对方坚持原来的意见，未能谈拢。")


def plan(world: World) -> Planned:
    """Rooms first, then every mediation."""
    if not world.drafts:
        return
    rng = Random(f"{world.seed}:mediation")
    kept: dict[Any, Any] = {}
    start = world.drafts[0].received_at - DAY
    for number in range(len(ROOMS)):
        at = start + timedelta(minutes=number)
        yield at, partial(_keep_room, world, number, at, kept)
    booked: set[tuple[str, datetime]] = set()
    for draft in _chosen(world):
        yield from _one(world, rng, draft, booked, kept)


def _chosen(world: World) -> list[Draft]:
    able = [
        draft
        for draft in world.drafts
        if draft.matter.key in SUITED
        and draft.persons
        and "conclude" in draft.marks
        and draft.marks["conclude"] - draft.marks["accept"] > 14 * DAY
    ]
    late = [draft for draft in able if draft.marks["accept"] < world.until < draft.marks["conclude"]]
    past = [draft for draft in able if draft.marks["conclude"] <= world.until]
    every = max(len(past) // (MOST - 16), 1)
    return sorted(
        {draft.index: draft for draft in [*past[::every], *late[-16:]]}.values(), key=lambda d: d.index
    )


def _one(
    world: World, rng: Random, draft: Draft, booked: set[tuple[str, datetime]], kept: dict[Any, Any]
) -> Planned:
    office = world.office
    late = draft.marks["conclude"] > world.until
    number = next((n for n, room in enumerate(ROOMS) if room[1].split("_")[0] == draft.town), draft.index % 2)
    mediator = rng.choice(ROOMS[number][3])
    start = draft.marks["accept"]
    if late:
        start = max(start, world.until - timedelta(days=rng.choice((1, 2, 3, 4, 5, 7))))
    at = office.workdays_after(start, rng, 0, 1)
    yield at, partial(_open, world, draft, number, mediator, at, kept)
    agreed = office.workdays_after(at, rng, 0, 1)
    name = draft.persons[0].name
    yield agreed, partial(_consent, world, draft, mediator, Side.PETITIONER, name, agreed, kept)
    luck = rng.random()
    answered = office.workdays_after(agreed + timedelta(hours=1), rng, 1, 2)
    if luck < 0.14:
        yield answered, partial(_withdraw, world, draft, mediator, answered, kept)
        return
    yield answered, partial(_consent, world, draft, mediator, Side.OTHER, "对方负责人", answered, kept)
    book_at = answered + timedelta(minutes=30)
    starts = _free(world, number, mediator, answered, rng, booked)
    yield book_at, partial(_schedule, world, draft, number, mediator, starts, book_at, kept)
    held = starts + timedelta(minutes=65)
    result = Result.AGREED if luck < 0.68 else Result.NOT_AGREED if luck < 0.93 else Result.SUSPENDED
    words = (rng.choice(RECORDS if result == Result.AGREED else FAILED), rng.choice(AGREEMENTS))
    yield held, partial(_hold, world, draft, mediator, result, words, held, kept)
    if result == Result.AGREED and RECENT[0] < world.until - held < RECENT[1]:
        # The first instalment falls due three days after, and comes three days late.
        for days in (0, 6, 31):
            then = held + timedelta(days=days, minutes=30)
            yield then, partial(_follow, world, draft, mediator, days, then, kept)
    if result == Result.NOT_AGREED:
        end = held + timedelta(minutes=20)
        yield end, partial(_end, world, draft, mediator, end, kept)


def _free(
    world: World, number: int, mediator: str, after: datetime, rng: Random, booked: set[tuple[str, datetime]]
) -> datetime:
    """The next hour at which room and mediator are both free, one to four working days on."""
    day: date = world.office.workdays_after(after, rng, 1, 4).date()
    while True:
        for hour in HOURS:
            starts = datetime.combine(day, hour, SHANGHAI)
            wanted = {(mediator, starts), (ROOMS[number][0], starts)}
            if starts > after + timedelta(hours=2) and not wanted & booked:
                booked |= wanted
                return starts
        day = world.office.calendar.first_workday_from(day + DAY)


def _keep_room(world: World, number: int, at: datetime, kept: dict[Any, Any]) -> None:
    name, unit, address, mediators = ROOMS[number]
    kept["room", number] = rooms.keep_room(
        actor=world.actor("officer2"),
        card=rooms.RoomCard(
            unit=world.units[unit],
            name=name,
            address=address,
            phone=f"0000-6001{number:03d}",
            hours="工作日 8:30–12:00，14:00–17:30",
            mediators=[world.staff.posts[key].user for key in mediators],
        ),
        at=at,
    )


def _steerable(world: World, draft: Draft) -> bool:
    return Status(world.petitions[draft.index].status) in BEFORE_REPLY


def _open(world: World, draft: Draft, number: int, mediator: str, at: datetime, kept: dict[Any, Any]) -> None:
    if _steerable(world, draft):
        kept[draft.index] = opening.open_mediation(
            petition=world.petitions[draft.index],
            actor=world.holder(draft),
            room=kept["room", number],
            mediator=world.staff.posts[mediator].user,
            at=at,
        )
        other = parties.NewParty(side=Side.OTHER, name="对方负责人")
        parties.add_party(mediation=kept[draft.index], actor=_mediator(world, mediator), new=other, at=at)


def _mediator(world: World, mediator: str) -> Actor:
    return world.actor(mediator)


def _consent(
    world: World, draft: Draft, mediator: str, side: Side, who: str, at: datetime, kept: dict[Any, Any]
) -> None:
    if draft.index in kept:
        how = ConsentHow.PHONE if draft.index % 3 else ConsentHow.IN_PERSON
        mediation, actor = kept[draft.index], _mediator(world, mediator)
        party = mediation.parties.get(side=side)
        opening.give_consent(mediation=mediation, actor=actor, party=party, who=who, how=how, at=at)


def _withdraw(world: World, draft: Draft, mediator: str, at: datetime, kept: dict[Any, Any]) -> None:
    if draft.index in kept:
        actor = _mediator(world, mediator)
        party = kept[draft.index].parties.filter(side=Side.OTHER).first()
        opening.withdraw_consent(mediation=kept[draft.index], actor=actor, party=party, at=at)


def _schedule(
    world: World,
    draft: Draft,
    number: int,
    mediator: str,
    starts: datetime,
    at: datetime,
    kept: dict[Any, Any],
) -> None:
    if draft.index in kept and _steerable(world, draft):
        kept["session", draft.index] = sessions.schedule_session(
            mediation=kept[draft.index],
            actor=_mediator(world, mediator),
            room=kept["room", number],
            mediator=world.staff.posts[mediator].user,
            starts_at=starts,
            ends_at=starts + timedelta(hours=1),
            anyway=True,
            at=at,
        )


def _hold(
    world: World,
    draft: Draft,
    mediator: str,
    result: Result,
    words: tuple[str, str],
    at: datetime,
    kept: dict[Any, Any],
) -> None:
    if ("session", draft.index) in kept:
        sessions.hold_session(
            session=kept["session", draft.index],
            actor=_mediator(world, mediator),
            record=words[0],
            result=result,
            agreement=words[1] if result == Result.AGREED else "",
            at=at,
        )


def _follow(world: World, draft: Draft, mediator: str, days: int, at: datetime, kept: dict[Any, Any]) -> None:
    """One agreement in the county is written down and followed up: the first whose mediation came to one."""
    actor = _mediator(world, mediator)
    if days == 0 and "agreement" not in kept and draft.index in kept:
        kept[draft.index].refresh_from_db()
        if kept[draft.index].result == Result.AGREED:
            kept["agreement"] = draft.index, agreeing.agree(kept[draft.index], actor, at)
    elif days and kept.get("agreement", (None,))[0] == draft.index:
        number, outcome = (1, Performed.DONE) if days == 6 else (2, Performed.PARTLY)
        agreeing.report(kept["agreement"][1], actor, number, outcome, at)


def _end(world: World, draft: Draft, mediator: str, at: datetime, kept: dict[Any, Any]) -> None:
    if ("session", draft.index) in kept:
        actor = _mediator(world, mediator)
        opening.end_mediation(
            mediation=kept[draft.index], actor=actor, text="双方意见仍有差距，回到原程序办理。", at=at
        )
