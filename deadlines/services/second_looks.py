"""A change counts again what runs; what was being started meanwhile is counted again a little later.

A lock would hold up every registration while a year's table moves tens of thousands of clocks. So a change leaves a
row (``SecondLook``) in its own transaction, and this looks again when whoever could have counted by the old edition is
done.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import DateTimeField, Func, Q

from deadlines.models import Clock, Rule, SecondLook
from deadlines.registry import clock_classes
from deadlines.rulebook import rulebook
from deadlines.services import big_moves, moving
from deadlines.services.moving import Carried
from deadlines.services.reaching import Reach, reach_of

#: Taken by the statement that sees the change, so that whoever begins later sees it too.
NOW_IN_SQL = Func(function="clock_timestamp", output_field=DateTimeField())


def wait_for(
    at: datetime, *, year: int | None = None, rule: Rule | None = None, leaving: bool = False
) -> None:
    """In the change's own transaction."""
    SecondLook.objects.create(year=year, rule=rule, leaving=leaving, made_at=at)


def carry_out(
    classes: Sequence[type[Clock]],
    reach: Reach,
    at: datetime,
    *,
    year: int | None = None,
    rule: Rule | None = None,
    leaving: bool = False,
) -> Carried:
    """What a change does to what runs, in its own transaction: at once, or above ``MOVE_AT_ONCE`` clocks by a task in
    batches (``big_moves``); and what it could not see is looked at again."""
    total = moving.count(classes, reach.which, more_than=settings.MOVE_AT_ONCE)
    if total > settings.MOVE_AT_ONCE:
        SecondLook.objects.create(year=year, rule=rule, leaving=leaving, made_at=at, total=total)
        return Carried(0, 0, later=total)
    carried = moving.carry_out(classes, reach.which, rulebook(), at, reach.choose, reach.free)
    wait_for(at, year=year, rule=rule, leaving=leaving)
    return carried


def look_again(at: datetime) -> int:
    """Carry on what is done in batches, then count again what the changes of before missed; how many clocks moved. Each
    change in a transaction of its own."""
    moved = big_moves.go_on()
    left = SecondLook.objects.filter(done_at=None).exclude(big_moves.waiting())
    left.filter(seen_at=None).update(seen_at=NOW_IN_SQL)
    for pk in left.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            look = SecondLook.objects.select_for_update(skip_locked=True).filter(pk=pk, done_at=None).first()
            if look is None or look.seen_at is None or _began_before(look.seen_at):
                continue
            found = _missed(look, at)
            look.moved, look.done_at = look.moved + found, at
            look.save(update_fields=["moved", "done_at"])
            moved += found
    return moved


def _missed(look: SecondLook, at: datetime) -> int:
    reach = reach_of(look)
    book, moved = rulebook(), 0
    for clock_class in clock_classes():
        # Read without a lock first: nearly always there is nothing.
        if ids := moving.missed(clock_class, reach.which, book, reach.choose, reach.free):
            found = Q(pk__in=ids)
            moved += moving.carry_out([clock_class], found, book, at, reach.choose, reach.free).looked_at
    return moved


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
