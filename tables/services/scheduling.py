"""Telling people of a table, week by week or month by month: once for each turn, and after a standstill once for the
latest turn that was missed.

What is told is that the table is there: a link, no numbers. Everybody reads it with their own eyes.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import OperationalError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import local_day, now
from notifications.services import notify
from tables import rules
from tables.enums import Every, Told
from tables.models import SavedTable, Schedule
from tables.periods import last_turn, next_turn
from tables.services.saving import locked

log = logging.getLogger(__name__)


def plan(
    *,
    actor: Actor,
    table: SavedTable,
    every: str,
    weekday: int,
    day: int,
    hour: int,
    told: str,
    at: datetime | None = None,
) -> Schedule:
    """Set when people are told, in place of what was set before. The first turn is the next one to come.

    Raises:
        Refusal: ``"forbidden"``, ``"not_found"``, ``"invalid"``.
    """
    at = at or now()
    if every not in Every.values or told not in Told.values:
        raise Refusal(_("请选择频次和通知谁。"), code="invalid")
    if not (0 <= weekday <= 6 and 1 <= day <= 31 and 0 <= hour <= 23):
        raise Refusal(_("请选择星期、日期（1 至 31）和钟点（0 至 23）。"), code="invalid")
    with transaction.atomic():
        row = locked(table)
        rules.require_owner(row, actor)
        wish = {"every": every, "weekday": weekday, "day": day, "hour": hour, "told": told}
        wish["next_at"] = next_turn(every, weekday, day, hour, at)
        made, _new = Schedule.objects.update_or_create(table=row, defaults=wish)
        audit.record(actor=actor, act="table.schedule", obj=row, detail={"title": row.title}, at=at)
    return made


def stop(*, actor: Actor, table: SavedTable, at: datetime | None = None) -> None:
    """Nobody is told any more.

    Raises:
        Refusal: ``"forbidden"``, ``"not_found"``; ``"stale"`` (409): nothing was set.
    """
    with transaction.atomic():
        row = locked(table)
        rules.require_owner(row, actor)
        if not hasattr(row, "schedule"):
            raise Refusal(_("这张表没有定时通知。"), code="stale")
        row.schedule.delete()
        audit.record(actor=actor, act="table.unschedule", obj=row, detail={"title": row.title}, at=at)


def run_due(*, at: datetime | None = None, limit: int = 200) -> int:
    """Tell of every turn that has come. How many tables were told of.

    Each in its own transaction, under the lock of the table and of its schedule: two workers never take the same turn,
    and one that dies has told nobody. A table that is being changed or deleted is left for the next time. A turn that
    fails holds up no other: it is logged, its owner is told, and the schedule goes on with the next turn.
    """
    at = at or now()
    done = 0
    failed: list[int] = []
    for _turn in range(limit):
        row: Schedule | None = None
        try:
            with transaction.atomic():
                row = _free().filter(next_at__lte=at).exclude(pk__in=failed).order_by("next_at", "pk").first()
                if row is None:
                    break
                told = _tell(row, at)
            done += told
        except Exception as error:
            if row is None:  # the database itself, no turn
                raise
            failed.append(row.pk)
            log.exception("table turn failed: schedule %d", row.pk)
            _fail(row.pk, error, at)
    return done


def _free() -> QuerySet[Schedule]:
    """Those that nobody holds, locked with their tables."""
    free = Schedule.objects.select_for_update(skip_locked=True, of=("self", "table"))
    return free.select_related("table__owner__user", "table__owner__unit", "table__unit", "table__place")


def _fail(pk: int, error: Exception, at: datetime) -> None:
    """Tell the owner why nobody was told, and go on with the next turn. What only had to wait comes again by itself."""
    if isinstance(error, OperationalError):
        return
    try:
        with transaction.atomic():
            row = _free().filter(pk=pk).first()
            if row is None:
                return
            table = row.table
            why = error.sentence if isinstance(error, Refusal) else _("系统出错，已经记录。")
            said = _("统计表“%(title)s”这一期没有通知出去：%(why)s请打开核对，修改后重新保存。")
            notify(
                recipients={table.owner.user_id},
                text=said % {"title": table.title, "why": why},
                link=table.get_absolute_url(),
                dedupe_key=f"table:{table.pk}:failed:{row.next_at:%Y%m%d%H}",
                about=table.about,
                level="soon",
                at=at,
            )
            row.next_at = next_turn(*row.turn, at)
            row.save(update_fields=["next_at"])
    except Exception:
        log.exception("table turn failed twice: schedule %d", pk)


def _tell(row: Schedule, at: datetime) -> int:
    table, owner = row.table, row.table.owner
    if not (owner.user.is_active and owner.held_on(local_day(at))):
        # Nobody is left who could stop it.
        row.delete()
        audit.record(
            actor=Actor.system(), act="table.unschedule", obj=table, detail={"title": table.title}, at=at
        )
        return 0
    turn = last_turn(*row.turn, at)
    # People are not sent to a table that cannot be read: its owner is told instead.
    table.shape.check()
    table.shape.span(local_day(turn))
    readers = {owner.user_id}
    if row.told == Told.READERS:
        readers |= {post.user_id for post in rules.readers_of(table)}
    notify(
        recipients=readers,
        text=_("统计表“%(title)s”有新一期，请查看。") % {"title": table.title},
        link=f"{reverse('tables:table', args=[table.pk])}?day={local_day(turn)}",
        dedupe_key=f"table:{table.pk}:{turn:%Y%m%d%H}",
        about=table.about,
        at=at,
    )
    row.last_at, row.next_at = turn, next_turn(*row.turn, at)
    row.save(update_fields=["last_at", "next_at"])
    return 1
