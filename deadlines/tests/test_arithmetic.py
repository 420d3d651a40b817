from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.timekeeping import SHANGHAI
from deadlines.arithmetic import CountingError, due_at, extended
from deadlines.enums import LengthUnit
from deadlines.tests.conftest import moment
from deadlines.tests.test_due_table import CALENDAR, RuleOf
from deadlines.working_calendar import CalendarBroken, WorkingCalendar

NOTICE, OBJECTION, RESPOND, ROUND = (
    RuleOf(c) for c in ("notice", "objection", "respond_10", "first_round_24")
)
FEEDBACK = RuleOf("feedback")


def test_a_naive_start_is_an_error():
    with pytest.raises(ValueError, match="aware"):
        due_at(NOTICE, datetime(2026, 3, 2, 9), CALENDAR)


def test_the_last_second_and_the_first_of_the_next_day_count_from_different_days():
    late = due_at(NOTICE, moment("2026-03-02T23:59:59"), CALENDAR)
    early = due_at(NOTICE, moment("2026-03-03T00:00"), CALENDAR)
    assert (late.raw_due_at.date(), early.raw_due_at.date()) == (date(2026, 3, 17), date(2026, 3, 18))


def test_a_start_in_another_zone_counts_from_its_day_in_china():
    start = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)
    assert due_at(NOTICE, start, CALENDAR).raw_due_at.date() == date(2026, 3, 18)
    west = datetime(2026, 3, 2, 23, 0, tzinfo=timezone(timedelta(hours=-8)))
    assert due_at(NOTICE, west, CALENDAR).raw_due_at.date() == date(2026, 3, 18)


def test_ten_minutes_run_over_midnight_and_the_new_year():
    due = due_at(RESPOND, moment("2026-12-31T23:55"), CALENDAR)
    assert due.due_at == due.raw_due_at == moment("2027-01-01T00:05")
    assert due.provisional is False


def test_twenty_four_hours_run_through_the_spring_festival():
    assert due_at(ROUND, moment("2026-02-16T22:00"), CALENDAR).due_at == moment("2026-02-17T22:00")


def test_a_fast_clock_hastens_hours_and_leaves_days_alone():
    assert due_at(ROUND, moment("2026-03-02T09:00"), CALENDAR, speed=60).due_at == moment("2026-03-02T09:24")
    slow, fast = (due_at(NOTICE, moment("2026-03-02T09:00"), CALENDAR, speed=s) for s in (1, 60))
    assert slow == fast


def test_a_date_set_by_hand_is_kept_even_on_a_holiday():
    due = due_at(FEEDBACK, moment("2026-09-01T09:00"), CALENDAR, due_on=date(2026, 10, 3))
    assert due.due_at == due.raw_due_at == datetime.combine(date(2026, 10, 3), time.max, SHANGHAI)


@pytest.mark.parametrize(
    ("rule", "options", "sentence"),
    [
        (FEEDBACK, {}, "没有固定期限"),
        (FEEDBACK, {"due_on": date(2026, 2, 28)}, "早于开始日期"),
        (NOTICE, {"length": 0}, "不能是0"),
        (NOTICE, {"length": -5}, "不能是-5"),
        (NOTICE, {"length": 4000}, "不能是4000"),
        (OBJECTION, {"length": 10**9}, "不能是1000000000"),
    ],
)
def test_an_impossible_length_or_date_is_refused_with_a_sentence(rule, options, sentence):
    with pytest.raises(CountingError, match=sentence):
        due_at(rule, moment("2026-03-02T09:00"), CALENDAR, **options)


def test_a_calendar_without_working_days_neither_hangs_a_count_nor_refuses_it():
    barren = WorkingCalendar(
        {date(2026, 1, 1) + timedelta(days=n): (False, "") for n in range(365)}, frozenset({2026})
    )
    for rule in (NOTICE, OBJECTION):
        due = due_at(rule, moment("2026-03-02T09:00"), barren)
        assert (
            due.provisional and due.due_at == due_at(rule, moment("2026-03-02T09:00"), barren.plain()).due_at
        )
        assert "连续60天没有工作日" in due.steps[-1] and "此日期为暂定" in due.steps[-1]
    with pytest.raises(CalendarBroken, match="没有工作日"):
        barren.first_workday_from(date(2026, 1, 1))


def test_a_rule_that_does_not_roll_stays_on_the_holiday():
    rule = RuleOf("notice")
    rule.rolls = False
    due = due_at(rule, moment("2024-02-01T09:00"), CALENDAR)
    assert due.due_at == due.raw_due_at
    assert due.due_at.date() == date(2024, 2, 16)


