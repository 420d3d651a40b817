"""Starting, stopping and extending clocks. Every change to a clock's columns is made here or in the sweep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import Case, DateTimeField, Exists, F, OuterRef, Q, QuerySet, When

from core.errors import Refusal
from core.timekeeping import SHANGHAI
from deadlines import arithmetic, ladder
from deadlines.arithmetic import CountingError, Due, day_text
from deadlines.enums import StepKind
from deadlines.facts import Facts
from deadlines.models import Clock, Rule, RuleStep
from deadlines.rulebook import NO_FACTS, Rulebook, rulebook
from deadlines.services.standing import begin_ladder, done_rungs, set_next

ClockT = TypeVar("ClockT", bound=Clock)
#: What the column holds.
FASTEST = 32_767


def build(
    clock_class: type[ClockT],
    *,
    rule_code: str,
    at: datetime,
    length: int | None = None,
    due_on: date | None = None,
    facts: Facts = NO_FACTS,
    book: Rulebook | None = None,
    **fields: Any,
) -> ClockT:
    """An unsaved running clock, for ``bulk_create``. One small query; none when ``book`` is passed.

    ``at`` is aware; of the rule's versions of that day the one applies that comes closest to ``facts``
    (``deadlines.facts``). ``length`` overrides the rule's, in the rule's unit; ``due_on`` sets the last day by hand.
    ``fields`` are the concrete class's own. Raises ValueError for
    a naive moment, Refusal (code "invalid") for an unknown rule or an impossible date.
    """
    if at.tzinfo is None:
        raise ValueError("a clock starts at an aware moment")
    book = book or rulebook()
    try:
        rule = book.rule(rule_code, at, facts)
        speed = _speed(rule, due_on)
        duty = book.duty_for(rule, facts) if due_on is None else None
        due = arithmetic.due_at(rule, at, book.calendar, length=length, due_on=due_on, speed=speed, duty=duty)
    except CountingError as wrong:
        raise Refusal(str(wrong), code="invalid") from wrong
    clock = clock_class(
        rule=rule,
        started_at=at,
        speed=speed,
        explanation={
            "rule": rule.code,
            "basis": rule.basis,
            "length": length if length is not None else rule.length,
            "due_on": due_on.isoformat() if due_on else None,
            "steps": list(due.steps),
            **({"facts": dict(facts)} if facts else {}),
        },
        **fields,
    )
    _set_due(clock, due, book)
    begin_ladder(clock, book, at)
    return clock


def start(
    clock_class: type[ClockT],
    *,
    rule_code: str,
    at: datetime,
    length: int | None = None,
    due_on: date | None = None,
    facts: Facts = NO_FACTS,
    book: Rulebook | None = None,
    **fields: Any,
) -> ClockT:
    """Build a clock and save it; see ``build``."""
    clock = build(
        clock_class,
        rule_code=rule_code,
        at=at,
        length=length,
        due_on=due_on,
        facts=facts,
        book=book,
        **fields,
    )
    clock.save(force_insert=True)
    return clock


def stop(clock: Clock, at: datetime) -> bool:
    """Stop a clock; False when it had stopped before. A stop after the due moment marks the breach. One
    query.

    Raises ValueError for a naive moment or one before the start.
    """
    if at < clock.started_at:
        raise ValueError("a clock stops after it started")
    rows = type(clock)._base_manager.filter(pk=clock.pk)
    stopped = stop_all(rows, at) == 1
    clock.refresh_from_db(fields=["stopped_at", "next_at", "breached_at"])
    return stopped


def stop_all(clocks: QuerySet[Any], at: datetime, **also: Any) -> int:
    """Stop the running ones among ``clocks``, a queryset of one clock class; how many. One query.

    ``also`` sets fields of the concrete class with it, such as why it stopped.
    """
    if at.tzinfo is None:
        raise ValueError("a clock stops at an aware moment")
    # A window that merely ends (lapse) is nobody's breach.
    can_breach = Exists(RuleStep.objects.filter(rule_id=OuterRef("rule_id"), kind=StepKind.BREACH))
    # One stopped in time is no breach, whatever a machine clock that was fast has noted before.
    breached = Case(
        When(Q(due_at__lt=at) & can_breach, then=F("due_at")),
        default=None,
        output_field=DateTimeField(),
    )
    running = clocks.filter(stopped_at__isnull=True)
    return running.update(stopped_at=at, next_at=None, breached_at=breached, **also)


def is_breach(clock: Clock, at: datetime, book: Rulebook) -> bool:
    """Whether stopping it ``at`` that moment is too late; a window that merely ends (lapse) is nobody's breach."""
    rungs = book.ladders.get(clock.rule_id, ())
    return clock.due_at < at and any(rung.kind == StepKind.BREACH for rung in rungs)


