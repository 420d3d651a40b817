from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from core.errors import Refusal
from deadlines.enums import Lamp
from deadlines.services import build, extend, start, stop, stop_all
from deadlines.tests.conftest import moment
from deadlines.tests.models import Egg

pytestmark = pytest.mark.django_db  # the fixtures ask for the database out of the runner's sight

DAY = timedelta(days=1)


def end(text):
    return moment(f"{text}T23:59:59.999999")


def test_a_started_clock_keeps_its_rule_dates_and_explanation(owner):
    egg = start(Egg, rule_code="conclusion", at=moment("2023-10-01T10:00"), owner=owner)
    egg.refresh_from_db()
    assert (egg.raw_due_at, egg.due_at) == (end("2023-11-30"), end("2023-11-30"))
    assert (egg.next_at, egg.soon_at) == (end("2023-11-27"), end("2023-11-27"))
    assert (egg.step_no, egg.provisional, egg.running, egg.speed) == (0, False, True, 1)
    assert egg.explanation["basis"] == "《信访工作条例》第三十一条第六项、第三十四条"
    assert egg.explanation["steps"][1] == "按自然日计60日，末日为2023年11月30日（周四）24:00。"


def test_building_many_clocks_with_a_rulebook_costs_no_query(owner, django_assert_num_queries):
    from deadlines.selectors import rulebook

    book = rulebook()
    with django_assert_num_queries(0):
        for code in ("forwarding", "respond_10", "call_30", "first_round_24"):
            build(Egg, rule_code=code, at=moment("2026-03-02T09:00"), owner=owner, book=book)


def test_a_naive_moment_starts_no_clock(owner):
    with pytest.raises(ValueError, match="aware"):
        build(Egg, rule_code="notice", at=datetime(2026, 3, 2), owner=owner)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"rule_code": "nope"}, "没有代码为“nope”的期限规则"),
        ({"rule_code": "feedback"}, "没有固定期限"),
        ({"rule_code": "feedback", "due_on": date(2026, 3, 1)}, "早于开始日期"),
        ({"rule_code": "notice", "length": 0}, "不能是0"),
    ],
)
def test_a_clock_that_cannot_be_is_refused_with_a_sentence(owner, options, sentence):
    with pytest.raises(Refusal, match=sentence) as refused:
        build(Egg, at=moment("2026-03-02T09:00"), owner=owner, **options)
    assert refused.value.code == "invalid"


def test_a_date_set_by_hand_is_the_due_date(owner):
    egg = start(
        Egg, rule_code="feedback", at=moment("2026-09-01T09:00"), due_on=date(2026, 10, 3), owner=owner
    )
    assert (egg.raw_due_at, egg.due_at) == (end("2026-10-03"), end("2026-10-03"))


def test_a_reminder_that_would_precede_the_start_is_left_out(owner):
    egg = build(
        Egg, rule_code="feedback", at=moment("2026-09-01T09:00"), due_on=date(2026, 9, 2), owner=owner
    )
    assert (egg.step_no, egg.next_at) == (1, end("2026-09-02"))


def test_the_trial_hastens_minutes_and_hours_only(owner, settings):
    settings.TRIAL_SPEED = 60
    quick, day = (
        start(Egg, rule_code=code, at=moment("2026-03-02T09:00"), owner=owner)
        for code in ("call_30", "notice")
    )
    assert (quick.due_at, quick.next_at) == (moment("2026-03-02T09:00:30"), moment("2026-03-02T09:00:20"))
    assert quick.explanation["steps"][1] == "试用环境时钟加快60倍。"
    assert (day.due_at, day.speed) == (end("2026-03-17"), 1)


def test_a_stop_in_time_leaves_no_breach(owner):
    egg = start(Egg, rule_code="notice", at=moment("2026-03-02T09:00"), owner=owner)
    assert stop(egg, end("2026-03-17")) is True
    assert (egg.stopped_at, egg.next_at, egg.breached_at) == (end("2026-03-17"), None, None)


def test_a_late_stop_marks_the_breach_at_the_due_moment_even_before_a_sweep(owner):
    egg = start(Egg, rule_code="notice", at=moment("2026-03-02T09:00"), owner=owner)
    stop(egg, moment("2026-03-18T00:00"))
    assert egg.breached_at == end("2026-03-17")


def test_a_window_that_is_used_late_is_no_breach(owner):
    egg = start(Egg, rule_code="petitioner_window", at=moment("2026-03-02T09:00"), owner=owner)
    stop(egg, egg.due_at + DAY)
    assert (egg.breached_at, egg.next_at) == (None, None)


def test_a_second_stop_changes_nothing(owner):
    egg = start(Egg, rule_code="notice", at=moment("2026-03-02T09:00"), owner=owner)
    stop(egg, moment("2026-03-03T09:00"))
    assert stop(egg, moment("2026-03-30T09:00")) is False
    assert (egg.stopped_at, egg.breached_at) == (moment("2026-03-03T09:00"), None)


