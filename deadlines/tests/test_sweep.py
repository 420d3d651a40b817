import re
from datetime import timedelta

import pytest
from django.db import connection

from deadlines import services
from deadlines.services import Watermark, extend, stop, sweep
from deadlines.tests.conftest import moment
from deadlines.tests.models import Egg
from notifications.models import Notice, OutboxMessage

pytestmark = pytest.mark.django_db  # the fixtures ask for the database out of the runner's sight

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
BY_WHEN = re.compile(r"。[应已]于\d+月\d+日\d\d:\d\d(前完成|到期)。")


def told():
    """What was told, but for by when (``test_alert_words``)."""
    texts = Notice.objects.order_by("id").values_list("text", flat=True)
    return [BY_WHEN.sub("", text) for text in texts]


def test_nothing_due_tells_nobody(lay):
    lay("notice", "2026-03-02T09:00")
    result = sweep(Egg, now=moment("2026-03-02T09:00:01"))
    assert (result.claimed, result.alerts, result.failed, result.lag_seconds) == (0, 0, (), 0.0)
    assert told() == []


def test_a_ten_minute_clock_climbs_its_ladder_one_step_at_a_time(lay):
    lay("respond_10", "2026-03-02T09:00")
    for minute in range(60):
        sweep(Egg, now=moment("2026-03-02T09:00") + minute * MINUTE)
    assert told() == [
        "respond_10 1 remind handler",
        "respond_10 2 breach handler",
        "respond_10 3 breach unit_head",
        "respond_10 4 escalate unit_head",
        "respond_10 5 escalate leader",
        "respond_10 6 escalate petition_officer",
        "respond_10 7 escalate inspector",
    ]
    at = [notice.created_at - moment("2026-03-02T09:00") for notice in Notice.objects.order_by("id")]
    assert at == [n * MINUTE for n in (7, 10, 10, 15, 20, 25, 40)]
    egg = Egg.objects.get()
    assert (egg.next_at, egg.step_no, egg.breached_at) == (None, 7, egg.due_at)
    assert OutboxMessage.objects.count() == 7


def test_the_same_moment_swept_twice_tells_once(lay):
    lay("respond_10", "2026-03-02T09:00")
    now = moment("2026-03-02T09:07")
    assert [sweep(Egg, now=now).alerts, sweep(Egg, now=now).alerts] == [1, 0]
    assert told() == ["respond_10 1 remind handler"]


def test_three_days_off_are_caught_up_each_step_once_in_order_and_marked_late(lay):
    lay("notice", "2026-03-02T09:00")  # due at the end of 17 March
    result = sweep(Egg, now=moment("2026-03-20T00:00"))
    assert (result.claimed, result.alerts) == (1, 5)
    assert told() == [
        "notice 1 remind handler（补发：应于03-14 23:59发出，迟5 天）",
        "notice 2 breach handler（补发：应于03-17 23:59发出，迟2 天）",
        "notice 3 breach unit_head（补发：应于03-17 23:59发出，迟2 天）",
        "notice 4 escalate unit_head（补发：应于03-18 23:59发出，迟1 天）",
        "notice 5 escalate leader",
    ]
    assert round(result.lag_seconds) == 5 * 86_400
    assert sweep(Egg, now=moment("2026-03-20T00:00")).claimed == 0


def test_reminder_is_soon_and_everything_after_it_is_late(lay):
    lay("respond_10", "2026-03-02T09:00")
    sweep(Egg, now=moment("2026-03-02T09:10"))
    assert list(Notice.objects.order_by("id").values_list("level", flat=True)) == ["soon", "late", "late"]


def test_a_stopped_clock_is_silent(lay):
    (egg,) = lay("respond_10", "2026-03-02T09:00")
    stop(egg, moment("2026-03-02T09:05"))
    assert sweep(Egg, now=moment("2026-03-03T09:00")).claimed == 0


def test_an_extension_after_the_reminder_reminds_again(lay):
    (egg,) = lay("conclusion", "2026-07-06T09:00")
    sweep(Egg, now=moment("2026-09-02T00:00"))
    extend(egg, 30, moment("2026-09-02T09:00"))
    sweep(Egg, now=moment("2026-09-30T00:00"))
    assert len(told()) == 1
    sweep(Egg, now=moment("2026-10-06T00:00"))
    assert told() == ["conclusion 1 remind handler"] * 2


def test_a_lapse_stops_the_clock_tells_nobody_and_calls_the_hook_once(lay):
    (egg,) = lay("petitioner_window", "2026-03-02T09:00")
    assert sweep(Egg, now=egg.due_at - MINUTE).claimed == 0
    assert sweep(Egg, now=egg.due_at + DAY).claimed == 1
    assert sweep(Egg, now=egg.due_at + 2 * DAY).claimed == 0
    egg.refresh_from_db()
    assert Egg.lapsed == [(egg.pk, egg.due_at)]
    assert (egg.stopped_at, egg.next_at, egg.breached_at) == (egg.due_at, None, None)
    assert told() == []


