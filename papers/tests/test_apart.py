"""Whoever made a paper does not decide what is asked of it, nor change it while another decides (条例 28, 35, 36)."""

from datetime import timedelta

import pytest

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post
from core.errors import Refusal
from core.timekeeping import local_day, now
from documents.enums import PaperKind
from papers import rules, selectors
from papers.models import CasePaper
from papers.services import beside, drafting
from papers.wording import on_paper
from petitions.enums import Kind, Path, ServiceMethod, Status
from petitions.models import Petition, PetitionClock
from petitions.services import answering
from petitions.workflow import ClockCode
from reviews import windows
from reviews.enums import Channel, Outcome, ReviewAct
from reviews.rules import may
from reviews.services import applying, deciding
from tests.cast import SINCE

pytestmark = [pytest.mark.django_db, pytest.mark.article(35)]


@pytest.fixture
def signed_by_the_leader(lately, draft, offices, hand_over):
    row = draft(lately(Status.CONCLUDED), PaperKind.OPINION)
    handler = offices.actor("handler")
    fields = row.paper.fields
    row = drafting.save(actor=handler, row=row, fields=fields, revision=row.revision, submit=True)
    row = beside.put_to_leader(actor=handler, row=row, major=True, reason="重大")
    row = drafting.check(actor=offices.actor("unit_head"), row=row)
    row = drafting.approve(actor=offices.actor("leader"), row=row)
    row = drafting.issue(actor=handler, row=row)
    hand_over(row)
    return Petition.objects.get(pk=row.petition_id)


def ask(case):
    return applying.apply(
        petition=case, actor=Actor.petitioner(), channel=Channel.PAGE, reason="不服，事实不清"
    )


class TestWhoDecides:
    def test_another_leader_of_the_body_than_the_one_who_signed(self, signed_by_the_leader, offices):
        other = offices.actor("leader2")
        review = ask(signed_by_the_leader)
        assert review.body == offices.units.district
        with pytest.raises(Refusal) as refused:
            deciding.decide(
                review=review,
                actor=offices.actor("leader"),
                outcome=Outcome.UPHELD,
                text="事实清楚",
                basis="条例第三十五条",
            )
        assert refused.value.code == "forbidden"
        assert not may(ReviewAct.DECIDE, offices.actor("leader"), review=review)
        assert may(ReviewAct.DECIDE, other, review=review)

    def test_where_the_only_one_signed_it_the_review_is_referred_upward(self, signed_by_the_leader, offices):
        Post.objects.filter(user=offices.people["leader2"]).update(valid_until=local_day(now()))
        review = ask(signed_by_the_leader)
        assert review.body is None
        assert review.is_referred

    def test_whoever_checked_it_is_of_the_other_side_though_posted_elsewhere_by_now(
        self, lately, draft, bring, hand_over, offices
    ):
        row = bring(draft(lately(Status.CONCLUDED), PaperKind.OPINION), checker="urban2")
        hand_over(row)
        review = ask(Petition.objects.get(pk=row.petition_id))
        Post.objects.filter(user=offices.people["urban2"]).update(valid_until=local_day(now()))
        moved = Post.objects.create(
            user=offices.people["urban2"], unit=offices.units.district, role=Role.LEADER, valid_from=SINCE
        )
        assert not may(ReviewAct.DECIDE, Actor.of(moved), review=review)
        assert may(ReviewAct.DECIDE, offices.actor("leader2"), review=review)


class TestCorrections:
    def test_what_is_under_review_is_not_corrected_by_whoever_wrote_it(self, opinion, hand_over, offices):
        row = opinion()
        hand_over(row)
        ask(Petition.objects.get(pk=row.petition_id))
        assert not rules.may_correct(row, offices.actor("handler"))
        with pytest.raises(Refusal) as refused:
            drafting.correct(actor=offices.actor("handler"), row=row)
        assert refused.value.code == "stale"
        assert CasePaper.objects.filter(petition=row.petition, correction=True).count() == 0

    def test_a_correction_begun_before_the_review_is_not_served_after_it(
        self, opinion, bring, hand_over, offices
    ):
        row = opinion()
        hand_over(row)
        said = Petition.objects.get(pk=row.petition_id).reply.text
        other = bring(
            drafting.correct(actor=offices.actor("handler"), row=row), lacking={"facts": "另一套事实。"}
        )
        ask(Petition.objects.get(pk=row.petition_id))
        with pytest.raises(Refusal) as refused:
            hand_over(other)
        assert refused.value.code == "stale"
        assert Petition.objects.get(pk=row.petition_id).reply.text == said

    def test_other_facts_give_the_petitioner_the_30_days_anew(self, opinion, bring, hand_over, offices):
        row = opinion()
        hand_over(row)
        case = Petition.objects.get(pk=row.petition_id)
        soon = now() + timedelta(days=3)
        PetitionClock.objects.filter(petition=case, rule__code=ClockCode.PETITIONER_WINDOW).update(
            due_at=soon, raw_due_at=soon, next_at=soon, soon_at=soon
        )
        before = windows.window_of(case, now()).until
        other = bring(
            drafting.correct(actor=offices.actor("handler"), row=row), lacking={"facts": "另一套事实。"}
        )
        hand_over(other)
        case = Petition.objects.get(pk=case.pk)
        assert "另一套事实" in case.reply.text
        assert windows.window_of(case, now()).until >= before + timedelta(days=26)
        running = case.clocks.filter(rule__code=ClockCode.PETITIONER_WINDOW, stopped_at=None)
        assert running.count() == 1
        assert "重新计算" in case.events.filter(act="amend").last().public_text

    def test_the_same_words_in_a_corrected_paper_leave_the_window_alone(
        self, opinion, bring, hand_over, offices
    ):
        row = opinion()
        hand_over(row)
        until = windows.window_of(Petition.objects.get(pk=row.petition_id), now()).until
        hand_over(bring(drafting.correct(actor=offices.actor("handler"), row=row)))
        assert windows.window_of(Petition.objects.get(pk=row.petition_id), now()).until == until


