"""A district shapes its own ladder; what runs stays on the one it began on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Unit
from accounts.services import audit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import now
from core.wording import said
from mediation import rules
from mediation.enums import MediationAct
from mediation.models import Ladder, Level

MOST_LEVELS = 5
LONGEST_DAYS, MOST_ATTEMPTS = 365, 99


@dataclass(frozen=True)
class NewLevel:
    """``attempts`` None: as often as needed. ``days``: calendar days."""

    name: str
    attempts: int | None
    days: int | None


def set_ladder(
    *, actor: Actor, unit: Unit | None, name: str, levels: Sequence[NewLevel], at: datetime | None = None
) -> Ladder:
    """A new version for the unit and below, or for the whole district; it ends the former one.

    Raises Refusal: not one's right, no level or too many, a level without a name or days, or one without a number of
    attempts that is not the last: nothing would ever leave it.
    """
    at = at or now()
    if actor.unit is None:
        raise Refusal(_("请先选择您的岗位。"), code="forbidden")
    whole = Unit.objects.get(pk=actor.unit.ancestor_ids[0])
    rules.require(MediationAct.KEEP_LADDER, actor, unit=unit or whole)
    name = said(name, _("请填写阶梯的名称。"), longest=40)
    _check(levels)
    with transaction.atomic():
        # The first version of a unit has no row of its own to wait on.
        Unit.objects.select_for_update(no_key=True).get(pk=(unit or whole).pk)
        Ladder.objects.filter(unit=unit, ended_at=None).update(ended_at=at)
        ladder: Ladder = Ladder.objects.create(unit=unit, name=name, made_at=at, made_by=actor.user)
        Level.objects.bulk_create(
            Level(
                ladder=ladder,
                place=place,
                name=clean_text(one.name),
                attempts=one.attempts,
                days=one.days or 0,
            )
            for place, one in enumerate(levels, 1)
        )
        audit.record(actor=actor, act="mediation.ladder", obj=ladder, detail={"levels": len(levels)}, at=at)
    return ladder


def _check(levels: Sequence[NewLevel]) -> None:
    if not levels or len(levels) > MOST_LEVELS:
        raise Refusal(_("阶梯至少一级，最多 %(n)d 级。") % {"n": MOST_LEVELS}, code="invalid")
    for place, one in enumerate(levels, 1):
        said(one.name, _("请填写第 %(n)d 级的名称。") % {"n": place}, longest=40)
        if one.days is None or not 1 <= one.days <= LONGEST_DAYS:
            raise Refusal(
                _("请填写第 %(n)d 级的天数，1 到 %(most)d 天。") % {"n": place, "most": LONGEST_DAYS},
                code="invalid",
            )
        if one.attempts is None and place < len(levels):
            raise Refusal(
                _("只有最后一级可以不限次数：第 %(n)d 级没有次数，纠纷到了那里就走不出来。") % {"n": place},
                code="invalid",
            )
        if one.attempts is not None and not 1 <= one.attempts <= MOST_ATTEMPTS:
            raise Refusal(_("第 %(n)d 级的次数请填 1 到 99。") % {"n": place}, code="invalid")
