"""What was told before a change counts as done; what the change makes due is told once; a breach may be taken back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.cache import cache

from accounts.enums import Role
from core.timekeeping import local_day
from deadlines import selectors
from deadlines.enums import LengthUnit, StepKind
from deadlines.models import CalendarTable, ClockEntry
from deadlines.pulse import LAST_SWEEP
from deadlines.rulebook import days_of
from deadlines.rules_table import DAYS
from deadlines.services import (
    NewVersion,
    change_rule,
    checking,
    extend,
    foresee_rule,
    load_year,
    rounds,
    ruling,
    stop,
    sweep,
)
from deadlines.services import calendar as calendar_service
from deadlines.services.calendar import DayRow, foresee_year
from deadlines.services.clocks import leave_out, stop_read
from deadlines.tests.conftest import moment
from deadlines.tests.models import Egg
from deadlines.tests.test_ruling import CONCLUSION, NOW
from notifications.models import Notice

pytestmark = pytest.mark.django_db
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def only_eggs(monkeypatch):
    for module in (ruling, calendar_service, rounds):
        monkeypatch.setattr(module, "clock_classes", lambda: [Egg])


@pytest.fixture
def change(cast):
    def make(new=CONCLUSION, *, running=True, at=NOW):
        return change_rule(actor=cast.actor("sysadmin"), new=new, running=running, reason="会议", at=at)

    return make


def told():
    return [text.split("。")[0] for text in Notice.objects.order_by("pk").values_list("text", flat=True)]


def closed(days):
    """The table of 2026, and these days closed besides."""
    table = CalendarTable.objects.filter(year=2026).order_by("-pk").first()
    kept = {day: DayRow(day, works, note) for day, (works, note) in days_of(table)[0].items()}
    return [*{**kept, **{day: DayRow(day, False, "停工") for day in days}}.values()]


def kinds(egg):
    return list(ClockEntry.objects.filter(clock_id=egg.pk).order_by("pk").values_list("kind", flat=True))


class TestAnotherRule:
    def test_what_is_overdue_and_was_told_is_not_told_again(self, lay, change):
        (egg,) = lay("conclusion", "2025-12-01T09:00")
        sweep(Egg, now=egg.due_at + 30 * DAY)
        before = told()
        assert len(before) == 7
        assert foresee_rule(replace(CONCLUSION, length=59), at=NOW).told_words == []
        change(replace(CONCLUSION, length=59))
        sweep(Egg, now=NOW + SECOND)
        assert told() == before
        egg.refresh_from_db()
        assert (egg.breached_at, egg.next_at) == (egg.due_at, None)
        assert not list(checking.faults(Egg))

    def test_a_rung_that_nobody_was_told_is_told_once_and_as_of_now(self, lay, change):
        (egg,) = lay("conclusion", "2025-12-01T09:00")
        sweep(Egg, now=egg.due_at + 30 * DAY)
        before = len(told())
        more = [*DAYS, (StepKind.BREACH, 0, Role.LEADER)]
        assert foresee_rule(replace(CONCLUSION, length=59, ladder=more), at=NOW).told_words == [
            ("到期未办", 1)
        ]
        change(replace(CONCLUSION, length=59, ladder=more))
        sweep(Egg, now=NOW + SECOND)
        assert [line.split(" ", 2)[2] for line in told()[before:]] == ["breach leader"]
        assert "补发" not in Notice.objects.latest("pk").text

    def test_what_becomes_overdue_by_it_is_told_at_once_and_seen_before(self, lay, change):
        lay("conclusion", "2026-01-20T09:00", count=2)
        seen = foresee_rule(CONCLUSION, at=NOW)
        assert seen.told_words == [("到期未办", 2), ("逐级上报", 2)]
        assert Notice.objects.count() == 0
        change()
        # Due on 6 March: the handler, the head twice, the leader; nobody is reminded of what is over.
        assert sorted(line.split(" ", 2)[2] for line in told()) == sorted(
            [
                "breach handler",
                "breach unit_head",
                "escalate unit_head",
                "escalate leader",
                "escalate petition_officer",
            ]
            * 2
        )
        assert not any("补发" in text for text in Notice.objects.values_list("text", flat=True))
        assert sweep(Egg, now=NOW + SECOND).alerts == 0
        assert not list(checking.faults(Egg))

    def test_a_reminder_that_lies_behind_is_told_once_unless_one_was(self, lay, change):
        (fresh,) = lay("conclusion", "2026-01-25T09:00")  # due on 11 March by the new rule
        change()
        assert [line.split(" ", 2)[2] for line in told()] == ["remind handler"]
        fresh.refresh_from_db()
        assert fresh.next_at == fresh.due_at and fresh.breached_at is None

    def test_one_that_cannot_be_told_is_put_off_and_the_others_are_told(self, lay, change):
        lay("conclusion", "2026-01-20T09:00", count=2)
        (bad,) = lay("conclusion", "2026-01-20T09:00", broken=True)
        assert change().running == 3
        bad.refresh_from_db()
        assert (bad.error_count, bad.next_at) == (1, NOW + MINUTE)
        assert len(told()) == 10

    @pytest.mark.parametrize("count", [1, 3])
    def test_what_is_told_costs_the_same_however_many(
        self, lay, change, count, django_assert_max_num_queries
    ):
        lay("conclusion", "2026-01-20T09:00", count=count)
        with django_assert_max_num_queries(40 + count):  # one UPDATE a clock
            change()


class TestTakenBack:
    def test_by_a_closure_that_puts_the_end_off_and_told_anew_then(self, lay):
        (egg,) = lay("conclusion", "2026-03-02T09:00")
        late = egg.due_at + timedelta(hours=1)
        sweep(Egg, now=late)
        assert len(told()) == 3
        first = local_day(egg.due_at)
        rows = closed(first + n * DAY for n in range(3))
        assert foresee_year(2026, rows, at=late).told_words == []
        load_year(2026, rows, source="x", at=late)
        egg.refresh_from_db()
        assert (egg.breached_at, egg.step_no, egg.next_at) == (None, 1, egg.due_at)
        assert kinds(egg) == ["start", "breach", "move"]
        assert "原先记的超期随之撤销" in selectors.ledger_of(egg)[-1].sentence
        assert selectors.explain(egg).state == "正在计时。"
        sweep(Egg, now=egg.due_at + MINUTE)
        assert [line.split(" ", 2)[2] for line in told()[3:]] == ["breach handler", "breach unit_head"]
        egg.refresh_from_db()
        assert egg.breached_at == egg.due_at
        assert sweep(Egg, now=egg.due_at + 2 * MINUTE).alerts == 0
        assert not list(checking.faults(Egg))

    def test_one_put_off_and_then_done_in_time_was_never_late(self, lay):
        (egg,) = lay("conclusion", "2026-03-02T09:00")
        late = egg.due_at + timedelta(hours=1)
        sweep(Egg, now=late)
        load_year(2026, closed([local_day(egg.due_at)]), source="x", at=late)
        egg.refresh_from_db()
        stop(egg, egg.due_at - timedelta(hours=2))
        assert egg.breached_at is None
        assert not list(checking.faults(Egg))

    def test_by_a_longer_rule(self, lay, change):
        (egg,) = lay("respond_10", "2026-03-10T08:45")
        sweep(Egg, now=egg.due_at + SECOND)
        hour = NewVersion(
            code="respond_10",
            basis="x",
            length=60,
            unit=LengthUnit.MINUTE,
            rolls=True,
            extension_limit=None,
            valid_from=local_day(NOW),
            ladder=[(StepKind.BREACH, 0, Role.HANDLER)],
        )
        change(hour)
        egg.refresh_from_db()
        assert (egg.breached_at, egg.next_at) == (None, moment("2026-03-10T09:45"))
        stop(egg, NOW + MINUTE)
        assert egg.breached_at is None
        assert not list(checking.faults(Egg))

    def test_by_days_that_are_left_out(self, lay):
        (egg,) = lay("final_review_30", "2026-03-02T09:00")
        late = egg.due_at + timedelta(hours=1)
        sweep(Egg, now=late)
        leave_out(egg, 7, late)
        assert (egg.breached_at, Egg.objects.get().breached_at) == (None, None)
        assert sweep(Egg, now=egg.due_at + MINUTE).alerts == 3  # the reminder and the breaches of the new end
        assert not list(checking.faults(Egg))

    def test_what_stays_overdue_with_days_left_out_is_not_told_again(self, lay):
        (egg,) = lay("final_review_30", "2026-03-02T09:00")
        late = egg.due_at + 20 * DAY
        sweep(Egg, now=late)
        before = len(told())
        leave_out(egg, 7, late)
        sweep(Egg, now=late + SECOND)
        assert len(told()) == before
        egg.refresh_from_db()
        assert egg.breached_at == egg.due_at
        assert not list(checking.faults(Egg))


class TestAMachineThatWasFast:
    def test_one_stopped_in_time_is_no_breach_whatever_was_noted(self, lay):
        first, second = lay("respond_10", "2026-03-10T08:00", count=2)
        sweep(Egg, now=first.due_at + 50 * MINUTE)
        stop(first, first.due_at - 5 * MINUTE)
        stop_read([second], second.due_at - 5 * MINUTE, selectors.rulebook())
        assert set(Egg.objects.values_list("breached_at", flat=True)) == {None}
        assert "没有超期" in selectors.ledger_of(first)[-1].sentence
        assert not list(checking.faults(Egg))

    def test_put_back_the_mark_goes_and_comes_again_in_its_time_without_a_second_notice(self, lay):
        (egg,) = lay("respond_10", "2035-03-09T08:00")
        rounds.sweep_all(now=egg.due_at + 50 * MINUTE, remember=True)
        assert Egg.objects.get().breached_at == egg.due_at
        alerts = len(told())
        rounds.sweep_all(now=egg.due_at - 5 * MINUTE, remember=True)
        egg.refresh_from_db()
        assert (egg.breached_at, egg.step_no, egg.next_at) == (None, 1, egg.due_at)
        assert kinds(egg)[-1] == "breach" and "机器时钟快了" in selectors.ledger_of(egg)[-1].sentence
        rounds.forget_watermarks()
        rounds.sweep_all(now=egg.due_at + SECOND, remember=True)
        egg.refresh_from_db()
        assert egg.breached_at == egg.due_at
        assert len(told()) == alerts
        cache.delete(LAST_SWEEP)

    def test_a_sweep_by_hand_for_an_earlier_moment_takes_nothing_back(self, lay):
        (egg,) = lay("respond_10", "2035-03-09T08:00")
        rounds.sweep_all(now=egg.due_at + 50 * MINUTE)
        rounds.sweep_all(now=egg.due_at - 5 * MINUTE)
        assert Egg.objects.get().breached_at == egg.due_at
        cache.delete(LAST_SWEEP)


class TestTheCheck:
    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            (
                lambda egg: {"breached_at": egg.due_at, "stopped_at": egg.due_at - DAY, "next_at": None},
                "没有超期",
            ),
            (lambda egg: {"breached_at": egg.due_at - DAY}, "不是到期时刻"),
        ],
    )
    def test_it_names_a_breach_that_is_none(self, lay, change, sentence):
        (egg,) = lay("conclusion", "2026-03-02T09:00")
        Egg.objects.update(**change(egg))
        (found,) = checking.faults(Egg)
        assert sentence in found

    def test_it_names_one_of_a_clock_that_is_not_due_yet(self, lay):
        (egg,) = lay("conclusion", "2026-03-02T09:00")
        Egg.objects.update(breached_at=egg.due_at)
        assert not list(checking.faults(Egg, egg.due_at + SECOND))
        (found,) = checking.faults(Egg, egg.due_at - SECOND)
        assert "没有超期，却记了超期" in found


class TestLeftOutDays:
    def test_they_are_told_as_what_they_are_and_stay_so_when_the_calendar_moves(self, lay):
        (egg,) = lay("final_review_30", "2026-03-02T09:00")
        leave_out(egg, 5, moment("2026-03-05T09:00"))
        story = selectors.explain(egg).extension
        assert story[0] == "2026年3月5日（周四）09:00起，不计算在内的共5日，从期限中扣除。"
        assert not any("延长" in sentence for sentence in story)
        load_year(2026, closed([local_day(egg.due_at)]), source="x", at=moment("2026-03-06T09:00"))
        egg.refresh_from_db()
        story = selectors.explain(egg).extension
        assert "扣除不计算的5日" in story[1] and not any("延长" in sentence for sentence in story)
        assert kinds(egg) == ["start", "leave_out", "move"]

    def test_an_extension_is_told_as_one(self, lay):
        (egg,) = lay("conclusion", "2026-03-02T09:00")
        extend(egg, 30, moment("2026-04-20T09:00"))
        assert selectors.explain(egg).extension[0].endswith("批准延长30日。")
        assert egg.raw_due_at.date() == date(2026, 5, 31)