def test_a_list_with_papers_of_reviews_asks_no_more_for_three_than_for_one(
    opinion, hand_over, draft, offices, django_assert_num_queries
):
    other = offices.actor("leader2")
    rows = []
    for _ in range(3):
        row = opinion()
        hand_over(row)
        review = ask(Petition.objects.get(pk=row.petition_id))
        deciding.decide(
            review=review, actor=other, outcome=Outcome.UPHELD, text="事实清楚", basis="条例第三十五条"
        )
        rows.append(draft(Petition.objects.get(pk=row.petition_id), PaperKind.REVIEW, who="leader2"))
    found = list(CasePaper.objects.filter(pk__in=[row.pk for row in rows]).with_row_relations())
    for few in (found[:1], found):
        with django_assert_num_queries(2):
            assert [one.step for one in selectors.rows_of(few, other)] == [rules.Step.SUBMIT] * len(few)


@pytest.mark.article(32)
class TestTypedNumbers:
    def hand_over_outside(self, offices, case, number):
        answering.serve(
            petition=case,
            actor=offices.actor("handler"),
            method=ServiceMethod.DIRECT,
            served_at=now(),
            recipient="本人",
            paper_number=number,
        )

    def test_none_goes_round_the_paper_that_is_being_written_here(self, lately, draft, offices):
        case = lately(Status.CONCLUDED)
        row = draft(case, PaperKind.OPINION)
        with pytest.raises(Refusal) as refused:
            self.hand_over_outside(offices, case, "城管意〔2026〕3号")
        assert refused.value.code == "stale"
        beside.discard(actor=offices.actor("handler"), row=row, reason="改由办公系统出具")
        self.hand_over_outside(offices, case, "城管意〔2026〕3号")
        assert Petition.objects.get(pk=case.pk).service.paper_number == "城管意〔2026〕3号"

    def test_none_that_only_this_system_gives(self, lately, opinion, offices):
        given = opinion().paper
        case = lately(Status.CONCLUDED)
        for number in (given.number, f"{given.word}〔{given.year}〕{given.serial + 900}号"):
            with pytest.raises(Refusal, match="本系统编号"):
                self.hand_over_outside(offices, case, number)
        before = f"{given.word}〔{given.year - 1}〕{given.serial + 900}号"
        self.hand_over_outside(offices, case, before)
        assert Petition.objects.get(pk=case.pk).service.paper_number == before


def test_a_review_names_the_day_that_stands_on_the_paper(opinion, hand_over, draft, offices):
    row = opinion()
    hand_over(row)
    case = Petition.objects.get(pk=row.petition_id)
    deciding.decide(
        review=ask(case),
        actor=offices.actor("leader2"),
        outcome=Outcome.UPHELD,
        text="事实清楚",
        basis="条例第三十五条",
    )
    fields = draft(Petition.objects.get(pk=case.pk), PaperKind.REVIEW, who="leader2").paper.fields
    assert fields["opinion_on"] == on_paper(CasePaper.objects.get(pk=row.pk).paper.approved_at)


@pytest.mark.article(31)
@pytest.mark.parametrize(
    ("way", "said"),
    [
        ({"kind": Kind.SUGGESTION}, "没有法定的办理期限"),
        ({"path": Path.DUTY}, "不适用《信访工作条例》第三十四条的60日期限"),
        ({"path": Path.PETITION}, "自受理之日起60日内"),
    ],
)
def test_a_notice_of_acceptance_promises_60_days_on_path_six_alone(lately, draft, way, said):
    assert said in draft(lately(Status.ACCEPTED, **way), PaperKind.ACCEPTANCE).paper.fields["time_limit"]
