"""涉法涉诉告知书: written here, its service is the telling and the step that ends the case (条例 20, 22, 31(1))."""

import pytest

from core.errors import Refusal
from core.timekeeping import now
from documents.enums import PaperKind as K
from documents.enums import ServiceMethod, ServiceOutcome
from papers import due
from papers.services import beside
from petitions.enums import Act, Channel, Kind, NoticeOf, NoticeWay, Path, Status
from petitions.models import Petition
from petitions.services import forwarding, guiding
from petitions.services.registering import NewPerson

pytestmark = pytest.mark.django_db
LETTER = {"channel": Channel.LETTER, "persons": [NewPerson(name="张小河", address="柳湾村三组")]}
WHERE = {
    "competent_body": "清江县人民法院",
    "procedure": "民事诉讼程序",
    "legal_basis": "《中华人民共和国民事诉讼法》",
}


def fresh(case):
    return Petition.objects.get(pk=case.pk)


def asked_for(case):
    return {one.kind: one.asked for one in due.papers_of(fresh(case))}


@pytest.fixture
def litigation(lately, offices):
    def make(**new):
        case = lately(Status.REGISTERED, **new)
        officer = offices.actor("petition_officer")
        forwarding.classify(petition=case, actor=officer, kind=Kind.APPEAL, path=Path.LITIGATION)
        return fresh(case)

    return make


@pytest.fixture
def guidance(litigation, draft, bring):
    def make(state="issued"):
        row = draft(litigation(**LETTER), K.GUIDANCE, who="petition_officer")
        people = {"writer": "petition_officer", "checker": "officer2", "signer": "office_head"}
        return bring(row, state, lacking=WHERE, **people)

    return make


@pytest.mark.article(22)
def test_it_is_asked_for_of_whoever_did_not_file_online(litigation, lately):
    assert asked_for(litigation(**LETTER))[K.GUIDANCE] is True
    assert asked_for(litigation())[K.GUIDANCE] is False
    assert K.GUIDANCE not in asked_for(lately(Status.REGISTERED))


@pytest.mark.article(22, 31)
def test_its_service_guides_with_its_words_and_ends_the_case(guidance, hand_over):
    row = guidance()
    assert fresh(row.petition).status == Status.REGISTERED
    hand_over(row, who="petition_officer")
    case = fresh(row.petition)
    told = case.written_notices.get()
    assert (case.status, told.of, told.way) == (Status.CLOSED, NoticeOf.GUIDED, NoticeWay.DIRECT)
    assert told.paper_number == row.paper.number != ""
    assert all(words in case.events.get(act=Act.GUIDE).public_text for words in WHERE.values())
    assert not case.clocks.filter(stopped_at=None).exists()


@pytest.mark.article(22)
def test_a_try_that_failed_guides_nobody(guidance, hand_over):
    row = guidance()
    hand_over(row, who="petition_officer", outcome=ServiceOutcome.MOVED)
    assert fresh(row.petition).status == Status.REGISTERED
    hand_over(row, who="petition_officer", method=ServiceMethod.LEFT, witnesses=("王一", "李二"))
    assert "王一、李二" in fresh(row.petition).written_notices.get().proof


@pytest.mark.article(31)
def test_without_the_body_it_is_not_handed_in(litigation, draft, bring):
    row = draft(litigation(**LETTER), K.GUIDANCE, who="petition_officer")
    with pytest.raises(Refusal, match="有权处理的政法机关"):
        bring(row, writer="petition_officer", checker="officer2", signer="office_head")


def test_while_it_is_written_here_nothing_is_typed_beside_it(guidance, offices):
    row, officer = guidance("approved"), offices.actor("petition_officer")
    typed = {"body": "县法院", "procedure": "民事诉讼", "basis": "民事诉讼法"}
    posted = {"way": NoticeWay.POST, "recipient": "张小河", "proof": "EX1", "told_at": now()}
    with pytest.raises(Refusal, match="从那份文书印发、登记送达"):
        guiding.guide(petition=row.petition, actor=officer, **typed, **posted)
    beside.discard(actor=officer, row=row, reason="改由法院窗口出具")
    guiding.guide(petition=row.petition, actor=officer, **typed, **posted)
    assert fresh(row.petition).status == Status.CLOSED


def test_a_case_that_was_put_on_another_way_is_not_guided_by_it(guidance, hand_over, offices):
    row = guidance()
    officer = offices.actor("petition_officer")
    forwarding.classify(
        petition=row.petition, actor=officer, kind=Kind.APPEAL, path=Path.PETITION, reason="不属涉法涉诉"
    )
    with pytest.raises(Refusal, match="定性分类"):
        hand_over(row, who="petition_officer")
    assert fresh(row.petition).status == Status.REGISTERED
    assert not row.paper.deliveries.exists()