def test_the_oldest_come_first_and_a_batch_is_no_cap(lay):
    order = []
    lay("respond_10", "2026-03-02T09:30", count=3)
    lay("respond_10", "2026-03-02T09:00", count=4)
    Egg.hook = lambda due: order.extend(step.at for step in due)
    result = sweep(Egg, now=moment("2026-03-02T09:37"), batch=2)
    assert (result.claimed, result.alerts) == (7, 4 * 6 + 3)
    assert [when.minute for when in order if when.minute in (7, 37)] == [7, 7, 7, 7, 37, 37, 37]


def test_a_used_up_budget_leaves_the_rest_to_the_next_sweep(lay):
    lay("respond_10", "2026-03-02T09:00", count=5)
    now = moment("2026-03-02T09:07")
    assert sweep(Egg, now=now, batch=2, budget_seconds=0).claimed == 2
    assert sweep(Egg, now=now, batch=2).claimed == 3


@pytest.mark.parametrize("count", [1, 3, 300])
def test_a_batch_costs_the_same_queries_however_many_clocks(lay, count, django_assert_num_queries):
    lay("respond_10", "2026-03-02T09:00", count=count)
    services.sweep(Egg, now=moment("2026-03-02T09:00"))
    # savepoint, claim, stamp of the rulebook, rounds, savepoint, notices with mails, update, release, release
    with django_assert_num_queries(9):
        assert sweep(Egg, now=moment("2026-03-02T09:10")).alerts == 3 * count


def test_a_failing_clock_is_put_off_and_reported_and_holds_nobody_up(lay, caplog):
    lay("respond_10", "2026-03-02T09:00", count=20)
    (bad,) = lay("respond_10", "2026-03-02T09:00", broken=True)
    lay("respond_10", "2026-03-02T09:00", count=20)
    now = moment("2026-03-02T09:07")
    result = sweep(Egg, now=now)
    assert (result.claimed, result.alerts) == (41, 40)
    assert result.failed == (f"{bad.key}: Faulty: egg {bad.pk} is broken",)
    assert "was put off" in caplog.text
    bad.refresh_from_db()
    assert (bad.step_no, bad.error_count, bad.next_at) == (0, 1, now + MINUTE)
    assert bad.last_error == f"Faulty: egg {bad.pk} is broken"


def test_a_failing_clock_comes_back_ever_more_seldom_and_at_last_is_told_in_full(lay):
    (bad,) = lay("respond_10", "2026-03-02T09:00", broken=True)
    now, waits = moment("2026-03-02T09:07"), []
    for _ in range(12):
        sweep(Egg, now=now)
        bad.refresh_from_db()
        waits.append((bad.next_at - now) // MINUTE)
        now = bad.next_at
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]
    Egg.objects.update(broken=False)
    assert sweep(Egg, now=now).alerts == 7
    bad.refresh_from_db()
    assert (bad.step_no, bad.error_count, bad.last_error) == (7, 0, "")


def test_several_failing_clocks_in_one_batch_are_all_found(lay):
    lay("respond_10", "2026-03-02T09:00", count=10)
    lay("respond_10", "2026-03-02T09:00", count=3, broken=True)
    result = sweep(Egg, now=moment("2026-03-02T09:07"))
    assert (result.alerts, len(result.failed)) == (10, 3)


def test_a_query_that_fails_inside_the_lines_spoils_only_its_own_clock(lay):
    bad, _ = lay("respond_10", "2026-03-02T09:00", count=2)

    def hook(due):
        if any(step.clock.pk == bad.pk for step in due):
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")

    Egg.hook = hook
    result = sweep(Egg, now=moment("2026-03-02T09:07"))
    assert (result.claimed, result.alerts, len(result.failed)) == (2, 1, 1)


def test_a_clock_in_the_past_is_found_however_late_it_is_entered(lay):
    lay("respond_10", "2026-03-02T09:00")
    now = moment("2026-03-09T09:00")
    sweep(Egg, now=now)
    lay("respond_10", "2025-03-02T09:00")
    assert sweep(Egg, now=now + timedelta(seconds=1)).claimed == 1


def test_a_sweep_needs_an_aware_moment(eggs):
    with pytest.raises(ValueError, match="aware"):
        sweep(Egg, now=moment("2026-03-02T09:00").replace(tzinfo=None))


def test_the_watermark_gives_a_bound_for_a_minute_and_then_a_whole_sweep():
    mark, now = Watermark(), moment("2026-03-02T09:00")
    assert mark.bound(now) is None
    mark.swept(now, whole=True)
    assert mark.bound(now + timedelta(seconds=1)) == now - timedelta(seconds=5)
    mark.swept(now + timedelta(seconds=30), whole=False)
    assert mark.bound(now + timedelta(seconds=59)) == now + timedelta(seconds=25)
    assert mark.bound(now + timedelta(seconds=60)) is None


def test_a_machine_clock_that_jumps_back_makes_the_next_sweep_whole():
    mark, now = Watermark(), moment("2026-03-02T09:00")
    mark.swept(now, whole=True)
    assert mark.bound(now - timedelta(hours=1)) is None
    mark.forget()
    assert mark.bound(now) is None
