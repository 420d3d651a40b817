"""The sweep: what has fallen due is told once, and the clock moves on, in one transaction per batch."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction

from deadlines import ladder, ledger
from deadlines.enums import StepKind
from deadlines.ladder import AlertLine, DueStep
from deadlines.models import Clock
from deadlines.rulebook import Rulebook, rulebook
from deadlines.services import unreached
from deadlines.services.advances import Advance, write
from deadlines.services.putting_off import held_by_another, put_off_all, reason_of
from deadlines.services.watermark import Watermark
from notifications.services import NoticeRow, notify_many

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class SweepResult:
    """``claimed`` clocks, ``alerts`` new notices, ``failed`` clocks put off with the reason.

    ``lag_seconds`` is how long the oldest step had been due, 0 when nothing was.
    """

    claimed: int = 0
    alerts: int = 0
    failed: tuple[str, ...] = ()
    lag_seconds: float = 0.0

    def __add__(self, other: SweepResult) -> SweepResult:
        return SweepResult(
            self.claimed + other.claimed,
            self.alerts + other.alerts,
            self.failed + other.failed,
            max(self.lag_seconds, other.lag_seconds),
        )


def sweep(
    clock_class: type[Clock],
    *,
    now: datetime,
    batch: int = 500,
    budget_seconds: float | None = None,
    watermark: Watermark | None = None,
    since: datetime | None = None,
) -> SweepResult:
    """Handle every clock of a class that is due at ``now`` (aware), oldest first, a batch per transaction.

    Several sweeps may run at once: each clock is locked by one and skipped by the others. An exception rolls
    the batch at hand back wholly; the next sweep finds it again. With ``budget_seconds`` the sweep stops
    after the batch that used it up, and the next one goes on. ``watermark`` is for callers that sweep every
    second; ``since`` for one that knows all up to that moment to be handled, as a load that sweeps in order.
    """
    if now.tzinfo is None:
        raise ValueError("a sweep needs an aware moment")
    started, total = time.monotonic(), SweepResult()
    # A sweep inside a caller's transaction may be undone without our hearing of it: no memory of it is kept.
    mark = watermark if watermark is not None and not connection.in_atomic_block else Watermark()
    bound = since or mark.bound(now)
    try:
        while True:
            result = _sweep_batch(clock_class, now, bound, batch)
            total += result
            if result.claimed < batch:
                mark.swept(now, whole=bound is None)
                return total
            if budget_seconds is not None and time.monotonic() - started > budget_seconds:
                mark.forget()
                return total
    except BaseException:
        mark.forget()
        raise


def _sweep_batch(clock_class: type[Clock], now: datetime, bound: datetime | None, batch: int) -> SweepResult:
    with transaction.atomic():
        clocks = _claim(clock_class, now, bound, batch)
        if not clocks:
            return SweepResult()
        book = rulebook()
        _read_hours(clock_class, clocks, book)
        moves, failed = _plan_all(clocks, book, now)
        _count_rounds(clock_class, moves)
        alerts, refused = _fire(clock_class, moves, now)
        held = {clock.pk for clock, error in refused if held_by_another(error)}
        failed += [(clock, error) for clock, error in refused if clock.pk not in held]
        put_off = {clock.pk for clock, _ in failed} | held
        kept = [move for move in moves if move.clock.pk not in put_off]
        put_off_all(clock_class, failed, now)
    lag = max((step.late_by for move in kept for step in move.due), default=timedelta())
    reasons = tuple(f"{clock.key}: {reason_of(error)}" for clock, error in failed)
    if held:
        logger.warning("%d clocks are held by other transactions; the next sweep comes to them.", len(held))
    # Those stay due: with nothing but them in hand a sweep has come to its end.
    return SweepResult(len(clocks) if len(held) < len(clocks) else 0, alerts, reasons, lag.total_seconds())


def _claim(clock_class: type[Clock], now: datetime, bound: datetime | None, batch: int) -> list[Any]:
    """Lock the oldest due clocks that nobody else holds. ``bound`` spares the index's dead left edge."""
    due = clock_class.for_sweep().filter(next_at__lte=now)
    if bound is not None:
        due = due.filter(next_at__gt=bound)
    return list(due.order_by("next_at").select_for_update(skip_locked=True, of=("self",))[:batch])


def _read_hours(clock_class: type[Clock], clocks: Sequence[Clock], book: Rulebook) -> None:
    """What the claim left unread, for clocks of duty hours only: by which hours they count. One query, or none."""
    counted = {pk for pk, rule in book.by_id.items() if rule.on_duty}
    lacking = {clock.pk: clock for clock in clocks if clock.rule_id in counted}
    if not lacking:
        return
    rows = clock_class._base_manager.filter(pk__in=lacking).values_list("pk", "explanation")
    for pk, explanation in rows:
        lacking[pk].explanation = explanation


def _plan_all(
    clocks: Sequence[Clock], book: Rulebook, now: datetime
) -> tuple[list[Advance], list[tuple[Clock, Exception]]]:
    moves, failed = [], []
    for clock in clocks:
        try:
            moves.append(_plan(clock, book, now))
        except Exception as error:
            failed.append((clock, error))
    return moves, failed


