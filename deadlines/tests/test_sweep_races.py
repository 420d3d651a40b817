"""Sweeps on several connections, and sweeps that die in the middle."""

import threading
from collections import Counter
from datetime import date

import pytest
from django.db import connection, transaction
from django.db.utils import InterfaceError, OperationalError

from deadlines.models import CalendarTable, Rule
from deadlines.rules_table import VERSIONS
from deadlines.services import Watermark, load_year, sweep, sweeping
from deadlines.services.calendar import DayRow
from deadlines.tests.conftest import moment
from deadlines.tests.models import Egg
from notifications.models import Notice, OutboxMessage

pytestmark = pytest.mark.django_db  # the fixtures ask for the database out of the runner's sight

NOW = moment("2026-03-02T09:10")
STEPS_BY_NOW = 3


def in_thread(work):
    """Run ``work`` on a connection of its own; a callable that waits for its result or raises its error."""
    box = {}

    def run():
        try:
            box["result"] = work()
        except BaseException as error:
            box["error"] = error
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()

    def result():
        thread.join(30)
        assert not thread.is_alive()
        if "error" in box:
            raise box["error"]
        return box["result"]

    return result


def times_told():
    return Counter(Notice.objects.values_list("dedupe_key", flat=True))


def assert_each_told_once(clocks):
    assert Notice.objects.count() == clocks * STEPS_BY_NOW
    assert set(times_told().values()) == {1}
    assert OutboxMessage.objects.count() == clocks * STEPS_BY_NOW
    assert set(Egg.objects.values_list("step_no", flat=True)) == {STEPS_BY_NOW}


def test_two_sweeps_at_once_share_the_work_and_double_nothing(shared_eggs, lay):
    lay("respond_10", "2026-03-02T09:00", count=600)
    both_hold_a_batch, met = threading.Barrier(2), threading.local()

    def meet(due):
        if not getattr(met, "done", False):
            met.done = True
            both_hold_a_batch.wait(20)

    Egg.hook = meet
    workers = [in_thread(lambda: sweep(Egg, now=NOW, batch=50)) for _ in range(2)]
    results = [worker() for worker in workers]
    assert sum(result.claimed for result in results) == 600
    assert sum(result.alerts for result in results) == 600 * STEPS_BY_NOW
    assert min(result.claimed for result in results) >= 50
    assert_each_told_once(600)


def test_a_stop_that_waits_for_a_sweep_wins_over_the_next_moment(shared_eggs, lay):
    (egg,) = lay("respond_10", "2026-03-02T09:00")
    claimed, stopping = threading.Event(), threading.Event()

    def hook(due):
        claimed.set()
        stopping.wait(20)

    Egg.hook = hook
    sweeping = in_thread(lambda: sweep(Egg, now=moment("2026-03-02T09:07")))
    assert claimed.wait(20)

    def stop():
        stopping.set()
        return Egg.objects.filter(pk=egg.pk, stopped_at=None).update(
            stopped_at=moment("2026-03-02T09:08"), next_at=None
        )

    stopped = in_thread(stop)
    assert (sweeping().claimed, stopped()) == (1, 1)
    egg.refresh_from_db()
    assert (egg.next_at, egg.stopped_at, egg.step_no) == (None, moment("2026-03-02T09:08"), 1)


def test_a_crash_in_the_second_batch_keeps_the_first_and_undoes_the_second_wholly(shared_eggs, lay):
    lay("respond_10", "2026-03-02T09:00", count=100)
    batches = []

    def hook(due):
        batches.append(len(due))
        if len(batches) == 2:
            raise SystemExit("killed")

    Egg.hook = hook
    with pytest.raises(SystemExit):
        in_thread(lambda: sweep(Egg, now=NOW, batch=40))()
    assert (Notice.objects.count(), Egg.objects.filter(step_no=STEPS_BY_NOW).count()) == (
        40 * STEPS_BY_NOW,
        40,
    )
    Egg.hook = None
    assert sweep(Egg, now=NOW, batch=40).claimed == 60
    assert_each_told_once(100)


def test_a_connection_cut_after_the_alerts_were_written_loses_and_doubles_nothing(
    shared_eggs, lay, monkeypatch
):
    lay("respond_10", "2026-03-02T09:00", count=30)
    cut = []

    def dying(clock_class, moves):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM notifications_notice")
            cut.append(cursor.fetchone()[0])
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(sweeping, "write", dying)
    with pytest.raises((OperationalError, InterfaceError)):
        in_thread(lambda: sweep(Egg, now=NOW))()
    monkeypatch.undo()
    assert cut == [30 * STEPS_BY_NOW]
    assert Notice.objects.count() == 0
    assert sweep(Egg, now=NOW).claimed == 30
    assert_each_told_once(30)


def test_a_lost_connection_is_no_fault_of_any_clock(shared_eggs, lay):
    lay("respond_10", "2026-03-02T09:00", count=3)

    def hook(due):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    Egg.hook = hook
    with pytest.raises((OperationalError, InterfaceError)):
        in_thread(lambda: sweep(Egg, now=NOW))()
    assert set(Egg.objects.values_list("error_count", "step_no")) == {(0, 0)}


def test_the_watermark_hides_a_past_clock_for_a_minute_at_most(shared_eggs, lay):
    mark = Watermark()
    assert sweep(Egg, now=NOW, watermark=mark).claimed == 0
    lay("respond_10", "2026-03-02T08:00")
    assert sweep(Egg, now=moment("2026-03-02T09:10:30"), watermark=mark).claimed == 0
    assert sweep(Egg, now=moment("2026-03-02T09:11:00"), watermark=mark).claimed == 1


def test_the_watermark_lets_nothing_fall_due_unseen(shared_eggs, lay):
    lay("respond_10", "2026-03-02T09:00")
    mark = Watermark()
    claimed = [
        sweep(Egg, now=moment(f"2026-03-02T09:06:{second}"), watermark=mark).claimed
        for second in (50, 55, 59)
    ]
    claimed.append(sweep(Egg, now=moment("2026-03-02T09:07:00"), watermark=mark).claimed)
    assert claimed == [0, 0, 0, 1]


def test_a_claim_another_sweep_held_and_gave_back_is_found_again(shared_eggs, lay):
    lay("respond_10", "2026-03-02T09:00", count=2)
    mark, held, let_go = Watermark(), threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            list(Egg.objects.select_for_update())
            held.set()
            let_go.wait(20)

    holder = in_thread(hold)
    assert held.wait(20)
    assert sweep(Egg, now=NOW, watermark=mark).claimed == 0
    let_go.set()
    holder()
    assert sweep(Egg, now=moment("2026-03-02T09:11:00"), watermark=mark).claimed == 2


def test_inside_a_callers_transaction_no_watermark_is_kept(db, eggs):
    mark = Watermark()
    sweep(Egg, now=NOW, watermark=mark)
    assert mark == Watermark()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_rules_and_calendar_are_there_again_after_every_flush(turn):
    assert (Rule.objects.count(), CalendarTable.objects.count()) == (len(VERSIONS), 23)
    load_year(2027, [DayRow(date(2027, 1, 1), False)], source="")