def test_a_stop_before_the_start_or_without_a_zone_is_an_error(owner):
    egg = start(Egg, rule_code="notice", at=moment("2026-03-02T09:00"), owner=owner)
    with pytest.raises(ValueError, match="after it started"):
        stop(egg, moment("2026-03-01T09:00"))
    with pytest.raises(ValueError, match="aware"):
        stop_all(Egg.objects.all(), datetime(2026, 3, 5))


def test_many_clocks_stop_in_one_query(lay, django_assert_num_queries):
    lay("notice", "2026-03-02T09:00", count=3)
    lay("petitioner_window", "2026-01-05T09:00", count=2)
    with django_assert_num_queries(1):
        assert stop_all(Egg.objects.all(), moment("2026-03-20T09:00")) == 5
    assert Egg.objects.filter(breached_at=end("2026-03-17")).count() == 3
    assert stop_all(Egg.objects.all(), moment("2026-03-21T09:00")) == 0


def test_an_extension_moves_the_due_date_and_opens_a_new_round_of_reminders(owner):
    egg = start(Egg, rule_code="conclusion", at=moment("2026-07-06T09:00"), owner=owner)
    assert egg.due_at == end("2026-09-04")
    Egg.objects.update(step_no=1)
    extend(egg, 30, moment("2026-09-02T09:00"))
    egg.refresh_from_db()
    assert (egg.raw_due_at, egg.due_at) == (end("2026-10-04"), end("2026-10-08"))
    assert (egg.extended_days, egg.step_no, egg.next_at) == (30, 0, end("2026-10-05"))
    assert egg.explanation["extension"]["days"] == 30
    assert egg.explanation["steps"][1].endswith("末日为2026年9月4日（周五）24:00。")


@pytest.mark.parametrize(
    ("code", "days", "at", "sentence"),
    [
        ("notice", 5, "2026-03-05T09:00", "不能延长"),
        ("conclusion", 31, "2026-03-05T09:00", "1至30日"),
        ("conclusion", 0, "2026-03-05T09:00", "1至30日"),
        ("conclusion", 30, "2026-06-01T09:00", "逾期后不能延长"),
    ],
)
def test_an_extension_outside_the_law_is_refused(owner, code, days, at, sentence):
    egg = start(Egg, rule_code=code, at=moment("2026-03-02T09:00"), owner=owner)
    with pytest.raises(Refusal, match=sentence):
        extend(egg, days, moment(at))
    egg.refresh_from_db()
    assert egg.extended_days == 0


def test_a_clock_is_extended_once_and_never_after_it_stopped(owner):
    one, two = (
        start(Egg, rule_code="conclusion", at=moment("2026-03-02T09:00"), owner=owner) for _ in range(2)
    )
    extend(one, 10, moment("2026-03-05T09:00"))
    with pytest.raises(Refusal, match="只能延长一次"):
        extend(one, 10, moment("2026-03-05T09:00"))
    stop(two, moment("2026-03-04T09:00"))
    with pytest.raises(Refusal, match="已经停止"):
        extend(two, 10, moment("2026-03-05T09:00"))


def test_the_lamp_is_red_by_the_raw_date_and_breach_goes_by_the_rolled_one(owner):
    egg = start(Egg, rule_code="notice", at=moment("2024-02-01T09:00"), owner=owner)
    assert (egg.raw_due_at, egg.due_at) == (end("2024-02-16"), end("2024-02-18"))
    assert egg.lamp(moment("2024-02-15T12:00")) == Lamp.GREEN
    assert egg.lamp(moment("2024-02-16T12:00")) == Lamp.YELLOW
    assert egg.lamp(moment("2024-02-17T12:00")) == Lamp.RED
    stop(egg, moment("2024-02-16T20:00"))
    assert (egg.lamp(moment("2025-01-01T00:00")), egg.breached_at) == (Lamp.GREEN, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"due_at": moment("2026-03-01T09:00")},
        {"stopped_at": moment("2026-03-05T09:00")},
        {"speed": 0},
    ],
)
def test_a_clock_that_contradicts_itself_is_refused_by_the_database(lay, wrong):
    lay("notice", "2026-03-02T09:00")
    with pytest.raises(IntegrityError), transaction.atomic():
        Egg.objects.update(**wrong)


def test_a_clock_class_without_the_sweeps_index_is_reported():
    class Bare(Egg):
        class Meta:
            proxy = True
            app_label = "deadlines_tests"

    assert "deadlines.E001" not in [found.id for found in Egg.check()]
    Bare._meta.indexes = []
    assert "deadlines.E001" in [found.id for found in Bare.check()]
