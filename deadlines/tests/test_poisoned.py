"""One row that cannot be written, and failures that are not over because a second has passed."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from deadlines import engine, selectors
from deadlines.services import rounds, stop, sweep
from deadlines.tests.models import Egg
from notifications.models import Notice

pytestmark = pytest.mark.django_db
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def egg_class(monkeypatch, eggs):
    for module in (rounds, engine):
        monkeypatch.setattr(module, "clock_classes", lambda: [Egg])


def poison(egg):
    """The ledger cannot take the line of this clock's breach."""
    Egg.objects.filter(pk=egg.pk).update(explanation={**egg.explanation, "length": "abc"})


def test_the_healthy_clocks_of_the_batch_are_told_and_the_poisoned_one_is_put_off_and_shown(lay, egg_class):
    bad, *good = lay("conclusion", "2026-03-02T09:00", count=5)
    poison(bad)
    at = bad.due_at + MINUTE
    result = sweep(Egg, now=at)
    assert (result.claimed, result.alerts, len(result.failed)) == (5, 12, 1)
    bad.refresh_from_db()
    assert (bad.error_count, bad.next_at, bad.step_no, bad.breached_at) == (1, at + MINUTE, 0, None)
    assert "DataError" in bad.last_error
    for egg in good:
        egg.refresh_from_db()
        assert (egg.step_no, egg.breached_at) == (3, egg.due_at)
    assert [clock.pk for clock in selectors.all_put_off(10)] == [bad.pk]
    assert not Notice.objects.filter(dedupe_key__startswith=f"{bad.key}:").exists()


def test_once_it_is_mended_it_is_told_in_full(lay, egg_class):
    (bad,) = lay("conclusion", "2026-03-02T09:00")
    poison(bad)
    at = bad.due_at + MINUTE
    sweep(Egg, now=at)
    Egg.objects.filter(pk=bad.pk).update(explanation=bad.explanation)
    assert sweep(Egg, now=at + MINUTE).alerts == 3


def test_one_that_cannot_even_be_put_off_stalls_nobody(lay, egg_class, caplog):
    bad, *_ = lay("conclusion", "2026-03-02T09:00", count=3, broken=False)
    Egg.objects.filter(pk=bad.pk).update(broken=True)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            f"ALTER TABLE deadlines_tests_egg ADD CONSTRAINT spoilt CHECK (id <> {bad.pk} OR error_count = 0)"
        )
    other, *_ = lay("conclusion", "2026-03-02T09:00", broken=True)
    result = sweep(Egg, now=bad.due_at + MINUTE)
    assert (result.alerts, len(result.failed)) == (6, 2)
    assert "could not be put off" in caplog.text
    other.refresh_from_db(), bad.refresh_from_db()
    assert (other.error_count, bad.error_count) == (1, 0)


class TestThePulse:
    def test_a_failure_is_said_as_long_as_the_clock_is_put_off(self, lay, egg_class):
        (bad,) = lay("conclusion", "2026-03-02T09:00", broken=True)
        at = bad.due_at + SECOND
        for seconds in (0, 1, 30):
            rounds.sweep_all(now=at + seconds * SECOND)
            state = selectors.engine_state(at + seconds * SECOND)
            assert state.failed == 1
            assert "有期限扫描出错（不到 10 条），已推迟再试" in state.trouble[0]
        stop(bad, at + MINUTE)
        assert selectors.engine_state(at + 2 * MINUTE).failed == 0

    def test_however_often_it_failed(self, lay, egg_class):
        (bad,) = lay("conclusion", "2026-03-02T09:00", broken=True)
        now = bad.due_at
        for _ in range(12):
            sweep(Egg, now=now)
            assert selectors.engine_state(now).failed == 1
            bad.refresh_from_db()
            now = bad.next_at

    def test_the_lag_is_that_of_the_oldest_clock_that_waits(self, lay, egg_class):
        first, *_ = lay("conclusion", "2026-03-02T09:00", count=2)
        rounds.sweep_all(now=first.next_at - MINUTE)
        assert selectors.engine_state(first.next_at + 90 * SECOND).lag_seconds == 90.0
        rounds.sweep_all(now=first.next_at + 90 * SECOND)
        for seconds in (91, 300):
            rounds.sweep_all(now=first.next_at + seconds * SECOND)
            assert selectors.engine_state(first.next_at + seconds * SECOND).lag_seconds == 90.0
        rounds.sweep_all(now=first.next_at + 400 * SECOND)
        assert selectors.engine_state(first.next_at + 400 * SECOND).lag_seconds == 0.0

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_costs_the_same_however_many_fail(self, lay, egg_class, count, django_assert_num_queries):
        (bad, *_) = lay("conclusion", "2026-03-02T09:00", broken=True, count=count)
        sweep(Egg, now=bad.due_at)
        selectors.rulebook()
        with django_assert_num_queries(4):
            selectors.engine_state(bad.due_at)


class LockedOut(Exception):
    """As the driver says it."""

    sqlstate = "55P03"


@pytest.mark.parametrize("state", ["55P03", "40P01", "40001"])
@pytest.mark.parametrize("batch", [1, 2, 500])
def test_a_lock_of_somebody_else_is_no_fault_of_a_clock(lay, egg_class, state, batch):
    """NOWAIT, a deadlock: neither put off nor counted, and told by the next sweep; the others of the batch go on."""
    bad, *good = lay("conclusion", "2026-03-02T09:00", count=3)

    def held(due):
        if any(step.clock.pk == bad.pk for step in due):
            cause = LockedOut()
            cause.sqlstate = state
            raise OperationalError("could not obtain lock") from cause

    Egg.hook = held
    at = bad.due_at + MINUTE
    result = sweep(Egg, now=at, batch=batch)
    assert result.failed == ()
    bad.refresh_from_db()
    assert (bad.error_count, bad.next_at <= at, bad.step_no) == (0, True, 0)
    Egg.hook = None
    sweep(Egg, now=at + SECOND, batch=batch)
    for egg in (bad, *good):
        egg.refresh_from_db()
        assert (egg.step_no, egg.error_count) == (3, 0)
    keys = list(Notice.objects.values_list("dedupe_key", flat=True))
    assert len(keys) == len(set(keys)) == 9
