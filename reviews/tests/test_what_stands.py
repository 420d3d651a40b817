"""What a 撤销 or 变更 leaves standing of the answer: nothing supported is dropped by being overlooked, and the
petitioner reads that the answer was replaced."""

import pytest
from django.urls import reverse

from outcomes.enums import ExecutionState
from outcomes.models import Execution
from petitions.models import Petition
from reviews import selectors
from reviews.enums import Level, Outcome
from reviews.forms import DecideForm
from reviews.models import Review

pytestmark = pytest.mark.django_db

TWO = ["请规定夜市收摊时间", "请装隔音板"]
TYPED = {
    "outcome": "changed",
    "text": "时间没有查清。",
    "opinion": "夜市九点半收摊。",
    "basis": "条例第三十五条",
}


def fresh(case):
    return Petition.objects.get(pk=case.pk)


def test_what_the_answer_supported_is_ticked_beforehand_and_dropped_only_by_a_second_tick(
    served, ask, cast, client_as
):
    case = served(requests=TWO)
    ask(case)
    leader = client_as(cast.leader2)
    page = leader.get(reverse("reviews:case", args=[case.number]))
    assert page.context["forms"]["decide"].fields["grants"].initial == ["1", "2"]
    assert "（现在支持）" in page.content.decode()
    door = reverse("reviews:decide", args=[case.number])
    refused = leader.post(door, TYPED | {"grants": ["1"]})
    assert refused.status_code == 422 and "第 2 项诉求现在是支持的" in refused.content.decode()
    assert Review.objects.get().state == "asked"
    assert leader.post(door, TYPED | {"grants": ["1"], "drops": "on"}).status_code == 302
    assert [one.ordinal for one in Review.objects.get().grants.all()] == [1]


def test_to_uphold_takes_no_notice_of_what_was_ticked_beforehand(served, ask, cast, client_as):
    case = served()
    ask(case)
    typed = {"outcome": "upheld", "text": "事实清楚。", "basis": "条例第三十五条", "grants": ["1"]}
    answer = client_as(cast.leader2).post(reverse("reviews:decide", args=[case.number]), typed)
    assert answer.status_code == 302 and not Review.objects.get().grants.exists()


def test_a_last_review_offers_again_what_the_first_one_ended(
    served, ask, decide, hand_decision_over, town_head
):
    case = served(village=True, requests=TWO)
    first = decide(
        ask(case), actor=town_head, outcome=Outcome.CHANGED, opinion="夜市九点半收摊。", grants=[1]
    )
    hand_decision_over(first, actor=town_head)
    assert Execution.objects.filter(petition=case, state=ExecutionState.OPEN).count() == 1
    final = ask(fresh(case))
    assert final.level == Level.FINAL
    assert selectors.supported(fresh(case)) == ({1}, {2})
    form = DecideForm(TYPED | {"grants": ["2"]}, requests=[("1", "一"), ("2", "二")], standing={1})
    assert not form.is_valid() and list(form.errors) == ["drops"]


def test_the_petitioner_reads_that_the_answer_was_replaced(served, ask, decide, hand_decision_over):
    case = served()
    review = decide(ask(case), outcome=Outcome.CHANGED, opinion="夜市九点半收摊。", grants=[1])
    assert selectors.own_part(fresh(case), review.decided_at).replaces == ""
    hand_decision_over(review)
    part = selectors.own_part(fresh(case), review.decided_at)
    assert "复查意见（变更）代替" in part.replaces
