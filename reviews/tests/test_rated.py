"""满意度评价 of 复查 and 复核: by the petitioner alone, once per stage and body, within a window of its own."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.actor import Actor
from accounts.models import AuditEntry
from core.errors import Refusal
from core.timekeeping import han_date, local_day, now
from notifications.models import Notice
from outcomes import evaluations
from outcomes.enums import RatingStatus, Stage, VisitGround
from outcomes.models import ReturnVisit, StageEvaluation
from outcomes.services import archives, evaluating, visiting
from petitions.enums import Rating, Status
from petitions.models import Evaluation, Petition
from petitions.services import codes
from reviews.models import Review

pytestmark = pytest.mark.django_db
WORDS = "复查只看了材料，没有找我谈。"


@pytest.fixture
def reviewed(served, ask, decide, hand_decision_over, town_head):
    """A case whose 复查 was decided and served just now: by the district, or (village) by 东溪镇."""

    def make(*, village=False, **new):
        at = now() - timedelta(minutes=5)
        case = served(at - timedelta(days=2), village=village, **new)
        review = ask(case, at=at - timedelta(days=1))
        body = {"actor": town_head} if village else {}
        decide(review, at=at - timedelta(hours=1), **body)
        hand_decision_over(review, at=at, **body)
        return Petition.objects.get(pk=case.pk)

    return make


def rate(case, rating=Rating.DISSATISFIED, actor=None, **more):
    who = actor or Actor.petitioner()
    return evaluating.evaluate(petition=case, actor=who, stage=Stage.REVIEW, rating=rating, **more)


def status(case, at=None):
    """Of the review's row, as the inspector sees it."""
    return evaluations.own_part(case, at or now()).context["rows"][-1].status


class TestOnce:
    @pytest.mark.article(21)
    def test_the_petitioner_rates_the_body_once_beside_the_answer(self, reviewed):
        case = reviewed()
        row = rate(case, Rating.FAIRLY, comment=WORDS)
        district = Review.objects.get(petition=case).body
        assert (row.rating, row.unit, row.stage) == (Rating.FAIRLY, district, "review")
        assert not Evaluation.objects.filter(petition=case).exists()
        case.refresh_from_db()
        assert case.status == Status.SERVED
        with pytest.raises(Refusal, match="只评一次") as refused:
            rate(case, Rating.SATISFIED)
        assert refused.value.code == "repeated" and StageEvaluation.objects.get() == row

    @pytest.mark.article(21)
    @pytest.mark.parametrize("who", ["petition_officer", "clerk", "handler", "leader", "inspector"])
    def test_nobody_rates_for_them(self, reviewed, cast, who):
        with pytest.raises(Refusal, match="不能代评") as refused:
            rate(reviewed(), actor=cast.actor(who))
        assert refused.value.status == 403 and not StageEvaluation.objects.exists()

    def test_nothing_is_rated_before_its_service(self, served, ask):
        case = served()
        ask(case)
        with pytest.raises(Refusal, match="送达以后"):
            rate(case)
        assert evaluations.own_part(case, now()) is None


class TestWindow:
    @pytest.mark.article(21)
    def test_it_ends_with_its_own_setting_and_is_then_overdue_never_satisfied(self, reviewed, settings):
        settings.EVALUATION_DAYS = {"review": 10, "final": 30}
        case = reviewed()
        last = local_day(now()) + timedelta(days=10)
        assert status(case, now() + timedelta(days=10)) == RatingStatus.OPEN
        assert status(case, now() + timedelta(days=11)) == RatingStatus.OVERDUE == 3
        with pytest.raises(Refusal, match=f"{han_date(last)}为止"):
            rate(case, Rating.SATISFIED, at=now() + timedelta(days=11))
        assert not StageEvaluation.objects.exists()

    def test_the_codes_are_those_of_the_national_interface(self, reviewed):
        assert [one.value for one in RatingStatus] == [0, 1, 2, 3]
        case = reviewed()
        assert status(case) == RatingStatus.OPEN
        rate(case, Rating.DISSATISFIED)
        assert StageEvaluation.objects.get().rating == 3 and status(case) == RatingStatus.RATED


