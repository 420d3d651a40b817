"""Clocks for the deadline benchmark: two tables of one shape, the engine, and the loop one writes first.

Import after ``django.setup()``.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models

from accounts.models import User
from core.timekeeping import SHANGHAI
from deadlines import ledger
from deadlines.ladder import AlertLine, DueStep, course_of, moment
from deadlines.models import Clock, Rule
from deadlines.selectors import rulebook
from deadlines.services import Watermark, sweep
from notifications.models import Notice, OutboxMessage

NOW = datetime(2026, 11, 21, 9, tzinfo=SHANGHAI)
CALLS = 100


class BenchClock(Clock):
    """A clock that tells one person; what the engine itself costs, without anybody's rules of who is told."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta(Clock.Meta):
        abstract = True

    @classmethod
    def alert_lines(cls, due: Sequence[DueStep]) -> list[AlertLine]:
        return [
            AlertLine([step.clock.owner_id], words(step.clock), "/", step.key, step.level)  # type: ignore[attr-defined]
            for step in due
        ]


class Small(BenchClock):
    class Meta(BenchClock.Meta):
        abstract = False
        app_label = "bench"
        indexes = [Clock.sweep_index("bench_small_next")]


class Large(BenchClock):
    class Meta(BenchClock.Meta):
        abstract = False
        app_label = "bench"
        indexes = [Clock.sweep_index("bench_large_next")]


def words(clock: Clock) -> str:
    return f"办件{clock.pk}的“{clock.rule.name}”期限将到,请抓紧办理。"


def fill(clock_class: type[Clock], count: int, owner: User) -> None:
    """Running 15-day clocks whose reminder lies four to nineteen days ahead, in no order."""
    rule = Rule.objects.get(code="notice", valid_until=None)
    with connection.schema_editor() as editor:
        editor.create_model(clock_class)
    ledger.attach([clock_class])
    table = clock_class._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {table} (rule_id, started_at, raw_due_at, due_at, soon_at, provisional, next_at, step_no,
                extended_days, speed, error_count, last_error, explanation, owner_id)
            SELECT %(rule)s, due - interval '15 days', due, due, due - interval '3 days', false,
                due - interval '3 days', 0, 0, 1, 0, '', '{{"steps": ["a", "b", "c"]}}', %(owner)s
            FROM (SELECT %(now)s::timestamptz + interval '7 days' + random() * interval '15 days' AS due
                  FROM generate_series(1, %(count)s)) AS made""",
            {"rule": rule.pk, "owner": owner.pk, "now": NOW, "count": count},
        )
        cursor.execute(f"VACUUM ANALYZE {table}")


def lay_tables(small: int, large: int) -> None:
    owner = User.objects.create(username="bench", name="测", email="bench@example.test")
    fill(Small, small, owner)
    fill(Large, large, owner)


def make_due(count: int, total: int, turn: int) -> None:
    """``count`` clocks scattered over the table have their reminder due now, others each turn."""
    step = total // count
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {Large._meta.db_table}
            SET next_at = %(now)s::timestamptz - id * interval '1 microsecond', step_no = 0,
                started_at = %(now)s::timestamptz - interval '12 days',
                due_at = %(now)s::timestamptz + interval '3 days' - id * interval '1 microsecond',
                raw_due_at = %(now)s::timestamptz + interval '3 days' - id * interval '1 microsecond'
            WHERE id %% %(step)s = %(turn)s AND id <= %(step)s * %(count)s""",
            {"now": NOW, "step": step, "turn": turn, "count": count},
        )


def seconds(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def plain_loop() -> None:
    """What one writes first: a query, a loop, a notice, its message, save()."""
    book = rulebook()
    ladders = {rule.pk: book.ladder(rule.pk) for rule in Rule.objects.all()}
    for clock in Large._default_manager.filter(next_at__lte=NOW).select_related("rule").order_by("next_at"):
        rungs, course = ladders[clock.rule_id], course_of(clock, book)
        while clock.step_no < len(rungs) and moment(rungs[clock.step_no], course) <= NOW:
            notice = Notice.objects.create(
                recipient_id=clock.owner_id,  # type: ignore[attr-defined]
                text=words(clock),
                link="/",
                dedupe_key=f"plain:{clock.pk}:{clock.step_no}",
                level="soon",
                created_at=NOW,
            )
            OutboxMessage.objects.create(notice=notice, next_try_at=NOW)
            clock.step_no += 1
        clock.next_at = moment(rungs[clock.step_no], course)
        clock.save()


def engine() -> None:
    sweep(Large, now=NOW)


def empty_sweeps(rounds: int) -> dict[str, list[float]]:
    """Milliseconds of single sweeps that find nothing, the two tables taking turns call by call."""
    found: dict[str, list[float]] = {"small": [], "large": []}
    for _ in range(rounds * CALLS):
        for name, clock_class in (("small", Small), ("large", Large)):
            found[name].append(1000 * seconds(lambda c=clock_class: sweep(c, now=NOW)))
    return found


@contextmanager
def old_snapshot() -> Iterator[None]:
    """A transaction elsewhere that still sees the table as it was, a backup for instance."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT count(*) FROM deadlines_rule")
        yield
    other.close()


def after_firing(due: int, total: int, turn: int) -> tuple[list[float], list[float]]:
    """Empty sweeps over the dead index entries of what just fired, under an old snapshot: plain, watermark."""
    mark, plain, marked = Watermark(), [], []
    with old_snapshot():
        make_due(due, total, turn)
        engine()
        sweep(Large, now=NOW, watermark=mark)
        later = NOW + timedelta(seconds=10)
        for _ in range(CALLS):
            plain.append(1000 * seconds(lambda: sweep(Large, now=later)))
            marked.append(1000 * seconds(lambda: sweep(Large, now=later, watermark=mark)))
    return plain, marked


def due_rates(due: int, total: int, rounds: int) -> dict[str, list[float]]:
    """Clocks per second, engine and loop in turn, each on rows of its own; every result is counted."""
    rates: dict[str, list[float]] = {"engine": [], "loop": []}
    for turn in range(rounds):
        for place, (name, work) in enumerate((("engine", engine), ("loop", plain_loop))):
            make_due(due, total, 2 * turn + place)
            before = Notice.objects.count()
            rates[name].append(due / seconds(work))
            assert Notice.objects.count() - before == due
            assert OutboxMessage.objects.count() == Notice.objects.count()
            assert not Large._default_manager.filter(next_at__lte=NOW).exists()
    return rates