@pytest.mark.article(34)
def test_the_extension_of_sixty_days_runs_from_the_raw_date_and_rolls_anew():
    first = due_at(RuleOf("conclusion"), moment("2026-07-06T09:00"), CALENDAR)
    assert first.raw_due_at.date() == date(2026, 9, 4)
    longer = extended(RuleOf("conclusion"), first.raw_due_at, 30, CALENDAR)
    assert (longer.raw_due_at.date(), longer.due_at.date()) == (date(2026, 10, 4), date(2026, 10, 8))


def test_a_year_without_a_table_counts_plain_weeks_and_fixed_holidays_and_is_provisional():
    due = due_at(OBJECTION, moment("2026-12-29T16:50"), CALENDAR)
    # 30 and 31 December, then 4, 5 and 6 January: the 1st is a holiday, the 2nd and 3rd a weekend.
    assert due.due_at.date() == date(2027, 1, 6)
    assert due.provisional is True
    assert due.steps[-1].startswith("2027年放假安排尚未录入")


@pytest.mark.parametrize(
    ("start", "raw", "rolled"),
    [
        ("2027-04-16T09:00", "2027-05-01", "2027-05-03"),
        ("2027-09-16T09:00", "2027-10-01", "2027-10-04"),
        ("2026-12-18T09:00", "2027-01-02", "2027-01-04"),
        ("2027-12-17T09:00", "2028-01-01", "2028-01-03"),
    ],
)
def test_fixed_holidays_of_an_unpublished_year_move_the_last_day(start, raw, rolled):
    due = due_at(NOTICE, moment(start), CALENDAR)
    assert [due.raw_due_at.date().isoformat(), due.due_at.date().isoformat()] == [raw, rolled]
    assert due.provisional is True


def test_a_calendar_day_count_that_ends_in_a_published_year_is_certain():
    assert due_at(NOTICE, moment("2026-12-16T09:00"), CALENDAR).provisional is False
    assert due_at(NOTICE, moment("2026-12-17T09:00"), CALENDAR).provisional is True


def test_every_step_of_the_count_is_a_chinese_sentence():
    due = due_at(OBJECTION, moment("2026-09-29T16:50"), CALENDAR)
    assert due.steps == (
        "2026年9月29日（周二）16:50开始，当日不计，自2026年9月30日（周三）起算。",
        "其间休息日8天不计（国庆节、周末）。",
        "调休上班日计入：2026年10月10日（周六）。",
        "第5个工作日为2026年10月12日（周一），至当日24:00届满。",
    )


STARTS = st.datetimes(datetime(2004, 1, 1), datetime(2028, 12, 31)).map(lambda d: d.replace(tzinfo=SHANGHAI))
LENGTHS = st.integers(1, 200)
UNITS = st.sampled_from([RuleOf(c) for c in ("respond_10", "first_round_24", "notice", "objection")])


@settings(max_examples=200)
@given(UNITS, STARTS, STARTS, LENGTHS)
def test_a_later_start_is_never_due_earlier(rule, one, other, length):
    first, second = sorted((one, other))
    a, b = (due_at(rule, start, CALENDAR, length=length) for start in (first, second))
    assert a.raw_due_at <= b.raw_due_at
    assert a.due_at <= b.due_at


@settings(max_examples=200)
@given(UNITS, STARTS, LENGTHS)
def test_a_clock_is_due_after_it_starts_and_never_before_its_raw_date(rule, start, length):
    due = due_at(rule, start, CALENDAR, length=length)
    assert start < due.raw_due_at <= due.due_at
    if rule.unit in {LengthUnit.CALENDAR_DAY, LengthUnit.WORKING_DAY}:
        assert CALENDAR.is_workday(due.due_at.date())


@settings(max_examples=200)
@given(STARTS, LENGTHS)
def test_between_start_and_due_lie_exactly_that_many_working_days(start, length):
    due = due_at(OBJECTION, start, CALENDAR, length=length)
    day, worked = start.date(), 0
    while day < due.due_at.date():
        day += timedelta(days=1)
        worked += CALENDAR.is_workday(day)
    assert worked == length


@settings(max_examples=100)
@given(STARTS, LENGTHS)
def test_only_a_day_off_is_moved_and_only_to_the_next_working_day(start, length):
    due = due_at(NOTICE, start, CALENDAR, length=length)
    day = due.raw_due_at.date()
    assert day == start.date() + timedelta(days=length)
    while day < due.due_at.date():
        assert not CALENDAR.is_workday(day)
        day += timedelta(days=1)
