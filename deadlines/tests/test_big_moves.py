"""A change that reaches more clocks than one request may move: batches that go on where they were, nothing lost."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import OperationalError, transaction

from accounts.enums import Role
from accounts.models import AuditEntry
from core.errors import Refusal
from core.timekeeping import local_day
from deadlines import selectors
from deadlines.enums import StepKind
from deadlines.models import SecondLook
from deadlines.services import (
    big_moves,
    change_rule,
    checking,
    foresee_rule,
    look_again,
    moving,
    ruling,
    second_looks,
    sweep,
)
from deadlines.services import calendar as calendar_service
from deadlines.services.calendar import DayRow, load_year
from deadlines.tests.conftest import moment
from deadlines.tests.models import Egg
from deadlines.tests.test_ruling import CONCLUSION, NOW
from notifications.models import Notice

pytestmark = pytest.mark.django_db
SHORT = replace(CONCLUSION, length=6, ladder=((StepKind.BREACH, 0, Role.HANDLER),))


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch, settings):
    settings.MOVE_AT_ONCE = 10
    for module in (ruling, second_looks, big_moves, calendar_service):
        monkeypatch.setattr(module, "clock_classes", lambda: [Egg])
    monkeypatch.setattr(big_moves, "CHUNK", 4)


@pytest.fixture
def change(cast):
    def make(new=SHORT, at=NOW):
        return change_rule(actor=cast.actor("sysadmin"), new=new, running=True, reason="会议", at=at)

    return make


def state():
    return Counter(Egg.objects.values_list("rule__length", flat=True))


def test_up_to_the_bound_it_is_done_at_once(lay, change):
    lay("conclusion", "2026-03-02T09:00", count=10)
    made = change()
    assert (made.running, made.later, state()) == (10, 0, {6: 10})


def test_above_it_the_change_stands_and_the_clocks_follow_in_batches(lay, change):
    lay("conclusion", "2026-03-02T09:00", count=11)
    made = change()
    assert (made.running, made.later, state()) == (0, 11, {60: 11})
    (fresh,) = lay("conclusion", "2026-03-10T10:00")
    assert fresh.rule == made.rule
    (look,) = SecondLook.objects.all()
    assert big_moves.batch(look.pk, NOW) == moving.Carried(4, 4)
    assert state() == {60: 7, 6: 5}
    assert selectors.moves_under_way() == selectors.moves_under_way("conclusion")
    assert "已完成约 3 成" in selectors.moves_under_way()[0]
    assert selectors.moves_under_way("notice") == selectors.moves_under_way(rules=False) == []
    look_again(NOW)
    look.refresh_from_db()
    assert (state(), look.looked_at, look.moved, look.failed) == ({6: 12}, 11, 11, 0)
    assert look.carried_at is not None and selectors.moves_under_way() == []
    assert AuditEntry.objects.get(act="rule.moved").detail["clocks_moved"] == 11
    assert not list(checking.faults(Egg, NOW))


def test_a_batch_that_was_killed_is_done_once(lay, change):
    lay("conclusion", "2026-03-02T09:00", count=11)
    change()
    look = SecondLook.objects.get()
    with transaction.atomic():
        big_moves.batch(look.pk, NOW)
        transaction.set_rollback(True)
    assert state() == {60: 11} and not Notice.objects.exists()
    big_moves.batch(look.pk, NOW)
    assert state() == {60: 7, 6: 4} and Notice.objects.count() == 4
    big_moves.go_on(NOW)
    big_moves.go_on(NOW)
    keys = list(Notice.objects.values_list("dedupe_key", flat=True))
    assert state() == {6: 11} and len(keys) == len(set(keys)) == 11


def test_what_is_not_moved_yet_is_told_by_its_old_date_and_nothing_is_lost_or_doubled(lay, change, owner):
    """Due under the old rule between two batches: told; moved then into days to come: taken back."""
    lay("conclusion", "2026-01-09T09:00", count=11)  # due on 10 March
    sweep(Egg, now=NOW)
    reminded = Notice.objects.count()
    long = replace(CONCLUSION, length=60, rolls=False)
    made = change(long)
    assert made.later == 11
    look = SecondLook.objects.get()
    big_moves.batch(look.pk, NOW)
    late = moment("2026-03-11T00:30")
    sweep(Egg, now=late)
    big_moves.go_on(late)
    sweep(Egg, now=late)
    breaches = Notice.objects.filter(text__contains="breach")
    # Two rungs at the due moment, for each clock once, by whichever rule it was under then.
    assert breaches.count() == 2 * 11
    assert Notice.objects.filter(text__contains="remind").count() == reminded == 11
    assert set(Egg.objects.values_list("rule__rolls", flat=True)) == {False}
    assert not list(checking.faults(Egg, late))


def test_one_that_cannot_be_counted_keeps_its_date_and_the_others_move(lay, change, monkeypatch):
    eggs = lay("conclusion", "2026-03-02T09:00", count=11)
    change()
    bad, real = eggs[5].pk, moving.count_anew

    def counts(clock, book, rule=None):
        if clock.pk == bad:
            raise ArithmeticError("no date")
        return real(clock, book, rule)

    monkeypatch.setattr(moving, "count_anew", counts)
    big_moves.go_on(NOW)
    look = SecondLook.objects.get()
    assert (state(), look.failed, look.carried_at is None) == ({6: 10, 60: 1}, 1, False)


def test_a_lost_connection_is_no_clocks_fault(lay, change, monkeypatch):
    lay("conclusion", "2026-03-02T09:00", count=11)
    change()

    def lost(*_args, **_kwargs):
        raise OperationalError("server closed the connection")

    with monkeypatch.context() as patched:
        patched.setattr(moving, "carry_out", lost)
        with pytest.raises(OperationalError):
            big_moves.go_on(NOW)
    look = SecondLook.objects.get()
    assert (look.looked_at, look.failed) == (0, 0)
    big_moves.go_on(NOW)
    assert state() == {6: 11}


def test_another_change_waits_until_the_first_has_come_to_its_end(lay, change):
    lay("conclusion", "2026-03-02T09:00", count=11)
    change()
    with pytest.raises(Refusal, match="还在分批进行"):
        change(replace(SHORT, length=7))
    big_moves.go_on(NOW)
    assert change(replace(SHORT, length=7)).later == 12 - 1


def test_the_first_look_reads_no_more_than_the_bound(lay):
    lay("conclusion", "2026-03-02T09:00", count=12)
    seen = foresee_rule(SHORT, running=True, at=NOW)
    assert (seen.looked_at, seen.of) == (10, 12)


def test_a_years_table_goes_the_same_way(lay):
    eggs = lay("notice", "2026-03-02T09:00", count=11)
    table = selectors.years()[0].table
    rows = [DayRow(date.fromisoformat(day), works, note) for day, (works, note) in table.days.items()]
    loaded = load_year(2026, [*rows, DayRow(date(2026, 3, 17), False, "停电")], source="停电", at=NOW)
    assert (loaded.moved, loaded.later) == (0, 11)
    assert "“2026 年日历”的改动正在分批进行" in selectors.moves_under_way(rules=False)[0]
    look_again(NOW + timedelta(minutes=1))
    due = {local_day(egg.due_at) for egg in Egg.objects.filter(pk__in=[one.pk for one in eggs])}
    assert due == {date(2026, 3, 18)}
