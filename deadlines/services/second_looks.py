"""A change counts again what runs; what was being started meanwhile is counted again a little later.

A lock would hold up every registration while a year's table moves tens of thousands of clocks. So a change leaves a
row (``SecondLook``) in its own transaction, and this looks again when whoever could have counted by the old edition is
done.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.db.models import DateTimeField, Func, Q

from deadlines.models import CalendarTable, Rule, SecondLook
from deadlines.registry import clock_classes
from deadlines.rulebook import rulebook
from deadlines.services import moving
from deadlines.services.moving import Choose, Free

#: Taken by the statement that sees the change, so that whoever begins later sees it too.
NOW_IN_SQL = Func(function="clock_timestamp", output_field=DateTimeField())


def wait_for(
    at: datetime, *, year: int | None = None, rule: Rule | None = None, leaving: bool = False
) -> None:
    """In the change's own transaction."""
    SecondLook.objects.create(year=year, rule=rule, leaving=leaving, made_at=at)


def look_again(at: datetime) -> int:
    """Count again what the changes of before missed; how many clocks moved. Each change in a transaction of its own."""
    SecondLook.objects.filter(done_at=None, seen_at=None).update(seen_at=NOW_IN_SQL)
    moved = 0
    for pk in SecondLook.objects.filter(done_at=None).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            look = SecondLook.objects.select_for_update(skip_locked=True).filter(pk=pk, done_at=None).first()
            if look is None or look.seen_at is None or _began_before(look.seen_at):
                continue
            look.moved, look.done_at = _missed(look, at), at
            look.save(update_fields=["moved", "done_at"])
            moved += look.moved
    return moved


def _missed(look: SecondLook, at: datetime) -> int:
    which, choose = _reach(look)
    free = _free(look)
    book, moved = rulebook(), 0
    for clock_class in clock_classes():
        # Read without a lock first: nearly always there is nothing.
        if ids := moving.missed(clock_class, which, book, choose, free):
            moved += moving.carry_out([clock_class], Q(pk__in=ids), book, at, choose, free).looked_at
    return moved


def _free(look: SecondLook) -> Free | None:
    """Where the year's table took a mistaken one back, what was counted by that may come nearer."""
    from deadlines.services.taking_back import counted_by

    table = CalendarTable.objects.filter(year=look.year).select_related("takes_back").order_by("-pk").first()
    return counted_by(table.takes_back) if table is not None and table.takes_back is not None else None


def _reach(look: SecondLook) -> tuple[Q, Choose | None]:
    """The clocks that the change was about and has not reached, and what they go over to."""
    if look.rule is None:
        assert look.year is not None
        return moving.by_calendar(look.year), None
    if look.leaving:
        assert look.rule.valid_until is not None
        return moving.under_version(look.rule), moving.away_from(look.rule, look.rule.valid_until)
    elsewhere = moving.under_rule(look.rule.code) & ~moving.under_version(look.rule)
    return elsewhere, moving.over_to(look.rule, look.rule.valid_from)


def _began_before(moment: datetime) -> bool:
    """Whether a transaction of this database that began before is still open: of any session but this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND xact_start <= %s)",
            [moment],
        )
        (there,) = cursor.fetchone()
    return bool(there)