def stop_read(clocks: Sequence[ClockT], at: datetime, book: Rulebook, **also: Any) -> None:
    """``stop_all`` for running clocks that the caller has read and locked. One query, two when some are late."""
    late = {clock.pk for clock in clocks if is_breach(clock, at, book)}
    on_time = {clock.pk for clock in clocks} - late
    if on_time:
        rows = type(clocks[0])._base_manager.filter(pk__in=on_time)
        rows.update(stopped_at=at, next_at=None, breached_at=None, **also)
    if late:
        rows = type(clocks[0])._base_manager.filter(pk__in=late)
        rows.update(stopped_at=at, next_at=None, breached_at=F("due_at"), **also)


def extend(clock: ClockT, days: int, at: datetime) -> ClockT:
    """Extend a running clock once, by at most the rule's limit of calendar days, before it is due (条例 34).

    The ladder starts anew from the new due date. The row is locked; ``clock`` itself is brought up to date.
    Raises Refusal with the reason when the rule knows no extension, it was extended, has stopped or is
    overdue.
    """
    with transaction.atomic():
        locked = type(clock)._base_manager.select_for_update(of=("self",)).get(pk=clock.pk)
        book = rulebook()
        rule = book.by_id[locked.rule_id]
        _check_extension(locked, rule, days, at)
        due = arithmetic.extended(rule, locked.raw_due_at, days, book.calendar)
        locked.extended_days = days
        locked.explanation = {
            **locked.explanation,
            "extension": {
                "days": days,
                "at": at.astimezone(SHANGHAI).isoformat(),
                "steps": list(due.steps),
            },
        }
        _set_due(locked, due, book)
        begin_ladder(locked, book, at)
        locked.save(update_fields=MOVED)
    for name in MOVED:
        setattr(clock, name, getattr(locked, name))
    return clock


def leave_out(clock: ClockT, days: int, at: datetime) -> ClockT:
    """Leave ``days`` calendar days out of a running clock, all told, whatever was left out of it before (条例 36).

    No extension: nobody grants it, the rule's limit does not bind it, and it may come after the due moment, since the
    days that are left out lie before it. The ladder starts anew when the due date moves, and a breach is taken back
    where it was none. The row is locked; ``clock`` itself is brought up to date. Raises Refusal when the clock has
    stopped.
    """
    with transaction.atomic():
        locked = type(clock)._base_manager.select_for_update(of=("self",)).get(pk=clock.pk)
        if not locked.running:
            raise Refusal("该期限已经停止。", code="stale")
        book = rulebook()
        done = done_rungs(locked, book)
        locked.extended_days = days
        locked.explanation = {
            **locked.explanation,
            "extension": {"days": days, "at": at.astimezone(SHANGHAI).isoformat(), "left_out": True},
        }
        take_count(locked, count_anew(locked, book), book)
        begin_ladder(locked, book, at, done)
        locked.save(update_fields=MOVED)
    for name in MOVED:
        setattr(clock, name, getattr(locked, name))
    return clock


def hold_back(clock: Clock, until: datetime) -> None:
    """Let nothing happen to a clock just started before ``until`` (aware); its start and due date stay as they are.

    For a window whose beginning became known late: the law counts it from then, but nobody is surprised by its end.
    """
    clock.held_until = until
    set_next(clock, rulebook())
    clock.save(update_fields=["held_until", "next_at"])


