"""Nothing ran for an hour or for days, the machine's clock was wrong, the tables changed: each step once, in order, and
what it is late by is said."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection

from accounts.enums import Role, UnitKind
from accounts.models import Post
from accounts.services.units import create_unit
from deadlines.services import Watermark, sweep
from deadlines.tests.conftest import moment
from deadlines.tests.models import Egg
from notifications.models import Notice
from notifications.services import send_due

pytestmark = pytest.mark.django_db  # the fixtures ask for the database out of the runner's sight
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NINE = moment("2026-03-02T09:00")
RUNGS = [7, 10, 10, 15, 20, 25, 40]  # of the ten minutes, in minutes after the start


@pytest.fixture
def in_post(owner):
    unit = create_unit(name="甲局", kind=UnitKind.DEPARTMENT)
    Post.objects.create(user=owner, unit=unit, role=Role.HANDLER, valid_from="2020-01-01")
    return owner


def run(start, seconds, mark, *, every=1):
    """Sweep as beat does, with the watermark of a worker that goes on."""
    for second in range(0, seconds, every):
        sweep(Egg, now=start + timedelta(seconds=second), watermark=mark)


def times_told():
    return Counter(Notice.objects.values_list("dedupe_key", flat=True))


def test_an_hour_off_is_caught_up_each_step_once_in_order_and_each_leaves_by_itself(lay, in_post):
    lay("respond_10", "2026-03-02T09:00")
    back = NINE + HOUR
    assert sweep(Egg, now=back).alerts == 7
    notices = Notice.objects.order_by("pk")
    assert [round((one.meant_at - NINE) / MINUTE) for one in notices] == RUNGS
    assert all("补发：应于03-02 09:" in one.text for one in notices)
    assert "迟53 分钟" in notices[0].text
    assert send_due(back).sent == 7
    assert sweep(Egg, now=back + MINUTE).alerts == 0


def test_three_days_off_are_caught_up_without_a_flood(lay, in_post):
    lay("respond_10", "2026-03-02T09:00", count=6)
    back = NINE + 3 * DAY
    assert sweep(Egg, now=back).alerts == 42
    assert set(times_told().values()) == {1}
    for second in range(0, 180, 2):
        send_due(back + timedelta(seconds=second))
    (sent,) = mail.outbox
    assert "42 条提醒" in sent.subject
    minutes = [line.split("补发：应于")[1][6:11] for line in sent.body.splitlines() if "补发：" in line]
    assert minutes == sorted(minutes) and len(minutes) == 42


def test_a_machine_clock_that_jumps_forward_and_back_tells_each_step_once(lay):
    lay("respond_10", "2026-03-02T09:00", count=3)
    lay("respond_10", "2026-03-02T09:59", count=3)
    mark = Watermark()
    run(NINE, 8 * 60, mark, every=5)
    assert len(times_told()) == 3  # the reminders of the first three
    run(NINE + HOUR + 8 * MINUTE, 60, mark, every=5)  # an hour fast
    assert len(times_told()) == 3 * 7 + 3
    run(NINE + 9 * MINUTE, 2 * 60 * 60, mark, every=20)  # put right
    assert len(times_told()) == 6 * 7
    assert set(times_told().values()) == {1}


def test_a_clock_started_right_after_the_jump_back_is_not_overlooked(lay):
    mark = Watermark()
    run(NINE + HOUR, 120, mark)
    lay("respond_10", "2026-03-02T09:00")
    run(NINE, 8 * 60, mark, every=1)
    assert len(times_told()) == 1
    told = Notice.objects.get()
    assert told.created_at == NINE + 7 * MINUTE


def test_a_table_that_is_changed_while_its_clocks_run_holds_the_sweep_up_and_loses_nothing(
    shared_eggs, lay, second_connection
):
    lay("respond_10", "2026-03-02T09:00", count=4)
    with second_connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("ALTER TABLE deadlines_tests_egg ADD COLUMN added integer NOT NULL DEFAULT 7")
        done = []

        def work():
            try:
                done.append(sweep(Egg, now=NINE + HOUR).alerts)
            finally:
                connection.close()

        thread = threading.Thread(target=work)
        thread.start()
        thread.join(0.5)
        assert thread.is_alive() and not Notice.objects.exists()
        cursor.execute("COMMIT")
    thread.join(30)
    assert done == [28]
    assert set(times_told().values()) == {1}


def test_a_table_that_was_changed_and_taken_back_in_the_middle_of_a_sweep_is_swept_again(
    shared_eggs, lay, second_connection
):
    """The migration gives up after its time for the lock; the sweep that was in its way goes through."""
    lay("respond_10", "2026-03-02T09:00", count=4)
    refused = []

    def migrate_meanwhile(_due):
        with second_connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
            try:
                cursor.execute("ALTER TABLE deadlines_tests_egg ADD COLUMN added integer")
            except Exception as error:
                refused.append(type(error).__name__)

    Egg.hook = migrate_meanwhile
    assert sweep(Egg, now=NINE + HOUR).alerts == 28
    assert refused == ["OperationalError"]
    assert set(times_told().values()) == {1}
