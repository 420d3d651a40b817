"""The day of service starts the petitioner's windows, in the same transaction; nothing half done."""

from datetime import timedelta

import pytest

from core.errors import Refusal
from core.timekeeping import local_day, now
from documents.enums import PaperKind as K
from documents.enums import ServiceMethod, ServiceOutcome
from documents.models import Delivery, Paper
from papers import due
from papers.services import drafting
from petitions.enums import Path, Status
from petitions.models import PaperService, Petition
from petitions.services.registering import NewPerson
from reviews.enums import Channel, Outcome, State
from reviews.models import Review, ReviewClock
from reviews.services import applying, deciding
from tests.cases import outside_number

pytestmark = pytest.mark.django_db


def fresh(case):
    return Petition.objects.get(pk=case.pk)


def test_serving_the_opinion_serves_the_answer_and_opens_the_window(opinion, hand_over):
    row = opinion()
    when = now()
    hand_over(row, tried_at=when)
    case = fresh(row.petition)
    assert (case.status, case.served_at) == (Status.SERVED, when)
    assert case.service.paper_number == Paper.objects.get(pk=row.paper_id).number != ""
    assert case.service.recipient == "张小河" and case.service.method == ServiceMethod.DIRECT
    window = case.clocks.get(rule__code="petitioner_window", stopped_at=None)
    assert local_day(window.started_at) == local_day(when)
    paper = Paper.objects.get(pk=row.paper_id)
    assert (paper.state, paper.served_at) == ("served", when)


def test_a_public_notice_counts_thirty_days_later_on_both_sides(opinion, hand_over):
    row = opinion()
    when = now()
    hand_over(row, method=ServiceMethod.PUBLIC, tried_at=when, proof="下落不明，在政府网站公告")
    assert fresh(row.petition).served_at == Paper.objects.get(pk=row.paper_id).served_at
    assert fresh(row.petition).served_at == when + timedelta(days=30)


def test_a_try_that_failed_starts_nothing(opinion, hand_over):
    row = opinion()
    hand_over(row, outcome=ServiceOutcome.REFUSED)
    assert fresh(row.petition).status == Status.CONCLUDED and Delivery.objects.count() == 1
    hand_over(row, method=ServiceMethod.LEFT, witnesses=("王一", "李二"))
    assert fresh(row.petition).status == Status.SERVED
    assert "王一、李二" in fresh(row.petition).service.proof


def test_further_representatives_are_recorded_and_move_nothing(opinion, hand_over):
    row = opinion(persons=[NewPerson(name="张小河"), NewPerson(name="李大桥")], head_count=7)
    hand_over(row)
    first = fresh(row.petition).served_at
    hand_over(row, recipient="李大桥")
    assert Delivery.objects.filter(paper=row.paper).count() == 2
    assert fresh(row.petition).served_at == first and PaperService.objects.count() == 1


@pytest.mark.parametrize(
    "how,sentence",
    [
        ({"method": ServiceMethod.ELECTRONIC}, "须经受送达人同意"),
        ({"method": ServiceMethod.LEFT}, "两名见证人"),
        ({"method": ServiceMethod.PHONE}, "不能用电话送达"),
        ({"method": ServiceMethod.POST}, "回执或者邮件编号"),
        ({"recipient": " "}, "受送达人"),
        ({"tried_at": now() - timedelta(days=300)}, "不能早于文书印发"),
    ],
)
def test_what_a_way_of_service_needs_is_asked_for_and_nothing_is_kept(opinion, hand_over, how, sentence):
    row = opinion()
    with pytest.raises(Refusal, match=sentence):
        hand_over(row, **how)
    assert not Delivery.objects.exists() and fresh(row.petition).status == Status.CONCLUDED


def test_what_the_door_of_the_answer_refuses_is_not_recorded_on_the_paper(opinion, hand_over, monkeypatch):
    row = opinion()

    def refuse(**_how):
        raise Refusal("不能送达", code="invalid")

    monkeypatch.setattr("papers.services.serving.answering.serve", refuse)
    with pytest.raises(Refusal, match="不能送达"):
        hand_over(row)
    assert not Delivery.objects.exists() and Paper.objects.get(pk=row.paper_id).state == "issued"


