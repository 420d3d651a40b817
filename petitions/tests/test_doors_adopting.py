"""建议意见: studied, adopted or not with reasons, answered, and followed until it is put into practice (条例 29)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core.errors import Refusal
from core.timekeeping import local_day, now
from petitions.enums import Act, AdoptionDecision, Kind, Status
from petitions.models import Adoption, Petition
from petitions.selectors.desk import VIEWS, cases
from petitions.services import adopting, answering, following
from petitions.services.codes import new_token, query_code
from tests.cases import adopt_it

pytestmark = [pytest.mark.django_db, pytest.mark.article(29)]


@pytest.fixture
def lead(cast):
    return cast.actor("handler")


@pytest.fixture
def case(make_case):
    return make_case(until=Status.ACCEPTED, at=now() - timedelta(days=2), kind=Kind.SUGGESTION)


def fresh(case):
    return Petition.objects.get(pk=case.pk)


def conclude(case, lead):
    outcomes = {one.pk: ("supported", "") for one in case.requests.all()}
    answering.conclude(petition=case, actor=lead, text="谢谢您的建议。", basis="", outcomes=outcomes)


def test_a_suggestion_is_answered_after_it_was_studied_and_not_before(case, cast, lead, client_as):
    with pytest.raises(Refusal, match="研究采纳"):
        conclude(case, lead)
    client, page = client_as(cast.handler), f"/cases/{case.number}/"
    shown = client.get(page).content.decode()
    assert "/act/adopt/" in shown and "/act/conclude/" not in shown
    adopt_it(case, lead)
    shown = client.get(page).content.decode()
    assert "/act/conclude/" in shown and "待落实" in shown and "市容科和商户代表" in shown
    conclude(fresh(case), lead)
    assert fresh(case).status == Status.CONCLUDED


@pytest.mark.parametrize("decision", list(AdoptionDecision))
def test_each_decision_is_told_with_its_reasons_and_the_study_is_not(decision, case, lead):
    more = {} if decision.is_adopted else {"practice": "", "practice_due_on": None}
    adopt_it(case, lead, decision=decision, reasons="条件尚不具备。", **more)
    line = case.events.get(act=Act.ADOPT)
    assert str(decision.label) in line.public_text and "条件尚不具备。" in line.public_text
    assert "市容科" not in line.public_text and "市容科" in line.text
    assert ("落实" in line.public_text) == decision.is_adopted
    assert fresh(case).adoption.waits == decision.is_adopted


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"study": "　"}, "怎样研究论证"),
        ({"reasons": ""}, "理由"),
        ({"practice": ""}, "怎样落实"),
        ({"practice_due_on": None}, "落实期限"),
        ({"practice_due_on": local_day(now())}, "今天以后"),
        ({"decision": AdoptionDecision.KEPT}, "没有采纳的建议"),
    ],
)
def test_what_the_record_needs(wrong, words, case, lead):
    with pytest.raises(Refusal, match=words):
        adopt_it(case, lead, **wrong)
    assert not Adoption.objects.exists() and not case.events.filter(act=Act.ADOPT).exists()


def test_decided_anew_before_the_answer_the_former_words_stay_in_the_history(case, lead):
    adopt_it(case, lead)
    adopt_it(
        case,
        lead,
        decision=AdoptionDecision.KEPT,
        reasons="经费没有着落。",
        practice="",
        practice_due_on=None,
    )
    assert fresh(case).adoption.decision == AdoptionDecision.KEPT
    assert case.events.filter(act=Act.ADOPT).count() == 2
    conclude(fresh(case), lead)
    with pytest.raises(Refusal) as refused:
        adopt_it(fresh(case), lead)
    assert refused.value.code == "stale"


def test_it_is_of_suggestions_alone_and_of_the_unit_that_leads(case, cast, make_case, lead):
    appeal = make_case(until=Status.ACCEPTED)
    for which, who in (
        (appeal, lead),
        (case, cast.actor("petition_officer")),
        (case, cast.actor("handler2")),
    ):
        with pytest.raises(Refusal) as refused:
            adopt_it(which, who)
        assert refused.value.code == "forbidden"
    adopt_it(case, cast.actor("unit_head"))


def test_what_was_adopted_is_on_a_list_until_it_is_done_and_the_petitioner_reads_it(cast, make_case, client):
    token = new_token()
    case = make_case(until=Status.SERVED, at=now() - timedelta(days=2), kind=Kind.SUGGESTION, token=token)
    lead, officer = cast.actor("handler"), cast.actor("petition_officer")

    def listed(actor):
        return list(cases(actor, VIEWS["practice"], at=now()).values_list("pk", flat=True))

    assert listed(lead) == listed(officer) == [case.pk]
    with pytest.raises(Refusal, match="落实了什么"):
        adopting.practise(petition=case, actor=lead, text=" ")
    adopting.practise(petition=case, actor=lead, text="六组垃圾桶已设好。")
    assert listed(lead) == listed(officer) == []
    client.post("/query/", {"number": case.number, "code": query_code(token)})
    own = client.get("/mine/").content.decode()
    assert "六组垃圾桶已设好。" in own and "已经落实" in own and "市容科" not in own
    with pytest.raises(Refusal, match="已经登记落实"):
        adopting.practise(petition=case, actor=lead, text="又设了一组。")


def test_a_joined_suggestion_is_studied_and_answered_along(case, cast, make_case, lead):
    other = make_case(until=Status.ACCEPTED, at=now() - timedelta(days=1), kind=Kind.SUGGESTION)
    following.link(petition=other, actor=cast.actor("petition_officer"), original=case, join=True)
    adopt_it(fresh(case), lead)
    assert fresh(other).adoption.reasons == "建议可行。"
    both = [*case.requests.all(), *other.requests.all()]
    outcomes = {one.pk: ("supported", "") for one in both}
    answering.conclude(petition=fresh(case), actor=lead, text="谢谢。", basis="", outcomes=outcomes)
    assert fresh(other).status == Status.CONCLUDED


def test_the_database_holds_adoption_and_practice_together(case, lead):
    adopt_it(case, lead)
    for wrong in ({"practice": ""}, {"decision": "kept"}, {"practised": "做好了。"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Adoption.objects.filter(petition=case).update(**wrong)


def test_by_the_form_what_was_typed_is_kept(case, cast, client_as):
    client, address = client_as(cast.handler), f"/cases/{case.number}/act/adopt/"
    sent = {"token": new_token(), "study": "请专家看过。", "decision": "partly", "reasons": "一半可行。"}
    page = client.post(address, sent)
    assert page.status_code == 422 and "请专家看过。" in page.content.decode()
    day = (local_day(now()) + timedelta(days=9)).isoformat()
    assert client.post(address, sent | {"practice": "先设三组。", "practice_due_on": day}).status_code == 302
