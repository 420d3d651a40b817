"""更正答复: an answer that was recorded wrongly is put right before anybody outside was given it (条例 32)."""

from copy import copy
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from core.converters import scattered
from core.errors import Refusal
from core.timekeeping import now
from petitions.enums import Act, Kind, Outcome, Path, ReplyKind, ServiceMethod, Status
from petitions.models import Petition
from petitions.services import answering, codes, correcting, following, forwarding, joining
from tests.cases import OUTSIDE

pytestmark = pytest.mark.django_db


def fresh(case):
    return Petition.objects.get(pk=case.pk)


def correct(case, actor, **more):
    known = {
        "reason": "结论录入有误。",
        "text": case.reply.text,
        "basis": case.reply.basis,
        "outcomes": {one.pk: (Outcome.EXPLAINED, "每周五、周六十点收摊。") for one in case.requests.all()},
    }
    correcting.correct(petition=case, actor=actor, **known | more)


@pytest.fixture
def case(make_case):
    return make_case(until=Status.CONCLUDED)


@pytest.mark.article(32)
def test_the_outcome_is_put_right_and_what_stood_before_stays_in_the_history(case, cast):
    before, clocks = copy(case.reply), list(case.clocks.order_by("pk").values())
    was = case.requests.get()
    correct(case, cast.actor("handler"), text="经查属实，已划定时段。", basis="《噪声污染防治法》第六十四条")
    case_now = fresh(case)
    asked = case_now.requests.get()
    assert (asked.outcome, asked.opinion) == (Outcome.EXPLAINED, "每周五、周六十点收摊。")
    assert (case_now.reply.text, case_now.reply.basis) == (
        "经查属实，已划定时段。",
        "《噪声污染防治法》第六十四条",
    )
    assert (case_now.reply.pk, case_now.reply.at, case_now.concluded_at) == (
        before.pk,
        before.at,
        case.concluded_at,
    )
    assert case.reply.text == case_now.reply.text, "the caller's object too"
    assert (case_now.status, list(case.clocks.order_by("pk").values())) == (Status.CONCLUDED, clocks)
    line = case_now.events.get(act=Act.CORRECT)
    assert not line.public
    for words in ("结论录入有误。", before.text, before.basis, was.get_outcome_display()):
        assert words in line.text
    assert AuditEntry.objects.filter(act="petition.correct").count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"reason": " "}, "更正的原因"),
        ({"reason": "改" * 501}, "最多"),
        ({"text": ""}, "请写明内容"),
        ({"basis": " "}, "写明依据"),
        ({"outcomes": {}}, "每一项诉求"),
    ],
)
def test_what_an_answer_must_have_a_corrected_one_must_have_too(case, cast, wrong, said):
    with pytest.raises(Refusal, match=said):
        correct(case, cast.actor("handler"), **wrong)
    assert fresh(case).requests.get().outcome == Outcome.SUPPORTED
    assert not case.events.filter(act=Act.CORRECT).exists()


def test_nothing_is_recorded_where_nothing_differs(case, cast):
    same = {one.pk: (Outcome(one.outcome), one.opinion) for one in case.requests.all()}
    with pytest.raises(Refusal, match="没有改动"):
        correct(case, cast.actor("handler"), outcomes=same)
    assert not case.events.filter(act=Act.CORRECT).exists()


@pytest.mark.article(35)
def test_after_service_only_a_new_paper_corrects_it(case, cast, make_case):
    served = make_case(until=Status.SERVED)
    with pytest.raises(Refusal) as refused:
        correct(served, cast.actor("handler"))
    assert refused.value.code == "stale"
    assert fresh(served).requests.get().outcome == Outcome.SUPPORTED


def test_a_joined_case_that_was_answered_alike_goes_along(make_case, cast):
    officer, handler = cast.actor("petition_officer"), cast.actor("handler")
    original, joined = make_case(), make_case()
    following.link(petition=joined, actor=officer, original=original, join=True)
    forwarding.forward(petition=original, actor=officer, unit=cast.units.urban)
    forwarding.accept(petition=original, actor=handler, kind=Kind.APPEAL, path=Path.PETITION)
    asked = [one for case in (original, joined) for one in case.requests.all()]
    given = {"text": "已约谈摊主。", "basis": "《噪声污染防治法》"}
    answering.conclude(
        petition=original,
        actor=handler,
        outcomes={one.pk: (Outcome.SUPPORTED, "支持") for one in asked},
        **given,
    )
    outcomes = {one.pk: (Outcome.EXPLAINED, "部分支持") for one in asked}
    correct(fresh(original), handler, text="已划定时段。", outcomes=outcomes)
    assert fresh(joined).reply.text == joining.words_above_reply() + "已划定时段。"
    assert {one.outcome for case in (original, joined) for one in case.requests.all()} == {Outcome.EXPLAINED}


