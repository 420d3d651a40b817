"""A 复查 is always taken in (条例 28, 35): by the next body up that is not concerned, else referred upward."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Post
from core.errors import Refusal
from core.timekeeping import local_day, now
from deadlines.services import sweep
from notifications.models import Notice
from petitions.enums import RecusalGround
from petitions.models import Petition, Recusal
from petitions.services import recusing
from reviews import selectors, windows
from reviews.enums import Channel
from reviews.models import Review, ReviewClock

pytestmark = pytest.mark.django_db


def fresh(case):
    return Petition.objects.get(pk=case.pk)


@pytest.fixture
def nobody_left(served, cast):
    """A case of which everybody who decides for the district stands back."""

    def make(**new):
        case = served(**new)
        for post in Post.objects.filter(unit=cast.units.district, role__in=[Role.LEADER, Role.UNIT_HEAD]):
            Recusal.objects.create(
                petition=case,
                user=post.user,
                ground=RecusalGround.INTEREST,
                recorded_at=now(),
                recorded_by=post.user,
            )
        Petition.objects.filter(pk=case.pk).update(has_recusals=True)
        return fresh(case)

    return make


@pytest.mark.article(28, 35)
def test_where_all_who_decide_for_a_body_stand_back_the_next_one_up_reviews(served, ask, town_head, cast):
    case = served(village=True)
    assert windows.window_of(fresh(case), now()).body == cast.units.dongxi
    recusing.recuse(petition=fresh(case), actor=town_head, ground=RecusalGround.INTEREST)
    assert ask(fresh(case)).body == cast.units.district


@pytest.mark.article(28, 35)
def test_where_no_body_is_free_the_application_is_taken_in_and_the_office_told(nobody_left, ask, cast):
    case = nobody_left()
    assert windows.window_of(case, now()).body is None
    review = ask(case)
    assert (review.level, review.body, review.state) == ("review", None, "asked")
    assert review.is_referred and review.body_name == "上级机关（由信访局报请确定）"
    assert review.clocks.get().rule.code == "review_30"
    told = Notice.objects.get(recipient=cast.petition_officer, text__contains="报请上级机关确定")
    assert case.number in told.text
    event = case.events.order_by("-id").first()
    assert "由信访局报请上级机关确定" in event.text and "报请上级机关确定由谁办理" in event.public_text


@pytest.mark.article(35)
def test_the_office_is_reminded_of_what_it_referred_and_the_petitioner_is_promised_no_day(
    nobody_left, ask, cast
):
    review = ask(nobody_left())
    clock = review.clocks.get()
    for days in (-2, 0, 2, 4, 6):
        sweep(ReviewClock, now=clock.due_at + timedelta(days=days, minutes=1))
    rungs = Notice.objects.filter(dedupe_key__startswith=clock.key).order_by("pk")
    told = [(one.recipient.username, "催问" in one.text) for one in rungs]
    assert told == [
        ("petition_officer", True),
        ("petition_officer", True),
        ("petition_officer", False),
        ("inspector", False),
    ]
    clock.refresh_from_db()
    assert clock.breached_at and clock.running
    part = selectors.own_part(fresh(review.petition), now())
    assert "前作出意见" not in render_to_string(part.template, {"part": part.context})


@pytest.mark.article(35)
def test_it_comes_by_the_counter_too_and_the_petitioner_may_withdraw_it(nobody_left, ask):
    review = ask(nobody_left(), channel=Channel.COUNTER)
    part = selectors.own_part(fresh(review.petition), now())
    assert part.context["may_withdraw"] is True and part.top == ""


@pytest.mark.article(35, 36)
def test_the_office_enters_what_the_body_named_above_decided_and_the_window_opens(
    nobody_left, ask, cast, client_as
):
    case = nobody_left()
    review = ask(case)
    officer, today = client_as(cast.petition_officer), local_day(now()).isoformat()
    page = officer.get(review.get_absolute_url()).content.decode()
    assert "可以办理的机关都须回避" in page and "作出意见的机关" in page
    sent = {
        "body_name": "江州市信访局",
        "outcome": "upheld",
        "decided_on": today,
        "served_on": today,
        "text": "事实清楚。",
    }
    assert officer.post(reverse("reviews:elsewhere_outcome", args=[case.number]), sent).status_code == 302
    review.refresh_from_db()
    assert (review.state, review.body_name) == ("served", "江州市信访局")
    assert [(one.rule.code, one.running) for one in review.clocks.order_by("pk")] == [
        ("review_30", False),
        ("petitioner_window", True),
    ]
    window = windows.window_of(fresh(case), now())
    assert window.level == "final" and window.body is None and window.is_open(now())
    assert not selectors._ended([selectors.reviews_on(fresh(case))[0]])
    entered = {"body_name": "江州市人民政府", "asked_on": today, "token": "f" * 20}
    assert officer.post(reverse("reviews:elsewhere", args=[case.number]), entered).status_code == 302


def test_the_petitioner_asks_on_the_own_page_and_reads_what_becomes_of_it(nobody_left):
    from django.test import Client

    from petitions.services import codes

    token = codes.new_token()
    case, client = nobody_left(token=token), Client()
    client.post(reverse("petitions:query"), {"number": case.number, "code": codes.query_code(token)})
    page = client.get(reverse("petitions:mine")).content.decode()
    assert "仍然可以在" in page and reverse("reviews:mine_apply") in page
    assert "报请上级机关确定" in client.get(reverse("reviews:mine_apply")).content.decode()
    sent = {"reason": "没有写收摊时间", "token": codes.new_token()}
    assert client.post(reverse("reviews:mine_apply"), sent).status_code == 302
    page = client.get(reverse("petitions:mine")).content.decode()
    assert "正在报请上级机关确定由谁办理" in page and "撤回申请" in page


@pytest.mark.article(36)
def test_a_final_review_by_a_body_outside_is_still_asked_for_there(served, ask, decide, hand_decision_over):
    case = served()
    hand_decision_over(decide(ask(case)))
    with pytest.raises(Refusal, match="直接向其提出"):
        ask(case)


def test_a_review_without_a_body_names_who_is_asked(nobody_left, ask):
    review = ask(nobody_left())
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(body_name="")
