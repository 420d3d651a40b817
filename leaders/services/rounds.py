"""Rounds of packages: named spans of days that follow one another."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Unit
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import now
from core.wording import said
from leaders import rules
from leaders.enums import LeaderAct
from leaders.models import PackageRound


def set_round(
    *, actor: Actor, unit: Unit, name: str, starts_on: date, ends_on: date, at: datetime | None = None
) -> PackageRound:
    """Raises Refusal: not one's right, no name, the end before the start, or over another round of the unit."""
    at = at or now()
    rules.require(LeaderAct.SET_ROUND, actor)
    name = said(name, _("请写明轮次名称。"), longest=60)
    if ends_on < starts_on:
        raise Refusal(_("结束日期不能早于开始日期。"), code="invalid")
    try:
        with transaction.atomic():
            made = PackageRound.objects.create(
                unit=unit, name=name, starts_on=starts_on, ends_on=ends_on, made_at=at, made_by=actor.user
            )
            audit.record(actor=actor, act="package.round", obj=made, detail={"name": name}, at=at)
    except IntegrityError as error:
        if "package_rounds_apart" in str(error):
            raise Refusal(_("和已有的轮次重叠，请另定日期。"), code="stale") from error
        raise
    return made
