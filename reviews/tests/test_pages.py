"""The petitioner's two steps, and the body's pages."""

from datetime import timedelta

import pytest
import time_machine
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from accounts.actor import Actor
from core.timekeeping import han_date, local_day, now
from petitions.enums import Rating
from petitions.models import Petition, Reply
from petitions.services import codes, following
from reviews import selectors, windows
from reviews.models import Review
from tests.cases import check_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(served):
    token = codes.new_token()
    case, client = served(token=token), Client()
    client.post(reverse("petitions:query"), {"number": case.number, "code": codes.query_code(token)})
    return case, client


def test_the_petitioner_asks_in_two_steps_and_sees_the_promised_day(own):
    _case, client = own
    page = client.get(reverse("petitions:mine")).content.decode()
    assert "由<strong>清江县</strong>办理" in page and reverse("reviews:mine_apply") in page
    form = client.get(reverse("reviews:mine_apply")).content.decode()
    assert "收到申请之日起 30 日内" in form
    sent = {"reason": "没有写收摊时间", "token": codes.new_token()}
    assert client.post(reverse("reviews:mine_apply"), {**sent, "reason": ""}).status_code == 422
    assert client.post(reverse("reviews:mine_apply"), sent).status_code == 302
    page = client.get(reverse("petitions:mine")).content.decode()
    assert "前作出意见" in page and "没有写收摊时间" in page and "撤回申请" in page
    again = client.post(reverse("reviews:mine_apply"), {**sent, "token": codes.new_token()})
    assert again.status_code == 409 and "已经申请复查" in again.content.decode()
    assert client.post(reverse("reviews:mine_withdraw")).status_code == 302
    assert Review.objects.get().state == "withdrawn"


def test_the_body_decides_and_serves_on_its_page(own, ask, client_as, cast):
    case, client = own
    ask(case)
    leader, officer = client_as(cast.leader2), client_as(cast.petition_officer)
    assert case.number in leader.get(reverse("reviews:list")).content.decode()
    wrong = {"outcome": "changed", "text": "有误", "basis": "条例第三十五条"}
    kept = leader.post(reverse("reviews:decide", args=[case.number]), wrong)
    assert kept.status_code == 422 and "须写明新的处理意见" in kept.content.decode()
    right = {**wrong, "opinion": "九点半收摊", "grants": ["1"]}
    assert leader.post(reverse("reviews:decide", args=[case.number]), right).status_code == 302
    today = local_day(now()).isoformat()
    served = officer.post(
        reverse("reviews:serve", args=[case.number]), {"method": "direct", "served_on": today}
    )
    assert served.status_code == 302
    page = client.get(reverse("petitions:mine")).content.decode()
    assert "九点半收摊" in page and "复核由上一级机关办理，请在" in page and "直接向其提出" in page
    assert "上一级行政机关" in page and "本系统" not in page


def test_the_counter_enters_a_letter(served, client_as, cast):
    case, today = served(), local_day(now()).isoformat()
    sent = {
        "channel": "letter",
        "received_on": today,
        "posted_on": today,
        "reason": "不服",
        "token": "b" * 20,
    }
    answer = client_as(cast.petition_officer).post(reverse("reviews:apply", args=[case.number]), sent)
    assert answer.status_code == 302 and Review.objects.get().channel == "letter"


def test_the_counter_is_asked_why_it_enters_an_earlier_day_and_keeps_what_it_typed(served, client_as, cast):
    case, officer = served(), client_as(cast.petition_officer)
    address, day = reverse("reviews:apply", args=[case.number]), local_day(now()) - timedelta(days=1)
    sent = {"channel": "counter", "received_on": day.isoformat(), "reason": "昨日口头不服", "token": "c" * 20}
    kept = officer.post(address, sent)
    assert kept.status_code == 422 and not Review.objects.exists()
    assert "请写明补录原因和凭据" in kept.content.decode() and "昨日口头不服" in kept.content.decode()
    assert officer.post(address, {**sent, "why": "系统停机"}).status_code == 302
    assert "系统停机" in officer.get(case.get_absolute_url()).content.decode()


def test_a_reply_of_the_simplified_procedure_is_called_what_it_is(own):
    case, client = own
    address = reverse("petitions:mine")
    assert "不服这个处理意见？" in client.get(address).content.decode()
    Petition.objects.filter(pk=case.pk).update(simplified=True)
    assert "不服这个处理意见？" in client.get(address).content.decode()
    Reply.objects.filter(petition=case).update(kind="reply")
    page = client.get(address).content.decode()
    assert "不服这个答复？" in page and "不服这个处理意见？" not in page and "申请复查" in page


def test_the_petitioner_is_told_the_name_of_the_body_above_where_it_is_set(
    own, ask, decide, hand_decision_over, settings
):
    settings.FINAL_REVIEW_BODY = "江州市人民政府"
    case, client = own
    hand_decision_over(decide(ask(case)))
    page = client.get(reverse("petitions:mine")).content.decode()
    assert "复核由上一级机关江州市人民政府办理，请在" in page and "直接向其提出" in page
    assert "本系统" not in page


@pytest.mark.article(35)
@pytest.mark.parametrize("closed", [False, True])
def test_after_rating_and_after_closing_the_page_says_until_when_a_review_is_open(own, cast, closed):
    case, client = own
    following.evaluate(
        petition=case,
        actor=Actor.petitioner(),
        office_rating=Rating.SATISFIED,
        unit_rating=Rating.DISSATISFIED,
    )
    if closed:
        check_off(case)
        following.close(petition=case, actor=cast.actor("petition_officer"))
    due = windows.window_of(case, now()).until
    page = client.get(reverse("petitions:mine")).content.decode()
    top, _rest = page.split("您的评价", 1) if not closed else page.split("办理经过", 1)
    assert "不服这个处理意见？可以申请复查" in top and f"<strong>{han_date(due)}</strong>为止" in top
    assert reverse("reviews:mine_apply") in top and "不影响您申请的权利" in top
    Review.objects.all().delete()
    with time_machine.travel(due + timedelta(minutes=1), tick=False):
        assert windows.window_of(case, now()).is_open(now()) is False
        assert selectors.own_part(case, now()).top == ""


@pytest.mark.article(36)
def test_after_a_review_the_head_of_the_page_names_the_last_day_for_the_final_one(
    served, ask, decide, hand_decision_over, town_head
):
    case = served(village=True)
    review = hand_decision_over(decide(ask(case), actor=town_head), actor=town_head)
    part = selectors.own_part(Petition.objects.get(pk=case.pk), now())
    assert part.top and part.context["window"].level == "final"
    assert han_date(review.clocks.last().due_at) in render_to_string(part.top, {"part": part.context})


def test_a_decision_that_somebody_made_first_is_told_of_once(own, ask, client_as, cast):
    case, _client = own
    ask(case)
    leader, officer = client_as(cast.leader2), client_as(cast.petition_officer)
    words = {"outcome": "upheld", "text": "事实清楚", "basis": "条例第三十五条"}
    assert leader.post(reverse("reviews:decide", args=[case.number]), words).status_code == 302
    late = leader.post(reverse("reviews:decide", args=[case.number]), words)
    assert late.status_code == 409 and late.content.decode().count("没有生效") == 1
    day = local_day(now()).isoformat()
    sent = {"channel": "counter", "received_on": day, "reason": "不服", "token": "d" * 20}
    twice = officer.post(reverse("reviews:apply", args=[case.number]), sent)
    assert twice.status_code == 409 and twice.content.decode().count('class="form-errors"') == 1
