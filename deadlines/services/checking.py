"""Whether every clock is due when its ledger says: counted again line by line, by the rule and calendar of then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache

from django.db.models import Exists, OuterRef

from core.timekeeping import now
from deadlines import arithmetic
from deadlines.arithmetic import Due
from deadlines.enums import EntryKind, StepKind
from deadlines.ledger import TOLD
from deadlines.models import Clock, ClockEntry
from deadlines.rulebook import Rulebook, read_calendar, rulebook
from deadlines.working_calendar import WorkingCalendar

_Calendars = Callable[[int], WorkingCalendar]
CHUNK = 2_000
#: Lines that say anew when a clock is due; the others leave that as it was.
COUNTED = {EntryKind.START, EntryKind.MOVE, EntryKind.RULE, EntryKind.LEAVE_OUT, EntryKind.EXTEND}


def faults(clock_class: type[Clock], at: datetime | None = None) -> Iterator[str]:
    """One sentence for each clock of the class that its ledger does not bear out. Memory does not grow with the table.

    A line whose clock is gone is a fault as well. A clock that seems at fault is read once more: a step may have come
    between reading it and reading its lines.
    """
    at = at or now()
    book, calendars = rulebook(), lru_cache(maxsize=50)(read_calendar)
    last = 0
    while clocks := _after(clock_class, last):
        last = clocks[-1].pk
        lines = _lines(clock_class, clocks)
        for clock in clocks:
            if not _fault(clock, lines.get(clock.pk, []), book, calendars, at):
                continue
            again = clock_class._base_manager.get(pk=clock.pk)
            why = _fault(again, _lines(clock_class, [again]).get(clock.pk, []), book, calendars, at)
            if why:
                yield f"{clock.key}：{why}"
    yield from _orphans(clock_class)


def _after(clock_class: type[Clock], last: int) -> list[Clock]:
    return list(clock_class._base_manager.filter(pk__gt=last).defer("explanation").order_by("pk")[:CHUNK])


def _lines(clock_class: type[Clock], clocks: Sequence[Clock]) -> dict[int, list[ClockEntry]]:
    found: dict[int, list[ClockEntry]] = {}
    entries = ClockEntry.objects.filter(
        clock_class=clock_class._meta.label_lower, clock_id__in=[clock.pk for clock in clocks]
    )
    for entry in entries.order_by("pk"):
        found.setdefault(entry.clock_id, []).append(entry)
    return found


def _orphans(clock_class: type[Clock]) -> Iterator[str]:
    label = clock_class._meta.label_lower
    there = clock_class._base_manager.filter(pk=OuterRef("clock_id"))
    gone = ClockEntry.objects.filter(~Exists(there), clock_class=label)
    for clock_id in gone.order_by("clock_id").values_list("clock_id", flat=True).distinct():
        yield f"{label}:{clock_id}：台账里有，时钟已不存在。"


def _fault(
    clock: Clock, lines: Sequence[ClockEntry], book: Rulebook, calendars: _Calendars, at: datetime
) -> str:
    """Empty where all is as it must be."""
    if not lines or lines[0].kind not in {EntryKind.START, EntryKind.ADOPT}:
        return "台账没有起算的记录。"
    before: ClockEntry | None = None
    for line in lines:
        if why := _line_fault(line, before, book, calendars):
            return f"台账第 {line.pk} 行（{EntryKind(line.kind).label}）{why}"
        before = line
    assert before is not None
    differing = [name for name in TOLD if getattr(clock, name) != getattr(before, name)]
    if differing:
        return f"与台账最后一行不同：{'、'.join(differing)}。"
    stopped_late = clock.stopped_at is not None and clock.stopped_at > clock.due_at
    can_breach = any(rung.kind == StepKind.BREACH for rung in book.ladder(clock.rule_id))
    if stopped_late and can_breach and clock.breached_at is None:
        return "超期后停止，却没有记超期。"
    return _breach_fault(clock, at)


def _breach_fault(clock: Clock, at: datetime) -> str:
    """A breach is noted at the due moment, once that has passed, and never of a clock that stopped in time."""
    if clock.breached_at is None:
        return ""
    if (clock.stopped_at or at) <= clock.due_at:
        return "没有超期，却记了超期。"
    if clock.breached_at != clock.due_at:
        return f"记的超期时刻（{arithmetic.moment_text(clock.breached_at)}）不是到期时刻。"
    return ""


def _line_fault(line: ClockEntry, before: ClockEntry | None, book: Rulebook, calendars: _Calendars) -> str:
    if line.kind not in COUNTED:
        if before is not None and (line.raw_due_at, line.due_at) != (before.raw_due_at, before.due_at):
            return "改了到期日。"
        return ""
    if line.calendar is None:
        return "没有写明按哪一版日历。"
    if book.by_id[line.rule_id].on_duty and line.due_on is None and line.hours not in book.duty:
        return "没有写明按哪个办公时间。"
    due = _counted(line, before, book, calendars(line.calendar))
    if (line.raw_due_at, line.due_at) != (due.raw_due_at, due.due_at):
        return f"应于{arithmetic.moment_text(due.due_at)}到期，记的是{arithmetic.moment_text(line.due_at)}。"
    return ""


def _counted(line: ClockEntry, before: ClockEntry | None, book: Rulebook, calendar: WorkingCalendar) -> Due:
    rule = book.by_id[line.rule_id]
    if line.kind == EntryKind.EXTEND and before is not None:
        return arithmetic.extended(rule, before.raw_due_at, line.extended_days, calendar)
    due = arithmetic.due_at(
        rule,
        line.started_at,
        calendar,
        length=line.length,
        due_on=line.due_on,
        speed=line.speed,
        duty=book.duty.get(line.hours) if line.hours is not None else None,
    )
    if not line.extended_days:
        return due
    return arithmetic.extended(rule, due.raw_due_at, line.extended_days, calendar)
