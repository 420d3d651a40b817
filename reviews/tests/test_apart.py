"""Whoever has a part in the paper complained about takes applications in at the desk, and steers nothing (条例 28)."""

from datetime import timedelta

import pytest

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, User
from core.errors import Refusal
from core.timekeeping import local_day, now
from petitions.models import Petition, Reply
from reviews import rules
from reviews.enums import Channel, Outcome, ReviewAct
from reviews.models import Review
from reviews.services import applying, elsewhere, publishing
from tests.cast import SINCE

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def desk_of(cast):
    """Somebody at the desk of a unit that takes cases in."""

    def make(unit, role=Role.CLERK):
        user = User.objects.create(username=f"{role}-{unit.pk}", name="窗口", password="!")
        return Actor.of(Post.objects.create(user=user, unit=unit, role=role, valid_from=SINCE))

    return make


@pytest.fixture
def of_urban(served, cast):
    """Registered, handled and answered by 城市管理局; served fourteen days ago."""
    case = served(now() - 14 * DAY)
    Petition.objects.filter(pk=case.pk).update(registered_unit=cast.units.urban)
    return Petition.objects.get(pk=case.pk)


@pytest.fixture
def reviewed(of_urban, ask, decide, hand_decision_over):
    review = decide(ask(of_urban, at=now() - 12 * DAY), at=now() - 11 * DAY)
    hand_decision_over(review, at=now() - 10 * DAY)
    return Petition.objects.get(pk=of_urban.pk)


@pytest.mark.article(28)
@pytest.mark.parametrize("role", [Role.CLERK, Role.PETITION_OFFICER])
def test_article_28_the_desk_that_answered_takes_in_and_does_not_take_back(of_urban, cast, desk_of, role):
    desk = desk_of(cast.units.urban, role)
    review = applying.apply(petition=of_urban, actor=desk, channel=Channel.COUNTER, reason="不服")
    with pytest.raises(Refusal) as refused:
        applying.withdraw(review=review, actor=desk, text="口头表示")
    assert refused.value.code == "forbidden" and Review.objects.get().state == "asked"
    applying.withdraw(review=review, actor=cast.actor("petition_officer"), text="到窗口表示")
    assert Review.objects.get().state == "withdrawn"


def test_the_town_that_registered_a_paper_of_its_own_village_is_apart_only_from_its_own_review(
    served, cast, desk_of, ask, decide, hand_decision_over, town_head
):
    case = served(now() - 4 * DAY, village=True)
    Petition.objects.filter(pk=case.pk).update(registered_unit=cast.units.dongxi)
    desk = desk_of(cast.units.dongxi)
    first = ask(case, at=now() - 3 * DAY)
    assert rules.may(ReviewAct.WITHDRAW, desk, review=first)
    hand_decision_over(decide(first, actor=town_head, at=now() - 2 * DAY), actor=town_head, at=now() - DAY)
    again = ask(Petition.objects.get(pk=case.pk))
    assert again.level == "final" and again.body == cast.units.district
    assert not rules.may(ReviewAct.WITHDRAW, desk, review=again)
    assert rules.may(ReviewAct.WITHDRAW, cast.actor("petition_officer"), review=again)


@pytest.mark.article(28)
def test_article_28_the_desk_that_answered_enters_no_review_outside(reviewed, cast, desk_of):
    desk, day = desk_of(cast.units.urban, Role.PETITION_OFFICER), local_day(now())
    with pytest.raises(Refusal) as refused:
        elsewhere.enter(petition=reviewed, actor=desk, body_name="江州市人民政府", asked_on=day)
    assert refused.value.code == "forbidden" and Review.objects.count() == 1
    assert rules.may(ReviewAct.ELSEWHERE, cast.actor("petition_officer"), petition=reviewed)


@pytest.mark.article(28)
def test_article_28_an_office_that_wrote_the_paper_enters_and_publishes_nothing(reviewed, cast):
    office = cast.actor("petition_officer")
    day = local_day(now())
    review = elsewhere.enter(petition=reviewed, actor=office, body_name="江州市人民政府", asked_on=day)
    told = {"outcome": Outcome.UPHELD, "decided_on": day, "served_on": day, "text": "维持。"}
    Reply.objects.filter(petition=reviewed).update(unit=cast.units.petition_office)
    review = Review.objects.get(pk=review.pk)
    with pytest.raises(Refusal) as refused:
        elsewhere.enter_outcome(review=review, actor=office, **told)
    assert refused.value.code == "forbidden"
    Reply.objects.filter(petition=reviewed).update(unit=cast.units.urban)
    review = elsewhere.enter_outcome(review=Review.objects.get(pk=review.pk), actor=office, **told)
    Reply.objects.filter(petition=reviewed).update(by=office.user)
    with pytest.raises(Refusal) as refused:
        publishing.prepare(
            review=Review.objects.get(pk=review.pk), actor=office, title="复核意见", text="维持。"
        )
    assert refused.value.code == "forbidden"
