"""Two talks among many of the county, one held and one to come, and a joint sitting on a case in hand."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from accounts.models import Unit
from core.timekeeping import SHANGHAI, local_day
from demo.world import World
from mediation.models import Sitting
from mediation.services import (
    sittings,
    talk_matters,
    talk_minutes,
    talk_panel,
    talks,
    undertakings,
)
from mediation.sitting_enums import Coming, SittingKind
from mediation.talk_enums import Fate, PanelKind, TalkKind
from petitions.enums import Status
from petitions.models import Petition

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MINUTES = "先说电梯停运，再说地下车位。物业说明了维修资金的使用程序，社区答应把进度贴在单元门口。"
PUBLIC = "多位居民说到电梯停运和地下车位收费。物业当场说明维修资金的使用程序；社区每周公布维修进度。"
MATTERS = (
    ("3 号楼电梯停运两周，配件没有到货时间。", Fate.PASSED, "请督促物业写明到货时间，并告知居民。"),
    ("维修资金怎么用、谁同意，说不清楚。", Fate.ANSWERED, "当场说明了表决比例和公示要求，发了一页纸的说明。"),
    ("地下车位晚上没有灯。", Fate.OPEN, ""),
)
PANEL = (
    (PanelKind.LAWYER, "夏清评", "清江县晨光律师事务所"),
    (PanelKind.DEPUTY, "凌正言", "县人大代表"),
)
#: Asked to every sitting of the petition office; to this one the market office too.
STANDING, CONCERNED = ("housing", "nature", "traffic", "police", "emergency"), "market"
QUESTION = "同一处地方有几个单位的事：占道、消防通道、用电安全，先理清各管哪一段，再定谁先动手。"
RESOLVED = "一周内共同到现场；通道由住建牵头清出，其余按各自职责办理，每周五碰一次。"


def play(world: World) -> None:
    """After everything else, through the doors."""
    if not world.drafts:
        return
    _held(world)
    _coming(world)
    _sit(world)


def _at(world: World, days: int, hour: int) -> datetime:
    return datetime.combine(local_day(world.until) + days * DAY, time(hour), SHANGHAI)


def _held(world: World) -> None:
    """业主恳谈会 of the petition office, with forty people, its minutes checked by somebody else and published."""
    actor, starts = world.actor("officer"), _at(world, -9, 14)
    talk = talks.convene(
        actor=actor,
        new=talks.NewTalk(
            kind=TalkKind.OWNERS,
            topic="榆钱小区电梯和地下车位",
            about="请业主、物业和社区一起谈：电梯什么时候修好，车位怎么收费。",
            starts_at=starts,
            seats=60,
            place="榆钱社区活动室",
        ),
        at=starts - 6 * DAY,
    )
    talks.announce(talk=talk, actor=actor, at=starts - 6 * DAY + HOUR)
    talk_minutes.hold(talk=talk, actor=actor, came=40, minutes=MINUTES, at=starts + 2 * HOUR)
    for text, fate, note in MATTERS:
        matter = talk_matters.raise_matter(talk=talk, actor=actor, text=text, at=starts + 3 * HOUR)
        if fate != Fate.OPEN:
            unit = world.units["housing"] if fate == Fate.PASSED else None
            talk_matters.settle(
                matter=matter, actor=actor, fate=fate, note=note, unit=unit, at=starts + 3 * HOUR
            )
    talk_minutes.draft(talk=talk, actor=actor, text=PUBLIC, at=starts + DAY)
    talk_minutes.publish(talk=talk, actor=world.actor("officer2"), no_names=True, at=starts + DAY + HOUR)


def _coming(world: World) -> None:
    """评理说法厅 of the mediation centre, announced, with a panel of two."""
    actor, at = world.actor("mediator"), world.until - 2 * DAY
    talk = talks.convene(
        actor=actor,
        new=talks.NewTalk(
            kind=TalkKind.REASONING,
            topic="夜里装卸货的声音",
            about="商户和楼上住户各说各的理，请中立的人评一评。评议意见只供参考。",
            starts_at=_at(world, 9, 15),
            seats=30,
            place="县综合服务中心三楼",
        ),
        at=at,
    )
    for kind, name, body in PANEL:
        talk_panel.seat(talk=talk, actor=actor, kind=kind, name=name, body=body, at=at + HOUR)
    talks.announce(talk=talk, actor=actor, at=at + 2 * HOUR)


def _sit(world: World) -> None:
    """On the most crowded case of 城市管理局 that is in hand and complains of nobody."""
    officer, held = world.actor("officer"), _at(world, -4, 9)
    units = world.units
    sittings.keep_standing(actor=officer, units=[units[key] for key in STANDING], at=held - 30 * DAY)
    cases = Petition.objects.filter(
        lead_unit=units["urban"],
        status=Status.ACCEPTED,
        sealed=False,
        has_recusals=False,
        complained_unit=None,
        accepted_at__lt=held - 3 * DAY,
    )
    case = cases.order_by("-head_count", "number").first()
    if case is None:
        return
    row = sittings.call(
        actor=officer,
        petition=case,
        new=sittings.NewSitting(
            kind=SittingKind.JOINT,
            question=QUESTION,
            place="信访局二楼会议室",
            starts_at=held,
            units=_asked(units),
        ),
        at=held - 2 * DAY,
    )
    for key in ("housing", CONCERNED):
        sends = "业务科负责人"
        sittings.answer(
            sitting=row,
            actor=world.staff.handlers(key)[0],
            coming=Coming.YES,
            sends=sends,
            at=held - DAY,
        )
    row = sittings.hold(
        sitting=row, actor=officer, resolved=RESOLVED, came=_asked(units)[:-1], at=held + 2 * HOUR
    )
    _undertake(world, row, held + 3 * HOUR)


def _asked(units: dict[str, Unit]) -> list[Unit]:
    return [units[key] for key in (CONCERNED, *STANDING)]


def _undertake(world: World, row: Sitting, at: datetime) -> None:
    officer = world.actor("officer")
    for key, what, days in (
        ("housing", "清出消防通道，划线并立牌。", 12),
        (CONCERNED, "核对摊位的营业执照，列出清单。", 8),
    ):
        one = undertakings.undertake(
            sitting=row,
            actor=officer,
            unit=world.units[key],
            what=what,
            due_on=local_day(at) + days * DAY,
            at=at,
        )
    undertakings.report(
        undertaking=one,
        actor=world.staff.handlers(CONCERNED)[0],
        text="十九个摊位已核对，两个没有执照，已通知办理。",
        at=at + 2 * DAY,
    )
