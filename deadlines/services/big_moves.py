"""A change that reaches more clocks than one request may move is carried out in batches, by a task.

The change itself stands at once: whatever starts goes by it. What runs goes over batch by batch, each in a transaction
that also notes how far it came, so that a killed task is taken up where it was. What is not reached yet keeps its date,
and is told by it; a breach that the move then puts off is taken back like any other.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q

from accounts.actor import Actor
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import now
from deadlines.models import Clock, SecondLook
from deadlines.registry import clock_classes
from deadlines.rulebook import rulebook
from deadlines.services import moving
from deadlines.services.moving import CHUNK, Carried
from deadlines.services.reaching import Reach, reach_of

logger = logging.getLogger(__name__)


def waiting() -> Q:
    """Changes that are carried out in batches and have not reached every clock."""
    return Q(total__isnull=False, carried_at=None)


def refuse_while_moving(*, year: int | None = None, code: str | None = None) -> None:
    """One change of a rule, or of a year, at a time: the batches of the first would go by the second. Raises
    Refusal."""
    same = Q(year=year) if year is not None else Q(rule__code=code)
    if SecondLook.objects.filter(waiting(), same).exists():
        raise Refusal("上一次改动还在分批进行，完成以后再改；进度见本页上方。", code="moving")


def go_on(at: datetime | None = None) -> int:
    """Carry out what waits, to its end; how many clocks moved. Several tasks at once take turns."""
    moved = 0
    for pk in SecondLook.objects.filter(waiting()).order_by("pk").values_list("pk", flat=True):
        while (carried := batch(pk, at or now())) is not None:
            moved += carried.moved
    return moved


def batch(pk: int, at: datetime) -> Carried | None:
    """The next ``CHUNK`` clocks of one change; None once there is none, or another task has it in hand."""
    with transaction.atomic():
        look = SecondLook.objects.select_for_update(skip_locked=True).filter(waiting(), pk=pk).first()
        if look is None:
            return None
        reach = reach_of(look)
        found = _next(look, reach)
        if found is None:
            _finish(look, at)
            return None
        clock_class, ids = found
        carried = _carry(look, clock_class, ids, reach, at)
        look.at_class, look.at_clock = clock_class._meta.label_lower, ids[-1]
        look.looked_at += len(ids)
        look.moved += carried.moved
        look.save(update_fields=["at_class", "at_clock", "looked_at", "moved", "failed"])
    return carried


def _next(look: SecondLook, reach: Reach) -> tuple[type[Clock], list[int]] | None:
    """The class at hand and the next clocks of it, by id, from where the change has come to."""
    classes = clock_classes()
    labels = [one._meta.label_lower for one in classes]
    first = labels.index(look.at_class) if look.at_class in labels else 0
    for clock_class in classes[first:]:
        after = look.at_clock if clock_class._meta.label_lower == look.at_class else 0
        rows = moving.running(clock_class, reach.which).filter(pk__gt=after)
        if ids := list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
            return clock_class, ids
    return None


def _carry(
    look: SecondLook, clock_class: type[Clock], ids: Sequence[int], reach: Reach, at: datetime
) -> Carried:
    """All of them together; where one cannot be counted, each by itself, and that one keeps its date."""
    try:
        with transaction.atomic():
            return _carry_out(clock_class, ids, reach, at)
    except (OperationalError, InterfaceError):
        raise  # the connection, or a lock: the task comes again
    except Exception:
        logger.exception("A batch of %s could not be moved together.", clock_class._meta.label)
    moved = 0
    for pk in ids:
        try:
            with transaction.atomic():
                moved += _carry_out(clock_class, [pk], reach, at).moved
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            look.failed += 1
            logger.exception("Clock %s:%d keeps its date.", clock_class._meta.label_lower, pk)
    return Carried(len(ids), moved)


def _carry_out(clock_class: type[Clock], ids: Sequence[int], reach: Reach, at: datetime) -> Carried:
    which = Q(pk__in=ids)
    return moving.carry_out([clock_class], which, rulebook(), at, reach.choose, reach.free)


def _finish(look: SecondLook, at: datetime) -> None:
    look.carried_at = at
    look.save(update_fields=["carried_at"])
    detail = {"clocks": look.looked_at, "clocks_moved": look.moved, "clocks_failed": look.failed}
    what = {"year": look.year} if look.rule is None else {"code": look.rule.code}
    audit.record(actor=Actor.system(), act="rule.moved", obj=look, detail={**what, **detail}, at=at)