MOVED = [
    "raw_due_at",
    "due_at",
    "soon_at",
    "provisional",
    "next_at",
    "step_no",
    "breached_at",
    "extended_days",
    "explanation",
]


def count_anew(clock: Clock, book: Rulebook, rule: Rule | None = None) -> Due:
    """When a clock is due by ``book``, and by ``rule`` instead of its own where one is given; the clock stays as it is.

    Start, the length or date somebody chose, what was extended or left out, and speed are kept.
    """
    told = clock.explanation
    due_on, kept = told.get("due_on"), told.get("length")
    own = book.by_id[clock.rule_id]
    duty = None if due_on else book.duty_for(rule or own, clock.facts, told.get("hours"))
    due = arithmetic.due_at(
        rule or own,
        clock.started_at,
        book.calendar,
        length=kept if rule is None or kept != own.length else None,
        due_on=date.fromisoformat(due_on) if due_on else None,
        speed=clock.speed,
        duty=duty,
    )
    if not clock.extended_days:
        return due
    longer = arithmetic.extended(rule or own, due.raw_due_at, clock.extended_days, book.calendar)
    return replace(longer, steps=due.steps, extension=longer.steps)


def take_count(clock: Clock, due: Due, book: Rulebook, rule: Rule | None = None) -> None:
    """Put a new count on a clock, and ``rule`` in the place of its own where one is given; not saved. Where it stands
    on its ladder is for the caller to say (``standing``)."""
    told = {**clock.explanation, "steps": list(due.steps)}
    if rule is not None:
        if told.get("length") == book.by_id[clock.rule_id].length:
            told["length"] = rule.length
        clock.rule, told["rule"], told["basis"] = rule, rule.code, rule.basis
    if clock.extended_days:
        kept = told.get("extension", {})
        told["extension"] = {**kept, "steps": _extension_steps(due, left_out=kept.get("left_out", False))}
    clock.explanation = told
    _set_due(clock, due, book)


def _extension_steps(due: Due, *, left_out: bool) -> list[str]:
    """Days that are left out of the count are nobody's extension."""
    if not left_out:
        return list(due.extension)
    return [step.replace("延长", "扣除不计算的", 1) for step in due.extension]


def _speed(rule: Rule, due_on: date | None) -> int:
    """Only clocks that run day and night are hastened in a trial; a day stays a day."""
    if not rule.continuous or due_on is not None:
        return 1
    return min(max(1, int(getattr(settings, "TRIAL_SPEED", 1))), FASTEST)


def _set_due(clock: Clock, due: Due, book: Rulebook) -> None:
    clock.raw_due_at, clock.due_at, clock.provisional = due.raw_due_at, due.due_at, due.provisional
    told = {**clock.explanation, "calendar": book.calendar.version}
    told.pop("hours", None)
    clock.explanation = told if due.hours is None else {**told, "hours": due.hours}
    course = ladder.course_of(clock, book)
    rungs = ladder.in_order(book.ladder(clock.rule_id), course)
    first = next((rung for rung in rungs if rung.kind == StepKind.REMIND), None)
    clock.soon_at = ladder.moment(first, course) if first is not None else None


def _check_extension(clock: Clock, rule: Rule, days: int, at: datetime) -> None:
    if rule.extension_limit is None:
        raise Refusal(f"“{rule.name}”的期限不能延长。")
    if not 1 <= days <= rule.extension_limit:
        raise Refusal(
            f"延长期限须在1至{rule.extension_limit}日之间，不能是{days}日。",
            code="invalid",
        )
    if clock.extended_days:
        raise Refusal(f"该事项已延长过{clock.extended_days}日，只能延长一次。")
    if not clock.running:
        raise Refusal("该期限已经停止，不能再延长。")
    if at > clock.due_at:
        raise Refusal(f"期限已于{day_text(clock.due_at.astimezone(SHANGHAI).date())}届满，逾期后不能延长。")
