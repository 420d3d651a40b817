"""复核 by a body outside (条例 36), its publication with names removed, guidance and relief after the end (条例 37)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, User
from core.errors import Refusal
from core.timekeeping import local_day, now
from petitions.enums import Status
from petitions.models import Petition
from petitions.services import sealing
from petitions.services.registering import NewPerson
from reviews import windows
from reviews.enums import Care, Outcome
from reviews.models import CareTask, Publication, Review
from reviews.services import caring, elsewhere, publishing
from tests.cast import SINCE

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NAME, PHONE, HOME = "诸葛问之", "13977770009", "清江县问字巷三号"


@pytest.fixture
def reviewed(served, ask, decide, hand_decision_over):
    """Reviewed by the district and served ten days ago: above it is no body of this system."""
    at = now() - timedelta(days=14)
    case = served(at, persons=[NewPerson(name=NAME, phone=PHONE, address=HOME)])
    review = decide(ask(case, at=at + DAY), at=at + 2 * DAY)
    hand_decision_over(review, at=now() - timedelta(days=10))
    return Petition.objects.get(pk=case.pk)


@pytest.fixture
def officer(cast):
    return cast.actor("petition_officer")


@pytest.fixture
def second(cast):
    """Another petition officer."""
    user = User.objects.create(username="officer-two", name="专员乙", password="!")
    post = Post.objects.create(
        user=user, unit=cast.units.petition_office, role=Role.PETITION_OFFICER, valid_from=SINCE
    )
    return Actor.of(post)


def today():
    return local_day(now())


@pytest.fixture
def entered(reviewed, officer):
    return elsewhere.enter(
        petition=reviewed, actor=officer, body_name="江州市人民政府", asked_on=today() - 5 * DAY
    )


@pytest.fixture
def outcome(entered, officer):
    def make(what=Outcome.UPHELD, text="原复查意见事实清楚。", **more):
        days = {"decided_on": today() - DAY, "served_on": today(), **more}
        return elsewhere.enter_outcome(review=entered, actor=officer, outcome=what, text=text, **days)

    return make


@pytest.mark.article(36)
def test_article_36_a_final_review_outside_is_entered_by_the_petition_office(entered, ask):
    assert (entered.level, entered.body, entered.body_label) == ("final", None, "江州市人民政府")
    assert entered.is_open and not entered.clocks.exists()
    last = entered.petition.events.order_by("-id").first()
    assert "向江州市人民政府申请复核" in last.public_text
    with pytest.raises(Refusal, match="已经申请复核：江州市人民政府"):
        ask(entered.petition)


@pytest.mark.parametrize("who", ["clerk", "handler", "unit_head", "leader2", "inspector"])
def test_nobody_else_enters_it(reviewed, entered, cast, who):
    with pytest.raises(Refusal) as refused:
        elsewhere.enter_outcome(
            review=entered,
            actor=cast.actor(who),
            outcome=Outcome.REDO,
            decided_on=today(),
            served_on=today(),
            text="无",
        )
    assert refused.value.code == "forbidden" and Review.objects.get(pk=entered.pk).state == "asked"


def test_days_out_of_order_are_refused_and_change_nothing(reviewed, officer, outcome, entered):
    with pytest.raises(Refusal, match="请核对日期"):
        outcome(decided_on=today() - 6 * DAY)
    with pytest.raises(Refusal, match="请核对日期"):
        outcome(served_on=today() + DAY)
    assert Review.objects.get(pk=entered.pk).state == "asked"


def test_an_application_before_the_review_was_served_is_refused(reviewed, officer):
    with pytest.raises(Refusal, match="送达之日"):
        elsewhere.enter(petition=reviewed, actor=officer, body_name="市政府", asked_on=today() - 11 * DAY)
    assert Review.objects.count() == 1


def test_where_a_body_here_decides_nothing_is_entered_as_outside(
    served, ask, decide, hand_decision_over, town_head, officer
):
    case = served(now() - 4 * DAY, village=True)
    first = decide(ask(case, at=now() - 3 * DAY), actor=town_head, at=now() - 2 * DAY)
    hand_decision_over(first, actor=town_head, at=now() - DAY)
    with pytest.raises(Refusal, match="由本系统里的机关办理"):
        elsewhere.enter(petition=case, actor=officer, body_name="市政府", asked_on=today())


@pytest.mark.article(36)
def test_article_36_an_outcome_from_outside_ends_the_matter(outcome, ask):
    review = outcome()
    assert (review.state, review.outcome) == ("served", "upheld")
    assert "复核终结" in windows.ended_words(review.petition)
    with pytest.raises(Refusal, match="已经复核终结"):
        ask(review.petition)


@pytest.mark.article(36)
def test_article_36_an_order_from_outside_to_redo_sends_the_case_back(outcome):
    review = outcome(Outcome.REDO, "收摊时间没有查清，责令重新办理。")
    case = Petition.objects.get(pk=review.petition_id)
    assert case.status == Status.ACCEPTED and not hasattr(case, "reply")
    assert case.clocks.get(stopped_at=None).rule.code == "conclusion"
    assert windows.ended_words(case) == ""


def test_the_petitioner_reads_where_the_matter_lies(entered, officer, client_as, cast):
    page = client_as(cast.petition_officer).get(reverse("reviews:case", args=[entered.petition.number]))
    text = page.content.decode()
    assert "江州市人民政府" in text and "登记外部复核意见" in text and "向复核机关直接提出" in text


def test_a_draft_for_publication_names_nobody(outcome):
    text = f"申请人{NAME}（电话{PHONE}，住{HOME}，身份证11010119900307123X）所述属实。经办电话0571-88886666。"
    review = outcome(text=text)
    title, draft = publishing.draft_of(review)
    assert title == "江州市人民政府复核意见（维持）"
    assert draft == "申请人×××（电话×××，住×××，身份证×××）所述属实。经办电话×××。"


@pytest.mark.article(36)
def test_article_36_one_prepares_and_another_publishes(outcome, officer, second):
    review = outcome()
    one = publishing.prepare(review=review, actor=officer, title="复核意见", text="申请人所述属实，维持。")
    with pytest.raises(Refusal, match="由另一人核对"):
        publishing.publish(publication=one, actor=officer)
    page = Client().get(reverse("reviews:published")).content.decode()
    assert "申请人所述属实" not in page
    publishing.publish(publication=one, actor=second)
    page = Client().get(reverse("reviews:published")).content.decode()
    assert "申请人所述属实" in page and "江州市人民政府" in page and review.petition.number not in page
    publishing.take_down(publication=one, actor=officer)
    assert "申请人所述属实" not in Client().get(reverse("reviews:published")).content.decode()


@pytest.mark.parametrize("left", [NAME, PHONE, HOME, "13800001111", "11010119900307123X"])
def test_a_text_that_still_names_somebody_is_not_laid_ready(outcome, officer, left):
    with pytest.raises(Refusal, match="还有个人信息"):
        publishing.prepare(review=outcome(), actor=officer, title="复核意见", text=f"{left}所述属实。")
    assert not Publication.objects.exists()


def test_a_case_sealed_since_is_published_no_more(outcome, officer, second):
    one = publishing.prepare(review=outcome(), actor=officer, title="复核意见", text="申请人所述属实。")
    publishing.publish(publication=one, actor=second)
    sealing.seal(petition=one.review.petition, actor=officer, reason="涉嫌违纪")
    assert "申请人所述属实" not in Client().get(reverse("reviews:published")).content.decode()


def test_the_handling_unit_publishes_nothing(outcome, cast):
    with pytest.raises(Refusal) as refused:
        publishing.prepare(review=outcome(), actor=cast.actor("handler"), title="复核意见", text="维持。")
    assert refused.value.code == "forbidden"


def plan(case, actor, **more):
    what = {"kind": Care.RELIEF, "text": "联系民政办理临时救助", "due_on": today() + 7 * DAY, **more}
    return caring.plan(petition=case, actor=actor, unit=what.pop("unit", case.lead_unit), **what)


@pytest.mark.article(37)
def test_article_37_care_is_planned_after_the_end_and_done_with_a_note(outcome, officer, cast, client_as):
    case = Petition.objects.get(pk=outcome().petition_id)
    task = plan(case, officer)
    handler = client_as(cast.handler)
    listed = handler.get(reverse("reviews:list"), {"view": "care"}).content.decode()
    assert "联系民政办理临时救助" in listed and case.number in listed
    address = reverse("reviews:care_done", args=[case.number, task.pk])
    kept = handler.post(address, {"done_on": today().isoformat(), "note": ""})
    assert kept.status_code == 422 and CareTask.objects.get().done_on is None
    assert handler.post(address, {"done_on": today().isoformat(), "note": "已发放"}).status_code == 302
    assert CareTask.objects.get().done_by == cast.handler
    with pytest.raises(Refusal, match="已经登记完成"):
        caring.finish(task=task, actor=cast.actor("handler"), done_on=today(), note="再登记")
    assert "已发放" in handler.get(reverse("reviews:case", args=[case.number])).content.decode()


@pytest.mark.article(37)
def test_article_37_no_care_before_the_end_nor_by_a_unit_that_has_no_part_in_it(
    reviewed, outcome, officer, cast
):
    with pytest.raises(Refusal, match="复核终结以后"):
        plan(reviewed, officer)
    case = Petition.objects.get(pk=outcome().petition_id)
    with pytest.raises(Refusal, match="办理本件的单位"):
        plan(case, officer, unit=cast.units.housing)
    with pytest.raises(Refusal, match="不能早于今天"):
        plan(case, officer, due_on=today() - DAY)
    with pytest.raises(Refusal) as refused:
        plan(case, cast.actor("handler"))
    assert refused.value.code == "forbidden" and not CareTask.objects.exists()


def test_another_unit_does_not_enter_what_was_done(outcome, officer, cast):
    task = plan(Petition.objects.get(pk=outcome().petition_id), officer)
    for who in ("outsider", "leader2", "inspector", "clerk"):
        with pytest.raises(Refusal) as refused:
            caring.finish(task=task, actor=cast.actor(who), done_on=today(), note="做了")
        assert refused.value.code == "forbidden", who


def test_the_pages_forms_work_as_the_doors_do(reviewed, cast, client_as, second):
    officer, address = (
        client_as(cast.petition_officer),
        lambda door: reverse(f"reviews:{door}", args=[reviewed.number]),
    )
    sent = {"body_name": "江州市人民政府", "asked_on": today().isoformat(), "token": "t" * 20}
    assert officer.post(address("elsewhere"), {**sent, "body_name": ""}).status_code == 422
    assert officer.post(address("elsewhere"), sent).status_code == 302
    told = {"outcome": "upheld", "decided_on": today(), "served_on": today(), "text": "维持。"}
    assert officer.post(address("elsewhere_outcome"), {**told, "text": ""}).status_code == 422
    assert officer.post(address("elsewhere_outcome"), told).status_code == 302
    page = officer.get(address("case")).content.decode()
    assert "拟定复核意见公示" in page and "安排疏导帮扶" in page
    named = officer.post(address("prepare"), {"title": "意见", "text": f"{NAME}所述属实"})
    assert named.status_code == 422 and f"{NAME}所述属实" in named.content.decode()
    assert officer.post(address("prepare"), {"title": "意见", "text": "所述属实"}).status_code == 302
    assert "由另一人核对以后公示" in officer.get(address("case")).content.decode()
    assert client_as(second.user).post(address("publish"), {"do": "up"}).status_code == 302
    assert Publication.objects.get().is_public
    assert officer.post(address("care"), {"kind": "relief"}).status_code == 422
