"""Instants and days in Chinese words."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.timekeeping import (
    SHANGHAI,
    friendly_moment,
    full_moment,
    han_date,
    local_day,
    now,
    time_left,
)

AT = datetime(2026, 10, 8, 16, 50, tzinfo=SHANGHAI)


def test_now_is_aware_and_in_china():
    assert now().utcoffset() == timedelta(hours=8)


def test_an_instant_before_midnight_utc_is_already_the_next_day_in_china():
    assert local_day(datetime(2026, 2, 28, 23, 0, tzinfo=UTC)) == date(2026, 3, 1)


def test_a_naive_instant_is_refused():
    with pytest.raises(ValueError, match="aware"):
        local_day(datetime(2026, 1, 1))


def test_residents_read_the_weekday_with_the_date():
    assert han_date(date(2026, 10, 8)) == "2026年10月8日（周四）"
    assert han_date(datetime(2026, 10, 7, 16, 30, tzinfo=UTC)) == "2026年10月8日（周四）"


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (AT, "今天 16:50"),
        (AT - timedelta(days=1), "昨天 16:50"),
        (AT - timedelta(days=2), "前天 16:50"),
        (AT - timedelta(days=3), "2026-10-05 16:50"),
        (AT + timedelta(hours=8), "明天 00:50"),
        (AT + timedelta(days=2), "2026-10-10 16:50"),
    ],
)
def test_the_desk_says_today_and_yesterday(moment, words):
    assert friendly_moment(moment, at=AT) == words


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=3), "还剩 3 天"),
        (timedelta(days=3, seconds=-1), "还剩 2 天"),
        (timedelta(hours=5, minutes=59), "还剩 5 小时"),
        (timedelta(hours=1), "还剩 1 小时"),
        (timedelta(minutes=6, seconds=12), "剩 06:12"),
        (timedelta(0), "剩 00:00"),
        (timedelta(seconds=-1), "刚刚超时"),
        (timedelta(minutes=-12), "已超 12 分钟"),
        (timedelta(days=-2), "已超 2 天"),
    ],
)
def test_time_left_never_promises_more_than_there_is(left, words):
    assert time_left(AT + left, at=AT).text == words


def test_on_paper_a_moment_is_a_full_date_whatever_day_it_is_read():
    at = datetime(2026, 11, 23, 8, 50, tzinfo=UTC)

    assert full_moment(at) == "2026年11月23日（周一）16:50"
    assert han_date(at) == han_date(date(2026, 11, 23)) == "2026年11月23日（周一）"
