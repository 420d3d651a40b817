"""分片包联: a leader is named for a town or a village, and is no more. Rows stay: they are the history."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post, Unit
from accounts.services import audit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import local_day, now
from leaders import rules
from leaders.enums import LeaderAct
from leaders.models import LeaderArea

AREA_KINDS = (UnitKind.TOWN, UnitKind.VILLAGE)


def add_area(
    *,
    actor: Actor,
    post: Post,
    unit: Unit,
    valid_from: date,
    last_day: date | None = None,
    note: str = "",
    at: datetime | None = None,
) -> LeaderArea:
    """From ``valid_from`` to ``last_day``, that day too (None: until it is ended).

    Raises Refusal: not the office, no town or village, a post that is no leader's or not held then, an end before the
    start, or the same leader named twice for the same days.
    """
    at = at or now()
    rules.require(LeaderAct.KEEP_AREAS, actor, leader=post)
    if post.role != Role.LEADER or not post.held_on(max(valid_from, local_day(at))):
        raise Refusal(_("请选择那天在任的领导。"), code="invalid")
    if unit.kind not in AREA_KINDS or (unit.valid_until is not None and unit.valid_until <= local_day(at)):
        raise Refusal(_("请选择在用的镇街或者村社。"), code="invalid")
    if last_day is not None and last_day < valid_from:
        raise Refusal(_("结束日期不能早于开始日期。"), code="invalid")
    try:
        with transaction.atomic():
            row: LeaderArea = LeaderArea.objects.create(
                post=post,
                unit=unit,
                valid_from=valid_from,
                valid_until=last_day + timedelta(days=1) if last_day else None,
                note=clean_text(note).replace("\n", " ")[:200],
                made_at=at,
                made_by=actor.user,
            )
            audit.record(actor=actor, act="area.add", obj=row, at=at)
    except IntegrityError as error:
        if "area_once_at_a_time" not in str(error):
            raise
        words = _("%(leader)s在这段时间已经包联%(unit)s。") % {"leader": post.user, "unit": unit.label}
        raise Refusal(words, code="invalid") from error
    return row


def end_area(*, area: LeaderArea, actor: Actor, at: datetime | None = None) -> None:
    """It ends today; yesterday was the last day. One that was yet to come never begins.

    Raises Refusal: not the office, or ended before.
    """
    at = at or now()
    today = local_day(at)
    with transaction.atomic():
        row = LeaderArea.objects.select_for_update(of=("self",)).select_related("post__unit").get(pk=area.pk)
        rules.require(LeaderAct.KEEP_AREAS, actor, leader=row.post)
        if row.valid_until is not None and row.valid_until <= today:
            raise Refusal(_("这项包联已经结束。"), code="stale")
        row.valid_until = max(today, row.valid_from)
        row.ended_at, row.ended_by = at, actor.user
        row.save(update_fields=["valid_until", "ended_at", "ended_by"])
        audit.record(actor=actor, act="area.end", obj=row, at=at)
