"""The county's visit schedule: sites, a rule by which the leaders take turns, and who has booked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from functools import partial

from accounts.actor import Actor
from core.errors import Refusal
from core.timekeeping import local_day
from demo.people import LEADERS
from demo.world import World
from leaders.enums import RulePattern, SiteKind, VisitKind
from leaders.models import Site, VisitDay
from leaders.reception_enums import Stage
from leaders.selectors.day_cases import suggestions
from leaders.services import bookings, day_cases, day_rules, days, sites, stages, turns

Planned = Iterator[tuple[datetime, Callable[[], None]]]
SITES = (
    (
        "petition_office",
        "县社会治理中心接访厅",
        SiteKind.CENTRE,
        "城关街道人民路 1 号一楼",
        "1、3 路公交到县政府站；有坡道和轮椅。",
    ),
    (
        "dongxi",
        "东溪镇便民大厅",
        SiteKind.TOWN_HALL,
        "东溪镇河沿路 9 号一楼",
        "镇内公交到镇政府站，门口可停车。",
    ),
)
PEOPLE = (
    ("钱女士", "13800000001", "老房屋顶漏水，修了两次还漏。"),
    ("孙先生", "13800000002", "夜市摊位到凌晨还很吵。"),
    ("李女士", "13800000003", "孩子转学的材料不知道交给谁。"),
    ("周先生", "13800000004", "物业收费涨了没有公示。"),
    ("吴女士", "", "村道路灯坏了半年。"),
    ("郑先生", "13800000006", "征地补偿款的面积对不上。"),
)
TODAY = (
    ("冯女士", "13800000011", "小区二次供水水压不足。"),
    ("陈先生", "13800000012", "工地欠薪两个月。"),
    ("褚女士", "13800000013", "老人办理残疾证的手续。"),
    ("卫先生", "", "门前沟渠堵塞。"),
)
SLOTS = 4


def plan(world: World) -> Planned:
    """Everything in the last days, so that a newcomer finds days to come with people in line."""
    at = world.until - timedelta(hours=18)  # after the receptions that are planned one by one
    yield at, partial(_schedule, world, at)
    booked = world.until - timedelta(hours=10)
    yield booked, partial(_book, world, booked)
    late = world.until - timedelta(hours=3)
    yield late, partial(_call_off, world, late)
    yield world.until, partial(_sit_today, world)


def _schedule(world: World, at: datetime) -> None:
    officer = world.actor("officer2")
    places: list[Site] = [
        sites.add_site(
            actor=officer,
            facts=sites.SiteFacts(
                unit=world.units[unit],
                name=name,
                kind=kind,
                address=address,
                access=access,
                used_from=local_day(at),
            ),
            at=at,
        )
        for unit, name, kind, address, access in SITES
    ]
    day_rules.add_rule(
        actor=officer,
        facts=day_rules.RuleFacts(
            name="县领导每周四接访",
            kind=VisitKind.FIXED,
            pattern=RulePattern.WEEKLY,
            weekday=3,
            start=time(15),
            end=time(17),
            posts=[world.staff.posts[leader[0]] for leader in LEADERS],
            sites=places,
            slots=SLOTS,
            topics="住房、物业、征地",
            valid_from=local_day(at),
        ),
        at=at,
    )
    first = local_day(at).replace(day=1)
    for month in (first, (first + timedelta(days=32)).replace(day=1)):
        try:
            day_rules.plan_month(actor=officer, year=month.year, month=month.month, at=at)
        except Refusal:
            return  # the calendar of next year has not been announced yet


def _coming(at: datetime) -> list[VisitDay]:
    found = VisitDay.objects.filter(
        rule__isnull=False, cancelled_at=None, starts_at__gt=at + timedelta(days=1)
    )
    return list(found.select_related("post__unit", "post__user", "place_unit").order_by("starts_at")[:3])


def _book(world: World, at: datetime) -> None:
    coming = _coming(at)
    for day, people in zip(coming, (PEOPLE, PEOPLE[:3]), strict=False):
        for n, (name, phone, matter) in enumerate(people):
            new = bookings.NewBooking(name=name, phone=phone, matter=matter)
            actor = world.actor("clerk") if n % 3 == 2 else Actor.petitioner()
            moment = at + timedelta(minutes=n)
            token = f"demo:{world.seed}:{day.nominal_on}:{n}"
            bookings.book(day=day, actor=actor, new=new, token=token, at=moment)
    for day in coming[:1]:
        officer = world.actor("officer2")
        for one in suggestions(officer, day, at)[:2]:
            try:
                day_cases.pick_case(
                    day=day,
                    petition=one.case,
                    actor=officer,
                    law="依据相关条例，责任单位应当在期限内书面答复；确有困难的可以延期一次。",
                    open_points="责任怎么分、钱从哪里出，两个单位意见还不一致。",
                    at=at,
                )
            except Refusal:
                continue  # the leader of that day avoids this case


def _call_off(world: World, at: datetime) -> None:
    """The second of them is called off: three people are offered a place on the next."""
    for day in _coming(at)[1:2]:
        days.cancel_day(
            day=day, actor=world.actor("officer2"), reason="省里召开防汛会议，领导不能到场。", at=at
        )


def _sit_today(world: World) -> None:
    """Whoever opens the county finds a reception going on: one in the room, others in line. None late at night."""
    until = world.until
    starts_at, ends_at = until - timedelta(minutes=30), until + timedelta(hours=3)
    asked_at = until - timedelta(hours=9)
    if len({local_day(moment) for moment in (starts_at, ends_at)}) > 1:
        return
    plan = days.DayPlan(
        post=world.staff.posts["leader"],
        kind=VisitKind.ANY_TIME,
        starts_at=starts_at,
        ends_at=ends_at,
        place_unit=world.units["petition_office"],
        place_text="县社会治理中心接访厅一号窗口",
        slots=SLOTS,
    )
    officer, clerk = world.actor("officer2"), world.actor("clerk")
    try:
        day = days.plan_day(actor=officer, plan=plan, at=asked_at)
    except Refusal:
        return  # the leader receives elsewhere at that hour
    for n, (name, phone, matter) in enumerate(TODAY):
        new = bookings.NewBooking(name=name, phone=phone, matter=matter)
        token = f"demo:{world.seed}:today:{n}"
        if phone:
            bookings.book(day=day, actor=Actor.petitioner(), new=new, token=token, at=asked_at)
        else:
            bookings.walk_in(day=day, actor=clerk, new=new, token=token, at=until - timedelta(minutes=20))
    stages.close_stage(day=day, actor=officer, stage=Stage.PREPARE, at=until - timedelta(minutes=25))
    turns.call(day=day, actor=officer, at=until - timedelta(minutes=4))
