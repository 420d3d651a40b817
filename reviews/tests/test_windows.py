"""Until when one may ask (条例 35, 36): 30 days from receipt, the last day rolled off a day off; posted is asked."""

from datetime import date, timedelta

import pytest

from accounts.models import AuditEntry
from core.errors import Refusal
from core.timekeeping import local_day
from petitions.enums import Kind, Path, Status
from reviews import windows
from reviews.enums import Channel, Level
from reviews.models import Review
from reviews.tests.conftest import moment

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("received", "last"),
    [
        (date(2026, 2, 1), date(2026, 3, 3)),
        # Day 30 is Saturday 2026-03-07: the Monday after it.
        (date(2026, 2, 5), date(2026, 3, 9)),
        # Day 30 is Thursday 2026-10-01, a holiday until the 7th.
        (date(2026, 9, 1), date(2026, 10, 8)),
    ],
)
@pytest.mark.article(35)
def test_article_35_thirty_days_from_receipt_rolled_off_days_off(served, ask, received, last):
    case = served(moment(received))
    window = windows.window_of(case, moment(received, 12))
    assert (window.level, local_day(window.until)) == (Level.REVIEW, last)
    review = ask(case, at=moment(last, 23))
    assert review.state == "asked"


@pytest.mark.article(35)
def test_article_35_one_day_late_is_told_so_and_what_remains(served, ask):
    case = served(moment(date(2026, 2, 1)))
    with pytest.raises(Refusal) as refused:
        ask(case, at=moment(date(2026, 3, 4), 0))
    assert "晚了 1 天" in refused.value.sentence and "2026年3月3日" in refused.value.sentence
    assert "新的事实或者理由" in refused.value.sentence
    assert not Review.objects.exists()


@pytest.mark.article(35)
def test_article_35_before_service_there_is_no_window(make_case, ask):
    case = make_case(until=Status.CONCLUDED)
    with pytest.raises(Refusal, match="还没有送达"):
        ask(case)
    with pytest.raises(Refusal, match="还没有作出处理意见"):
        ask(make_case(until=Status.ACCEPTED))


@pytest.mark.article(31)
def test_article_31_only_an_opinion_of_path_six_is_reviewed(make_case, ask):
    for case in (
        make_case(until=Status.SERVED, path=Path.DUTY),
        make_case(until=Status.SERVED, kind=Kind.SUGGESTION),
    ):
        with pytest.raises(Refusal, match="路径六"):
            ask(case)


@pytest.mark.article(35)
def test_article_35_what_was_posted_in_time_is_in_time(served, ask):
    case = served(moment(date(2026, 2, 1)))
    last = date(2026, 3, 3)
    late = {"channel": Channel.LETTER, "received_on": date(2026, 3, 10), "at": moment(date(2026, 3, 10))}
    with pytest.raises(Refusal, match="晚了 1 天"):
        ask(case, posted_on=last + timedelta(days=1), **late)
    with pytest.raises(Refusal, match="邮戳日期"):
        ask(case, **late)
    with pytest.raises(Refusal, match="补录原因"):
        ask(case, posted_on=last, **late)
    assert not Review.objects.exists()
    review = ask(case, posted_on=last, why="信封邮戳 3 月 3 日，已留存", **late)
    event = case.events.order_by("-id").first()
    assert "补录：2026年3月3日（周二）邮戳，2026年3月10日（周二）收到；信封邮戳 3 月 3 日" in event.text
    assert "补录" not in event.public_text
    # The body's own 30 days count from the day it came.
    assert local_day(review.clocks.get().due_at) == date(2026, 4, 9)


@pytest.mark.article(35)
def test_article_35_a_day_before_today_is_not_entered_without_a_reason_on_record(served, ask, cast):
    case, received = served(moment(date(2026, 2, 1))), date(2026, 3, 3)
    given = {"channel": Channel.COUNTER, "received_on": received, "at": moment(date(2026, 3, 4))}
    for blank in ("", "  "):
        with pytest.raises(Refusal, match="补录原因"):
            ask(case, why=blank, **given)
    assert not Review.objects.exists()
    review = ask(case, why="昨日停电，纸质登记", **given)
    assert local_day(review.applied_at) == received
    event = case.events.order_by("-id").first()
    assert (
        "补录：2026年3月3日（周二）收到；昨日停电，纸质登记" in event.text
        and event.user == cast.petition_officer
    )
    entry = AuditEntry.objects.get(act="review.apply")
    assert entry.detail["received_on"] == "2026-03-03" and "停电" not in str(entry.detail)


def test_a_letter_of_today_within_the_window_needs_no_reason(served, ask):
    case, today = served(moment(date(2026, 2, 2))), date(2026, 2, 10)
    ask(case, channel=Channel.LETTER, posted_on=date(2026, 2, 9), at=moment(today), why="不用写")
    assert "补录" not in case.events.order_by("-id").first().text


def test_a_day_of_receipt_to_come_or_before_service_is_refused(served, ask):
    case, today = served(moment(date(2026, 2, 2))), date(2026, 2, 10)
    for wrong in (
        {"received_on": date(2026, 2, 11)},
        {"received_on": date(2026, 2, 1)},
    ):
        with pytest.raises(Refusal) as refused:
            ask(case, channel=Channel.COUNTER, at=moment(today), **wrong)
        assert refused.value.code == "invalid"
    with pytest.raises(Refusal, match="不能晚于收到日期"):
        ask(
            case,
            channel=Channel.LETTER,
            received_on=date(2026, 2, 9),
            posted_on=today,
            at=moment(today),
        )


def test_asked_twice_is_told_where_the_first_one_is(served, ask):
    case = served()
    ask(case)
    with pytest.raises(Refusal, match="已经申请复查：清江县") as refused:
        ask(case)
    assert refused.value.status == 409 and Review.objects.count() == 1


def test_the_same_form_twice_is_one_application(served, ask):
    case = served()
    ask(case, token="a" * 20)
    with pytest.raises(Refusal):
        ask(case, token="a" * 20)
    assert Review.objects.count() == 1


def test_a_sealed_case_has_no_review(served, ask, cast):
    from petitions.services import sealing

    case = served()
    review = ask(case)
    sealing.seal(petition=case, actor=cast.actor("petition_officer"), reason="反映干部违纪")
    review.refresh_from_db()
    assert review.state == "lapsed" and not review.clocks.filter(stopped_at=None).exists()
    assert not case.scopes.filter(reason="granted").exists()
    with pytest.raises(Refusal):
        ask(case)
