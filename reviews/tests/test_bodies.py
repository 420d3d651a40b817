"""Who reviews (条例 28, 35, 36; domain B8): the body the paper names, never the unit itself nor one complained of."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, Unit, UnitSuccession
from core.errors import Refusal
from core.timekeeping import local_day, now
from notifications.models import Notice
from petitions.enums import RecusalGround, ScopeReason
from petitions.models import Petition, Reply
from petitions.services import recusing
from reviews import rules, windows
from reviews.enums import Outcome, ReviewAct
from reviews.models import Review
from reviews.services import deciding
from tests.cast import SINCE

pytestmark = pytest.mark.django_db


def reads(actor, case):
    return Petition.objects.visible_to(actor).filter(pk=case.pk).exists()


@pytest.mark.article(35)
def test_article_35_a_department_is_reviewed_by_the_body_its_paper_names(served, ask, cast):
    assert ask(served()).body == cast.units.district


@pytest.mark.article(35)
def test_article_35_never_by_the_unit_itself_or_one_within_it(served, cast):
    case = served()
    for wrong in (cast.units.urban, cast.units.liuwan):
        Reply.objects.filter(petition=case).update(review_body=wrong)
        case.refresh_from_db()
        body = windows.window_of(Petition.objects.get(pk=case.pk), now()).body
        assert body is not None and not body.is_within(cast.units.urban)


@pytest.mark.article(28)
def test_article_28_never_by_a_body_complained_of(served, cast):
    case = served(village=True, complained_unit=cast.units.liuwan)
    Reply.objects.filter(petition=case).update(review_body=cast.units.liuwan)
    assert windows.window_of(Petition.objects.get(pk=case.pk), now()).body == cast.units.dongxi


@pytest.mark.article(24)
def test_article_24_in_the_place_of_a_body_that_has_ended_whoever_followed_it(served, cast):
    case = served()
    Reply.objects.filter(petition=case).update(review_body=cast.units.housing)

    def follow(old, new):
        Unit.objects.filter(pk=old.pk).update(valid_until=local_day(now()))
        UnitSuccession.objects.create(
            unit=old, successor=new, basis="编办文件", recorded_at=now(), recorded_by=cast.sysadmin
        )

    def body():
        return windows.window_of(Petition.objects.get(pk=case.pk), now()).body

    assert body() == cast.units.housing
    follow(cast.units.housing, cast.units.xiling)
    assert body() == cast.units.xiling
    # Whoever follows the unit that answered steps into its place, and does not review its paper.
    follow(cast.units.urban, cast.units.xiling)
    assert body() == cast.units.district


def test_the_bodys_people_read_the_case_until_the_review_ends(served, ask, decide, hand_decision_over, cast):
    """A body that is no superior of the unit reads by a row of its own, and its head decides."""
    case = served()
    Reply.objects.filter(petition=case).update(review_body=cast.units.housing)
    case = Petition.objects.get(pk=case.pk)
    head, desk = cast.actor("unit_head2"), cast.actor("handler2")
    assert not reads(head, case) and not reads(desk, case)
    review = ask(case)
    assert review.body == cast.units.housing and reads(head, case) and reads(desk, case)
    with pytest.raises(Refusal):
        decide(review, actor=desk)
    decide(review, actor=head)
    hand_decision_over(review, actor=desk)
    assert not reads(head, case) and not reads(desk, case)


def test_leaders_of_a_government_read_while_it_reviews(served, ask, cast):
    case, leader = served(), cast.actor("leader2")
    assert not reads(leader, case)
    review = ask(case)
    assert reads(leader, case)
    assert Notice.objects.filter(recipient=cast.leader2, text__contains=case.number).exists()
    from reviews.services import applying

    applying.withdraw(review=review, actor=Actor.petitioner())
    assert not reads(leader, case)
    assert not case.scopes.filter(reason=ScopeReason.GRANTED).exists()


@pytest.mark.parametrize(
    "who", ["handler", "unit_head", "handler2", "outsider", "clerk", "inspector", "petition_officer"]
)
def test_nobody_but_the_body_decides(served, ask, decide, cast, who):
    review = ask(served())
    with pytest.raises(Refusal) as refused:
        decide(review, actor=cast.actor(who))
    assert refused.value.status == 403


def test_the_handling_units_people_decide_under_no_other_hat(served, ask, decide, cast):
    review = ask(served())
    Post.objects.create(user=cast.leader2, unit=cast.units.urban, role=Role.HANDLER, valid_from=SINCE)
    with pytest.raises(Refusal):
        decide(review, actor=cast.actor("leader2"))
    decide(review, actor=cast.actor("leader"))


def test_who_wrote_the_opinion_does_not_decide_on_it(served, ask, decide, cast):
    case = served()
    Reply.objects.filter(petition=case).update(by=cast.leader)
    review = ask(Petition.objects.get(pk=case.pk))
    with pytest.raises(Refusal):
        decide(review, actor=cast.actor("leader"))


@pytest.mark.article(28)
def test_article_28_a_recused_leader_takes_no_step(served, ask, decide, cast, hand_decision_over):
    review = ask(served())
    recusing.recuse(petition=review.petition, actor=cast.actor("leader2"), ground=RecusalGround.INTEREST)
    with pytest.raises(Refusal):
        decide(review, actor=cast.actor("leader2"))
    decide(review, actor=cast.actor("leader"))
    recusing.recuse(
        petition=review.petition, actor=cast.actor("petition_officer"), ground=RecusalGround.INTEREST
    )
    with pytest.raises(Refusal):
        hand_decision_over(review)


@pytest.mark.article(36)
def test_article_36_the_final_review_goes_to_the_body_above(
    served, ask, decide, hand_decision_over, town_head, cast
):
    case = served(village=True)
    first = ask(case)
    assert first.body == cast.units.dongxi
    decide(first, actor=town_head)
    hand_decision_over(first, actor=town_head)
    final = ask(case)
    assert (final.level, final.body, final.first) == ("final", cast.units.district, first)
    with pytest.raises(Refusal):
        decide(final, actor=town_head)
    Post.objects.create(user=town_head.user, unit=cast.units.district, role=Role.LEADER, valid_from=SINCE)
    with pytest.raises(Refusal):
        decide(final, actor=Actor.of(town_head.user.posts.get(role=Role.LEADER)))
    decide(final, actor=cast.actor("leader"))


@pytest.mark.article(36)
def test_article_36_where_no_body_stands_above_one_is_told_whom_to_ask(
    served, ask, decide, hand_decision_over, settings
):
    case = served()
    hand_decision_over(decide(ask(case)))
    with pytest.raises(Refusal, match="上一级行政机关"):
        ask(case)
    settings.FINAL_REVIEW_BODY = "清州市人民政府"
    with pytest.raises(Refusal, match="清州市人民政府"):
        ask(case)


def test_the_handling_unit_reads_the_outcome_and_not_the_reason(served, ask, client_as, cast):
    case = served()
    ask(case, reason="承办人收了摊主的好处")
    url = reverse("reviews:case", args=[case.number])
    page = client_as(cast.handler).get(url).content.decode()
    assert "清江县" in page and "收了摊主的好处" not in page
    assert "收了摊主的好处" in client_as(cast.leader2).get(url).content.decode()
    assert "收了摊主的好处" in client_as(cast.petition_officer).get(url).content.decode()
    assert client_as(cast.handler2).get(url).status_code == 404


def test_doors_are_shut_to_the_handling_unit(served, ask, client_as, cast):
    case = served()
    ask(case)
    for name in ("decide", "serve", "hearing", "not_admit", "withdraw", "apply"):
        for who in (cast.handler, cast.unit_head):
            assert client_as(who).post(reverse(f"reviews:{name}", args=[case.number])).status_code == 403
    assert Review.objects.get().state == "asked"


def test_the_petition_office_works_for_the_government_where_the_setting_says_so(served, ask, cast, settings):
    review = ask(served())
    officer = cast.actor("petition_officer")
    assert rules.may(ReviewAct.HEARING, officer, review=review)
    settings.REVIEW_BY_PETITION_OFFICE = False
    assert not rules.may(ReviewAct.HEARING, officer, review=review)


def test_what_a_petition_office_answered_itself_it_does_not_prepare(served, ask, cast):
    case = served()
    Reply.objects.filter(petition=case).update(unit=cast.units.petition_office)
    review = ask(Petition.objects.get(pk=case.pk))
    assert not rules.may(ReviewAct.SERVE, cast.actor("petition_officer"), review=review)
    assert rules.may(ReviewAct.DECIDE, cast.actor("leader"), review=review)


def test_an_order_to_redo_needs_no_opinion_and_changing_does(served, ask, cast):
    review = ask(served())
    with pytest.raises(Refusal, match="新的处理意见"):
        deciding.decide(
            review=review,
            actor=cast.actor("leader"),
            outcome=Outcome.CHANGED,
            text="事实有误",
            basis="条例第三十五条",
        )
    assert now() - timedelta(minutes=1) < review.applied_at
