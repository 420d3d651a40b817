"""Where a clock stands on its ladder once its rule, its calendar or its length has changed.

What lies before the change counts as done, unless it was never told: then it is told once, at the change. A breach
whose due moment moved into the time to come is taken back, and what follows it is told anew at its new moments.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import takewhile

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest, Now

from deadlines import ladder
from deadlines.enums import StepKind
from deadlines.models import Clock, RuleStep
from deadlines.rulebook import Rulebook, rulebook

Placed = tuple[RuleStep, datetime]


def done_rungs(clock: Clock, book: Rulebook) -> Sequence[RuleStep]:
    """Those a clock has behind it, as it stands: told, or void from the start."""
    rungs = ladder.in_order(book.ladder(clock.rule_id), ladder.course_of(clock, book))
    return rungs[: clock.step_no]


def set_next(clock: Clock, book: Rulebook) -> None:
    left = _placed(clock, book)[clock.step_no :]
    clock.next_at = left[0][1] if left else None


def begin_ladder(clock: Clock, book: Rulebook, at: datetime, done: Collection[RuleStep] = ()) -> None:
    """From ``at`` the ladder begins anew under the same rule, without the reminders that lie in the past and without
    what was told (``done``); not saved."""
    told = {rung.pk for rung in done}
    rungs = _placed(clock, book)
    void = takewhile(
        lambda one: one[1] <= at and (one[0].kind == StepKind.REMIND or one[0].pk in told), rungs
    )
    clock.step_no = sum(1 for _ in void)
    clock.breached_at = _breach(clock, at, rungs[: clock.step_no])
    set_next(clock, book)


def take_up(clock: Clock, book: Rulebook, at: datetime, done: Sequence[RuleStep]) -> list[RuleStep]:
    """Where a clock that was counted anew, maybe under another rule, stands at ``at``, ``done`` being what it had
    behind it before; not saved. Returns the rungs that the change makes due at once and that nobody was told.

    The end of a window is left to the sweep, whose moment it is.
    """
    rungs = _placed(clock, book)
    taken_back = clock.breached_at is not None and clock.due_at > at
    stays = {rung.pk for rung in done if rung.kind == StepKind.REMIND or not taken_back}
    behind = list(
        takewhile(
            lambda one: (one[1] <= at or one[0].pk in stays) and one[0].kind != StepKind.LAPSE,
            rungs,
        )
    )
    clock.step_no = len(behind)
    clock.breached_at = _breach(clock, at, behind)
    set_next(clock, book)
    return _untold([rung for rung, moment in behind if moment <= at], done, overdue=clock.due_at <= at)


def take_back_early(clock_class: type[Clock], now: datetime) -> int:
    """Running clocks whose breach was noted before their due moment, by a machine whose clock was fast: the mark goes,
    with a line in the ledger, and what was told too early is walked over again and known by its key. How many.

    Reads every running clock of the class: for the rare moment at which a clock is put back.
    """
    early = clock_class._base_manager.filter(stopped_at=None, breached_at__gt=Greatest(Value(now), Now()))
    book, taken = rulebook(), 0
    with transaction.atomic():
        for clock in early.select_for_update(of=("self",)).order_by("pk"):
            stays = [rung for rung in done_rungs(clock, book) if rung.kind == StepKind.REMIND]
            clock.breached_at, clock.step_no = None, len(stays)
            set_next(clock, book)
            clock.save(update_fields=["breached_at", "step_no", "next_at"])
            taken += 1
    return taken


def _untold(past: Sequence[RuleStep], done: Sequence[RuleStep], *, overdue: bool) -> list[RuleStep]:
    """Of another rule's rungs one counts as told where one of its kind was told to its role. Nobody is reminded of what
    is over, nor twice at once."""
    same = {rung.pk for rung in done}
    alike = Counter((rung.kind, rung.role) for rung in done)
    found: dict[tuple[str, str, int], RuleStep] = {}
    for rung in past:
        like = (rung.kind, rung.role)
        if rung.pk in same:
            continue
        if not any(rung.rule_id == one.rule_id for one in done) and alike[like]:
            alike[like] -= 1
            continue
        if rung.kind == StepKind.REMIND and overdue:
            continue
        found[(*like, 0 if rung.kind == StepKind.REMIND else rung.pk)] = rung
    return list(found.values())


def _breach(clock: Clock, at: datetime, behind: Sequence[Placed]) -> datetime | None:
    """Its due moment, where that has passed and the breach is behind it."""
    breached = clock.due_at <= at and any(rung.kind == StepKind.BREACH for rung, _moment in behind)
    return clock.due_at if breached else None


def _placed(clock: Clock, book: Rulebook) -> list[Placed]:
    """Every rung with its moment, in order."""
    course = ladder.course_of(clock, book)
    rungs = ladder.in_order(book.ladder(clock.rule_id), course)
    return [(rung, ladder.moment_of(clock, rung, course)) for rung in rungs]