def test_an_unissued_paper_is_not_served(lately, draft, hand_over):
    row = draft(fresh(lately(Status.CONCLUDED)), K.OPINION)
    with pytest.raises(Refusal, match="印发后才能送达"):
        hand_over(row)


def test_other_papers_are_served_by_themselves(lately, draft, bring, hand_over):
    row = bring(draft(fresh(lately()), K.ACCEPTANCE))
    hand_over(row)
    assert fresh(row.petition).status == Status.ACCEPTED and Paper.objects.get(pk=row.paper_id).served_at


def test_where_there_is_no_paper_the_old_act_stays(lately, offices, client_as):
    case = lately(Status.CONCLUDED)
    address = f"/cases/{case.number}/act/serve/"
    assert client_as(offices.handler).get(address).status_code == 200


def test_where_there_is_a_paper_the_act_leads_to_it(opinion, offices, client_as):
    row = opinion()
    page = client_as(offices.handler)
    for answer in (
        page.get(f"/cases/{row.petition.number}/act/serve/"),
        page.post(f"/cases/{row.petition.number}/act/serve/"),
    ):
        assert answer.status_code == 302 and answer["Location"] == row.get_absolute_url()
    assert fresh(row.petition).status == Status.CONCLUDED


@pytest.fixture
def decided(make_case, offices):
    """The review of a served opinion by the county, decided and not served."""

    def make(outcome=Outcome.UPHELD):
        case = make_case(until=Status.SERVED, at=now() - timedelta(days=2))
        from accounts.actor import Actor

        review = applying.apply(
            petition=case, actor=Actor.petitioner(), channel=Channel.PAGE, reason="没有写收摊时间。"
        )
        return deciding.decide(
            review=review,
            actor=offices.actor("leader2"),
            outcome=outcome,
            text="原处理意见事实清楚。",
            basis="条例第三十五条",
        )

    return make


def test_the_county_s_review_is_written_by_its_office_signed_by_its_leader_and_opens_the_final_window(
    decided, draft, bring, offices, hand_over
):
    review = decided()
    row = draft(fresh(review.petition), K.REVIEW, "petition_officer")
    assert row.paper.unit == offices.units.district and row.paper.fields["finding"] == "维持原意见。"
    assert row.paper.fields["opinion_number"] == outside_number(row.petition), (
        "as the service of the opinion named it"
    )
    issued = bring(
        row,
        writer="petition_officer",
        checker="officer2",
        signer="leader2",
        lacking={"final_body": "市人民政府"},
    )
    assert issued.paper.number.startswith("清政〔")
    hand_over(issued, "petition_officer")
    review = Review.objects.get(pk=review.pk)
    assert review.state == State.SERVED
    assert ReviewClock.objects.filter(review=review, rule__code="petitioner_window", stopped_at=None).exists()


def test_the_unit_complained_about_neither_reads_the_draft_nor_writes_it(decided, draft, offices):
    from papers import rules

    review = decided()
    row = draft(fresh(review.petition), K.REVIEW, "petition_officer")
    for who in ("handler", "unit_head"):
        assert not rules.reads(row, offices.actor(who))
        with pytest.raises(Refusal):
            drafting.save(actor=offices.actor(who), row=row, fields={}, revision=1)
    assert rules.reads(row, offices.actor("petition_officer"))


def test_whoever_serves_an_answer_that_no_paper_gives_is_told_so_first(make_case, cast, client_as, opinion):
    words = "还没有拟写处理意见书"
    case = make_case(until=Status.CONCLUDED)
    page = client_as(cast.handler).get(f"{case.get_absolute_url()}act/serve/")
    assert page.status_code == 200 and words in page.content.decode()
    other = make_case(until=Status.CONCLUDED, path=Path.DUTY)
    assert words not in client_as(cast.handler).get(f"{other.get_absolute_url()}act/serve/").content.decode()
    row = opinion()
    answer = client_as(cast.handler).get(f"{row.petition.get_absolute_url()}act/serve/")
    assert answer.status_code == 302 and answer.url == row.get_absolute_url()


def test_an_opinion_that_was_served_on_a_paper_from_elsewhere_asks_for_none_here(make_case, offices):
    case = make_case(until=Status.SERVED, at=now() - timedelta(days=1))
    assert K.OPINION not in {one.kind for one in due.papers_of(fresh(case))}
    assert K.OPINION in {one.kind for one in due.papers_of(make_case(until=Status.CONCLUDED))}