class TestForm:
    def sent(self, case, **more):
        (asked,) = case.requests.all()
        which = scattered(asked.pk)
        return {
            "token": codes.new_token(),
            "reason": "正文有错漏。",
            "text": case.reply.text,
            "basis": case.reply.basis,
            f"outcome_{which}": Outcome.NOT_SUPPORTED.value,
            f"opinion_{which}": "没有依据。",
        } | more

    def test_it_opens_with_what_is_recorded_is_looked_at_and_done_once(self, case, client_as, cast):
        page = reverse("petitions:act", args=[case.number, Act.CORRECT])
        browser = client_as(cast.people["handler"])
        opened = browser.get(page).content.decode()
        assert case.reply.text in opened and case.reply.basis in opened
        sent = self.sent(case)
        looked = browser.post(page, sent)
        assert looked.status_code == 200 and "再看一遍" in looked.content.decode()
        assert fresh(case).requests.get().outcome == Outcome.SUPPORTED
        for _twice in range(2):
            assert browser.post(page, sent | {"confirmed": "1"}).status_code == 302
        assert fresh(case).requests.get().outcome == Outcome.NOT_SUPPORTED
        assert case.events.filter(act=Act.CORRECT).count() == 1

    def test_what_is_missing_is_said_and_what_was_typed_stays(self, case, cast, client_as):
        page = reverse("petitions:act", args=[case.number, Act.CORRECT])
        answer = client_as(cast.people["handler"]).post(
            page, self.sent(case, reason="", text="另一段䶮·正文")
        )
        assert answer.status_code == 422
        assert "另一段䶮·正文" in answer.content.decode()

    @pytest.mark.article(30)
    def test_a_name_that_is_covered_from_who_corrects_stays_in_the_record(self, make_case, cast, client_as):
        case = make_case(until=Status.CONCLUDED, confidential=True)
        name = case.persons.get().name
        case.reply.text = f"{name}反映的问题属实。"
        case.reply.save()
        page = reverse("petitions:act", args=[case.number, Act.CORRECT])
        browser = client_as(cast.people["handler"])
        opened = browser.get(page)
        shown = opened.context["form"].initial["text"]
        assert name not in opened.content.decode() and name not in shown
        assert browser.post(page, self.sent(case, text=shown, confirmed="1")).status_code == 302
        assert fresh(case).reply.text == f"{name}反映的问题属实。"


@pytest.mark.article(31)
def test_a_simplified_answer_may_become_the_paper_that_was_asked_for_after_all(make_case, cast):
    case, handler = make_case(until=Status.FORWARDED, at=now() - timedelta(days=1)), cast.actor("handler")
    way = {"kind": Kind.APPEAL, "path": Path.PETITION, "simplify": True, "supportable": True}
    forwarding.accept(petition=case, actor=handler, **way)
    given = {one.pk: (Outcome.SUPPORTED, "十点收摊。") for one in case.requests.all()}
    answering.conclude(petition=case, actor=handler, text="已划定时段。", outcomes=given)
    case = fresh(case)
    assert case.reply.kind == ReplyKind.REPLY
    same = {one.pk: (Outcome(one.outcome), one.opinion) for one in case.requests.all()}
    correct(case, cast.actor("handler"), outcomes=same, paper=True, basis="《噪声污染防治法》")
    assert fresh(case).reply.kind == ReplyKind.OPINION
    with pytest.raises(Refusal, match="处理意见书"):
        serve(case, cast, "")
    serve(case, cast, OUTSIDE)


def serve(case, cast, number):
    answering.serve(
        petition=case,
        actor=cast.actor("handler"),
        method=ServiceMethod.DIRECT,
        served_at=now(),
        recipient="张小河",
        paper_number=number,
    )