def _plan(clock: Clock, book: Rulebook, now: datetime) -> Advance:
    """Every rung due by now, in order (after a time off several), and where the clock stands after them."""
    clock.rule = book.by_id[clock.rule_id]
    course = ladder.course_of(clock, book)
    rungs = ladder.in_order(book.ladder(clock.rule_id), course)
    move = Advance(clock, step_no=clock.step_no)
    for rung in rungs[clock.step_no :]:
        moment = ladder.moment_of(clock, rung, course)
        if moment > now:
            move.next_at = moment
            break
        move.due.append(DueStep(clock, rung, moment, now - moment))
        move.step_no += 1
        if rung.kind == StepKind.BREACH:
            move.breached_at = clock.due_at
        elif rung.kind == StepKind.LAPSE:
            move.stopped_at = moment
    return move


def _count_rounds(clock_class: type[Clock], moves: Sequence[Advance]) -> None:
    """One query, or none where the batch has only reminders: those have one round."""
    late = [move for move in moves if any(step.kind != StepKind.REMIND for step in move.due)]
    found = ledger.rounds(clock_class, [move.clock.pk for move in late])
    for move in late:
        if times := found.get(move.clock.pk):
            move.due = [replace(step, round=times) for step in move.due]


def _fire(
    clock_class: type[Clock], moves: list[Advance], now: datetime
) -> tuple[int, list[tuple[Clock, Exception]]]:
    """Tell everybody and move the clocks on in one go; if that raises, halve the batch until the clock at fault stands
    alone. A row that cannot be written is a clock at fault like any other."""
    if not moves:
        return 0, []
    try:
        with transaction.atomic():
            told, nobody = _tell(clock_class, [step for move in moves for step in move.due], now)
            write(clock_class, _held_back(moves, nobody, now))
            return told, []
    except Exception as error:
        lost = isinstance(error, OperationalError | InterfaceError) and not connection.is_usable()
        if lost:
            raise
        if len(moves) == 1:
            return 0, [(moves[0].clock, error)]
    half = len(moves) // 2
    first, first_failed = _fire(clock_class, moves[:half], now)
    second, second_failed = _fire(clock_class, moves[half:], now)
    return first + second, first_failed + second_failed


def _tell(clock_class: type[Clock], due: list[DueStep], now: datetime) -> tuple[int, list[DueStep]]:
    """How many notices were written, and the steps that reach nobody at all."""
    lapses = [step for step in due if step.kind == StepKind.LAPSE]
    alerts = [step for step in due if step.kind != StepKind.LAPSE]
    written, nobody = 0, list[DueStep]()
    if alerts:
        lines = clock_class.alert_lines(alerts)
        written = notify_many(_rows(lines, alerts), at=now)
        nobody = unreached.steps_without_anybody(lines, alerts)
    if lapses:
        clock_class.on_lapse(lapses, now)
    return written, nobody


def _held_back(moves: list[Advance], nobody: Sequence[DueStep], now: datetime) -> list[Advance]:
    """The moves as they are written: a clock stays at its first rung that reached nobody. The breach stands all the
    same: being late does not depend on who was told."""
    if not nobody:
        return moves
    first: dict[Any, DueStep] = {}
    for step in nobody:
        first.setdefault(step.clock.pk, step)
    book = rulebook()
    return [
        _stay(move, first[move.clock.pk], book, now) if move.clock.pk in first else move for move in moves
    ]


def _stay(move: Advance, step: DueStep, book: Rulebook, now: datetime) -> Advance:
    clock = move.clock
    logger.error("Clock %s: a rung reached nobody.", clock.key)
    return replace(
        move,
        step_no=unreached.place(clock, step.step, book),
        next_at=unreached.next_look(clock, now, move.next_at),
        error_count=min(clock.error_count + 1, 32_767) if clock.last_error == unreached.NOBODY else 1,
        last_error=unreached.NOBODY,
    )


def _rows(lines: Sequence[AlertLine], due: Sequence[DueStep]) -> list[NoticeRow]:
    """One notice a recipient; the line of a rung says by when, and knows when it was to be told."""
    by_key = {step.key: step for step in due}
    rows = []
    for line in lines:
        step = _step_of(line, by_key)
        text, meant = (line.text, None) if step is None else (step.worded(line.text), step.at)
        rows += [
            NoticeRow(recipient, text, line.link, line.dedupe_key, line.level, line.about, meant)
            for recipient in line.recipients
        ]
    return rows


def _step_of(line: AlertLine, steps: Mapping[str, DueStep]) -> DueStep | None:
    """The rung of a line, whose key is its rung's or begins with it; none of a line about something else."""
    key = line.dedupe_key
    while key and key not in steps:
        key = key.rpartition(":")[0]
    return steps.get(key)


def tell_now(clock_class: type[Clock], advances: list[Advance], now: datetime) -> int:
    """What a change made due at once, of clocks that the caller has locked; how many notices. A clock whose lines raise
    is put off and shown, as by a sweep."""
    _count_rounds(clock_class, advances)
    told, failed = _fire(clock_class, advances, now)
    for _clock, error in failed:
        if held_by_another(error):
            raise error  # the change as a whole is tried again: what it made due must not be lost
    put_off_all(clock_class, failed, now)
    return told
