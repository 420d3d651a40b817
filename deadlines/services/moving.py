"""What a new year's table or a new version of a rule moves: seen before it is done, and done in the same words.

A due date that was counted by a published table is somebody's to rely on: a later table puts it off where the law does,
and never brings it nearer. What was 暂定 goes by the published table, whichever way.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet

from core.timekeeping import SHANGHAI
from deadlines.arithmetic import Due
from deadlines.enums import CONTINUOUS, Hours, StepKind
from deadlines.ladder import DueStep
from deadlines.models import Clock, Rule, RuleStep
from deadlines.rulebook import Rulebook, rulebook
from deadlines.services import sweeping
from deadlines.services.advances import Advance
from deadlines.services.clocks import MOVED, count_anew, take_count
from deadlines.services.standing import done_rungs, take_up
from deadlines.working_calendar import LONGEST_BREAK

MOST_SHOWN = 20
CHUNK = 500


@dataclass(frozen=True)
class Move:
    """A running clock, and when it would be due."""

    clock: Clock
    due: Due

    @property
    def earlier(self) -> bool:
        return self.due.due_at < self.clock.due_at


@dataclass(frozen=True)
class Moves:
    """``looked_at`` running clocks, of which ``moving`` get another due date, ``earlier`` of them a nearer one and
    ``late`` one that has passed; ``shown`` are those that would be due soonest. ``told``: of how many clocks people
    would be told what at once, by kind of rung."""

    looked_at: int
    moving: int
    earlier: int
    late: int
    shown: Sequence[Move]
    told: Mapping[str, int] = field(default_factory=dict)
    #: Where there are more running clocks than are looked at in one request: how many there are. The figures are then
    #: those of the ones that are due first.
    of: int = 0

    @property
    def told_words(self) -> list[tuple[str, int]]:
        """到期提醒 3, 到期未办 2, 逐级上报 2."""
        return [(str(kind.label), self.told[kind]) for kind in StepKind if self.told.get(kind)]


@dataclass(frozen=True)
class Carried:
    """``looked_at`` clocks went over or were counted again, ``moved`` of them are due at another time."""

    looked_at: int
    moved: int
    #: So many are left to a task.
    later: int = 0


#: The rule that a running clock goes over to; None leaves it alone.
Choose = Callable[[Clock], Rule | None]
#: Whether a running clock may be due earlier by the new count than it is.
Free = Callable[[Clock, Due], bool]


def by_calendar(year: int) -> Q:
    """Running clocks whose count can touch that year: those of days or duty hours, from start to roll."""
    first = datetime.combine(date(year, 1, 1) - timedelta(days=LONGEST_BREAK), time.min, SHANGHAI)
    beyond = datetime.combine(date(year + 1, 1, 1), time.min, SHANGHAI)
    counted = ~Q(rule__unit__in=[unit.value for unit in CONTINUOUS]) | Q(rule__hours=Hours.DUTY)
    return counted & (Q(provisional=True) | Q(started_at__lt=beyond, due_at__gte=first))


def under_rule(code: str) -> Q:
    return Q(rule__code=code)


def under_version(rule: Rule) -> Q:
    return Q(rule=rule)


def over_to(rule: Rule, day: date) -> Choose:
    """The running clocks that would start under ``rule`` on that day, by what was known of them at their start."""
    book, noon = rulebook(), datetime.combine(day, time(12), SHANGHAI)

    def choose(clock: Clock) -> Rule | None:
        found = book.in_force(rule.code, noon, clock.facts)
        return found if found is not None and found.pk == rule.pk else None

    return choose


def away_from(rule: Rule, day: date) -> Choose:
    """The version that comes closest once ``rule`` has ended."""
    book, noon = rulebook(), datetime.combine(day, time(12), SHANGHAI)
    return lambda clock: book.in_force(rule.code, noon, clock.facts)


def count(classes: Iterable[type[Clock]], which: Q, *, more_than: int) -> int:
    """How many running clocks; it stops counting soon after ``more_than``. One query a class."""
    found = 0
    for clock_class in classes:
        if found > more_than:
            break
        found += running(clock_class, which).count()
    return found


def missed(
    clock_class: type[Clock],
    which: Q,
    book: Rulebook,
    choose: Choose | None,
    free: Free | None = None,
) -> list[int]:
    """Running clocks of ``which`` that a change has not reached. Reads them all and locks none."""
    found = []
    for clock, rule in _chosen(running(clock_class, which).iterator(chunk_size=CHUNK), choose):
        due = count_anew(clock, book, rule)
        other = rule is not None and rule.pk != clock.rule_id
        if other or _changes(clock, due, rule, free) or clock.provisional != due.provisional:
            found.append(clock.pk)
    return found


def foresee(
    classes: Iterable[type[Clock]],
    which: Q,
    book: Rulebook,
    at: datetime,
    choose: Choose | None = None,
    free: Free | None = None,
) -> Moves:
    """What ``carry_out`` would do, without a lock and without a change. Reads the running clocks of ``which``, of more
    than ``MOVE_AT_ONCE`` so many of each class as are due first."""
    classes = list(classes)
    most = settings.MOVE_AT_ONCE
    total = count(classes, which, more_than=most)
    looked_at = 0
    found: list[Move] = []
    told: Counter[str] = Counter()
    for clock_class in classes:
        rows = running(clock_class, which)
        if total > most:
            rows = rows.order_by("due_at", "pk")[:most]
        for clock, rule in _chosen(rows.iterator(chunk_size=CHUNK), choose):
            looked_at += 1
            due = count_anew(clock, book, rule)
            if _changes(clock, due, rule, free):
                found.append(Move(clock, due))
            elif rule is None and clock.provisional == due.provisional:
                continue
            told.update({rung.kind for rung in _carry(_double(clock), due, book, rule, at)})
    shown = heapq.nsmallest(MOST_SHOWN, found, key=lambda move: move.due.due_at)
    return Moves(
        looked_at,
        len(found),
        sum(move.earlier for move in found),
        sum(move.due.due_at < at <= move.clock.due_at for move in found),
        shown,
        told,
        total if total > most else 0,
    )


def carry_out(
    classes: Iterable[type[Clock]],
    which: Q,
    book: Rulebook,
    at: datetime,
    choose: Choose | None = None,
    free: Free | None = None,
) -> Carried:
    """Count the running clocks of ``which`` again, by the rule that ``choose`` gives where there is one.

    In the caller's transaction; the clocks are locked. What was told counts as done, under another rule as well; what
    the change makes due and nobody was told is told at once.
    """
    looked_at = moved = 0
    for clock_class in classes:
        owed: dict[int, tuple[Clock, list[RuleStep]]] = {}
        rows = running(clock_class, which).select_for_update(of=("self",)).order_by("pk")
        for clock, rule in _chosen(rows.iterator(chunk_size=CHUNK), choose):
            looked_at += 1
            due = count_anew(clock, book, rule)
            changes = _changes(clock, due, rule, free)
            if not changes and rule is None and clock.provisional == due.provisional:
                continue
            moved += changes
            if untold := _carry(clock, due, book, rule, at):
                owed[clock.pk] = (clock, untold)
            clock.save(update_fields=[*MOVED, "rule"])
        _tell(clock_class, owed, book, at)
    return Carried(looked_at, moved)


def _double(clock: Clock) -> Clock:
    """The same columns, so that what would become of it is tried on something that is never saved."""
    return type(clock)(
        **{field.attname: getattr(clock, field.attname) for field in clock._meta.concrete_fields}
    )


def _carry(clock: Clock, due: Due, book: Rulebook, rule: Rule | None, at: datetime) -> list[RuleStep]:
    """Put the count on the clock, not saved; the rungs that are to be told at once."""
    done = done_rungs(clock, book)
    take_count(clock, due, book, rule)
    return take_up(clock, book, at, done)


def _tell(
    clock_class: type[Clock],
    owed: Mapping[int, tuple[Clock, list[RuleStep]]],
    book: Rulebook,
    at: datetime,
) -> None:
    """As of now and not as something late: nothing was to be told before the change."""
    ids = list(owed)
    for first in range(0, len(ids), CHUNK):
        advances = []
        for clock in clock_class.for_sweep().filter(pk__in=ids[first : first + CHUNK]).order_by("pk"):
            clock.rule = book.by_id[clock.rule_id]
            stands, untold = owed[clock.pk]
            due = [DueStep(clock, rung, at, timedelta()) for rung in untold]
            advances.append(
                Advance(clock, due, stands.step_no, stands.next_at, breached_at=stands.breached_at)
            )
        sweeping.tell_now(clock_class, advances, at)


def running(clock_class: type[Clock], which: Q) -> QuerySet[Clock]:
    """The running clocks of a class that ``which`` names."""
    return clock_class._base_manager.filter(which, stopped_at__isnull=True).select_related("rule")


def _chosen(clocks: Iterable[Clock], choose: Choose | None) -> Iterator[tuple[Clock, Rule | None]]:
    """Each clock with the rule it goes over to; those that ``choose`` passes over are left out."""
    for clock in clocks:
        rule = choose(clock) if choose is not None else None
        if choose is None or rule is not None:
            yield clock, rule


def _changes(clock: Clock, due: Due, rule: Rule | None, free: Free | None) -> bool:
    """Whether the clock gets another date. By a calendar, one that was not 暂定 is brought nearer only where ``free``
    says so."""
    if (clock.raw_due_at, clock.due_at) == (due.raw_due_at, due.due_at):
        return False
    if rule is not None or clock.provisional or due.due_at >= clock.due_at:
        return True
    return free is not None and free(clock, due)