class TestReaders:
    @pytest.mark.article(21)
    def test_the_body_reads_it_after_closing_and_the_end_of_the_window_and_never_the_words(
        self, reviewed, town_head, cast
    ):
        case = reviewed(village=True)
        rate(case, Rating.FAIRLY, comment=WORDS)

        def reads(actor, at=None):
            return evaluations.standing(case, actor, at or now())[-1]

        for actor in (town_head, cast.actor("petition_officer")):
            assert reads(actor).rating == "" and reads(actor).status == RatingStatus.RATED
        assert (reads(cast.actor("inspector")).rating, reads(cast.actor("inspector")).comment) == (
            "基本满意",
            WORDS,
        )
        later = now() + timedelta(days=31)
        assert reads(town_head, later).rating == ""
        Petition.objects.filter(pk=case.pk).update(status=Status.CLOSED, closed_at=now())
        case.refresh_from_db()
        assert reads(town_head).rating == ""
        assert (reads(town_head, later).rating, reads(town_head, later).comment) == ("基本满意", "")

    def test_the_log_holds_neither_rating_nor_words(self, reviewed):
        rate(reviewed(), comment=WORDS)
        entry = AuditEntry.objects.get(act="outcome.evaluate")
        assert WORDS not in str(entry.detail) and "rating" not in entry.detail

    def test_the_words_are_emptied_with_the_people(self, reviewed):
        case = reviewed()
        rate(case, comment=WORDS)
        assert archives.forget(case) == 1
        assert StageEvaluation.objects.get().comment == "" and archives.forget(case) == 0


class TestVisit:
    @pytest.mark.article(21)
    def test_dissatisfied_opens_one_that_nobody_of_the_body_arranges_or_makes(
        self, reviewed, cast, town_head
    ):
        case = reviewed(village=True)
        rate(case, comment=WORDS)
        visit = ReturnVisit.objects.get(petition=case)
        assert visit.ground == VisitGround.STAGE and visit.about == StageEvaluation.objects.get()
        officer = cast.actor("petition_officer")
        assert ReturnVisit.objects.visible_to(officer).get().whole
        assert not ReturnVisit.objects.visible_to(town_head).exists()
        assert Notice.objects.filter(recipient=officer.user, text__contains="对复查复核评价").exists()
        going = visiting.going_to(visit, now())
        assert going and not any(post.unit.is_within(visit.about.unit) for post in going)

    @pytest.mark.article(21)
    def test_of_the_government_the_inspectors_arrange_it(self, reviewed, cast):
        case = reviewed()
        rate(case)
        visit = ReturnVisit.objects.get(petition=case)
        seen = {
            who: ReturnVisit.objects.visible_to(cast.actor(who)).exists()
            for who in ("petition_officer", "leader2")
        }
        assert seen == {"petition_officer": False, "leader2": False}
        assert ReturnVisit.objects.visible_to(cast.actor("inspector")).get().whole
        with pytest.raises(Refusal):
            visiting.assign(visit=visit, actor=cast.actor("petition_officer"), post=cast.post("clerk"))
        visiting.assign(visit=visit, actor=cast.actor("inspector"), post=cast.post("inspector"))

    @pytest.mark.parametrize("rating", [Rating.SATISFIED, Rating.FAIRLY])
    def test_no_other_rating_does(self, reviewed, rating):
        rate(reviewed(), rating)
        assert not ReturnVisit.objects.exists()


class TestPage:
    def test_it_is_rated_on_the_own_page_and_shown_to_the_staff_by_its_status(
        self, reviewed, client, cast, client_as
    ):
        token = codes.new_token()
        case = reviewed(token=token)
        client.post(reverse("petitions:query"), {"number": case.number, "code": codes.query_code(token)})
        assert "评价复查复核" in client.get(reverse("petitions:mine")).content.decode()
        kept = client.post(reverse("outcomes:mine_evaluate"), {"stage": "review", "comment": WORDS})
        assert kept.status_code == 422 and WORDS in kept.content.decode()
        done = client.post(
            reverse("outcomes:mine_evaluate"), {"stage": "review", "rating": "3", "comment": WORDS}
        )
        assert done.status_code == 302 and StageEvaluation.objects.get().comment == WORDS
        page = (
            client_as(cast.petition_officer)
            .get(reverse("outcomes:case", args=[case.number]))
            .content.decode()
        )
        assert "已评价" in page and "不满意</strong>" not in page and WORDS not in page
