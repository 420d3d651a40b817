"""A year's table that was a mistake is taken back: the one before it is entered anew, and what runs moves back.

A table is never changed or deleted, so this is a version like any other. Only here a date may come nearer: one that was
counted by the mistaken table, back to what it was. A date that somebody could rely on before that table stays.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from accounts.actor import Actor
from accounts.enums import Role
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import now
from core.wording import said
from deadlines.models import CalendarTable
from deadlines.registry import clock_classes
from deadlines.rulebook import calendar_of, rulebook
from deadlines.services import big_moves, moving, second_looks
from deadlines.services.moving import Carried, Moves
from deadlines.services.reaching import Reach, counted_by

LONGEST_REASON = 150


def foresee_taking_back(table: CalendarTable, *, at: datetime | None = None) -> Moves:
    """What taking it back would move; nothing is changed. Raises Refusal as ``take_back``."""
    at = at or now()
    before = _before(table)
    tables = CalendarTable.objects.order_by("year", "-pk").distinct("year").exclude(year=table.year)
    book = replace(rulebook(), calendar=calendar_of([*tables, before]))
    return moving.foresee(clock_classes(), moving.by_calendar(table.year), book, at, free=counted_by(table))


def take_back(*, actor: Actor, table: CalendarTable, reason: str, at: datetime | None = None) -> Carried:
    """Enter the year as it was before ``table``, and count again what runs.

    Where it was the year's first, the year counts as one without a table again, and is missed again. Raises Refusal:
    another than the system administrator, no reason, a table that is not the year's newest any more, the first of a
    year that nobody entered by hand (it came with the project).
    """
    at = at or now()
    if actor.role != Role.SYSTEM_ADMIN:
        raise Refusal("工作日历由系统管理员录入。", code="forbidden")
    reason = said(reason, "请写明为什么撤回。", longest=LONGEST_REASON)
    with transaction.atomic():
        big_moves.refuse_while_moving(year=table.year)
        list(CalendarTable.objects.select_for_update().filter(year=table.year))
        before = _before(table)
        entry = CalendarTable.objects.create(
            year=table.year,
            days=before.days,
            confirmed=before.confirmed,
            source=f"撤回“{table.source[:30]}”：{reason}"[:200],
            entered_by=actor.user,
            takes_back=table,
        )
        reach = Reach(moving.by_calendar(table.year), free=counted_by(table))
        carried = second_looks.carry_out(clock_classes(), reach, at, year=table.year)
        audit.record(
            actor=actor,
            act="calendar.take_back",
            obj=entry,
            detail={
                "year": table.year,
                "source": table.source,
                "clocks_moved": carried.moved,
                "reason": reason,
            },
        )
    return carried


def _before(table: CalendarTable) -> CalendarTable:
    """The table of the year that was in force before this one. Raises Refusal."""
    newest = (
        CalendarTable.objects.filter(year=table.year).order_by("-pk").values_list("pk", flat=True).first()
    )
    if newest != table.pk:
        raise Refusal(
            f"{table.year}年后来又录入过，撤回只能撤最近一次。请回到工作日历再看一遍。", code="stale"
        )
    before = CalendarTable.objects.filter(year=table.year, pk__lt=table.pk).order_by("-pk").first()
    if before is None and table.entered_by_id is None:
        raise Refusal(
            f"{table.year}年只录入过这一次，是随系统带来的，不能撤回；有错的请重新录入。", code="stale"
        )
    return before or CalendarTable(year=table.year, days={}, confirmed=False)


def leaves_none(table: CalendarTable) -> bool:
    """Whether the year is without a table once this one is taken back."""
    before = CalendarTable.objects.filter(year=table.year, pk__lt=table.pk).order_by("-pk").first()
    return before is None or before.is_none
