"""One case of the county is to be heard (听证): its panel seated, the petitioner told, an expert asked."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.timekeeping import SHANGHAI, local_day
from demo.world import World
from hearings.enums import ExpertKind, Outside, ToldHow
from hearings.services import experts, holding, seating
from petitions.enums import Kind, Path, Status
from petitions.models import Petition

DAY = timedelta(days=1)
#: Proposed so long ago, held so long after.
AGO, AHEAD = 2 * DAY, 12 * DAY


def play(world: World) -> None:
    """After everything else, through the doors; nothing where no case fits."""
    fit = Petition.objects.filter(
        kind=Kind.APPEAL,
        path=Path.PETITION,
        status=Status.ACCEPTED,
        sealed=False,
        simplified=False,
        confidential=False,
        has_recusals=False,
        complained_unit=None,
        accepted_at__lt=world.until - AGO - DAY,
        lead_unit__in=[unit.pk for key, unit in world.units.items() if _able(world, key)],
    )
    case = fit.select_related("lead_unit").order_by("-head_count", "-accepted_at", "number").first()
    if case is not None:
        _hear(world, case)


def _able(world: World, key: str) -> bool:
    return key not in {"district", "petition_office", "discipline"} and world.has_head(key)


def _hear(world: World, case: Petition) -> None:
    assert case.lead_unit is not None
    key = world.keys[case.lead_unit.pk]
    head, at = world.actor(f"{key}_head"), world.until - AGO
    handler = world.staff.handlers(key)[0] if world.staff.handlers(key) else head
    day = local_day(at) + AHEAD
    row = holding.prepare(
        petition=case,
        actor=handler,
        matter="双方对事实说法不一，涉及人数较多，拟当面听取意见、核对证据。",
        place=f"{case.lead_unit.label}会议室",
        starts_at=datetime(day.year, day.month, day.day, 9, 30, tzinfo=SHANGHAI),
        at=at,
    )
    other = "urban" if key != "urban" else "housing"
    for who, chair in (("inspector", True), (f"{other}_head", False)):
        seating.seat(hearing=row, actor=handler, chair=chair, post=world.staff.posts[who], at=at)
    seating.seat(
        hearing=row,
        actor=handler,
        chair=False,
        name="白若溪",
        outside=Outside.LAWYER,
        body="清江县晨光律师事务所",
        at=at,
    )
    later = at + timedelta(hours=3)
    holding.decide(hearing=row, actor=head, hold=True, reason="情况复杂，听证有利于查明事实。", at=later)
    told = later + timedelta(hours=1)
    holding.tell_petitioner(hearing=row, actor=handler, how=ToldHow.WRITTEN, told_on=local_day(told), at=told)
    experts.ask(
        petition=case,
        actor=handler,
        kind=ExpertKind.OPINION,
        whom="清江县职业技术学院",
        question="请就双方争议的技术问题出具意见。",
        asked_on=local_day(at),
        due_on=local_day(at) + timedelta(days=8),
        at=at,
    )
