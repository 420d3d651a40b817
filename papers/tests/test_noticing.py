"""The notice of acceptance tells the petitioner by its service, and the fifteen days end with that (条例 23)."""

import pytest

from core.errors import Refusal
from core.timekeeping import now
from documents.enums import PaperKind as K
from documents.enums import ServiceMethod, ServiceOutcome
from papers import due
from papers.services import drafting
from petitions.enums import Act, Channel, Kind, NoticeWay, Path, Status
from petitions.models import Petition
from petitions.services import changing, noticing
from petitions.services.registering import NewPerson

pytestmark = pytest.mark.django_db
LETTER = {"channel": Channel.LETTER, "persons": [NewPerson(name="张小河", address="柳湾村三组")]}
WHY = "经核实，属于申请查处违法行为"


def fresh(case):
    return Petition.objects.get(pk=case.pk)


def asked_for(case):
    return {one.kind: one.asked for one in due.papers_of(fresh(case))}


@pytest.fixture
def notice(lately, draft, bring):
    """The notice of a petitioner who wrote a letter, issued."""

    def make(state="issued", status=Status.ACCEPTED, kind=K.ACCEPTANCE):
        case = lately(status, **LETTER)
        return bring(draft(case, kind), state)

    return make


def serve(hand_over, row, **more):
    hand_over(row, tried_at=now(), **more)
    return fresh(row.petition)


@pytest.mark.article(23)
@pytest.mark.parametrize(("status", "kind"), [(Status.ACCEPTED, K.ACCEPTANCE), (Status.REFUSED, K.REFUSAL)])
def test_its_first_service_is_the_notice(notice, hand_over, status, kind):
    row = notice(status=status, kind=kind)
    assert fresh(row.petition).notice_owed
    case = serve(hand_over, row)
    told = case.written_notices.get()
    assert (told.way, told.paper_number, case.notice_owed) == (NoticeWay.DIRECT, row.paper.number, False)
    clock = case.clocks.get(rule__code="notice")
    assert (clock.stopped_by, clock.stopped_at) == (Act.GIVE_NOTICE, told.told_at)
    serve(hand_over, row, recipient="李大桥")
    assert case.written_notices.count() == 1


@pytest.mark.article(23)
def test_a_try_that_failed_tells_nobody(notice, hand_over):
    case = serve(hand_over, notice(), outcome=ServiceOutcome.REFUSED)
    assert case.notice_owed and not case.written_notices.exists()
    case = serve(hand_over, notice(), method=ServiceMethod.LEFT, witnesses=("王一", "李二"))
    assert not case.notice_owed and "王一、李二" in case.written_notices.get().proof


def test_while_it_is_written_here_nothing_is_typed_beside_it(offices, notice, client_as):
    row = notice("approved")
    page = f"/cases/{row.petition.number}/act/give_notice/"
    answer = client_as(offices.handler).get(page)
    assert (answer.status_code, answer.url) == (302, row.get_absolute_url())
    with pytest.raises(Refusal, match="已经在本系统里拟写"):
        noticing.give_notice(
            petition=row.petition,
            actor=offices.actor("handler"),
            way=NoticeWay.DIRECT,
            told_at=now(),
            recipient="张小河",
        )


def test_it_is_asked_for_only_of_whom_no_page_told(lately):
    assert asked_for(lately(Status.ACCEPTED, **LETTER))[K.ACCEPTANCE] is True
    assert asked_for(lately(Status.ACCEPTED))[K.ACCEPTANCE] is False


class TestAfterAnotherPath:
    @staticmethod
    def change(offices, case, kind=Kind.APPEAL, path=Path.DUTY):
        changing.change_way(petition=case, actor=offices.actor("unit_head"), kind=kind, path=path, reason=WHY)

    @pytest.mark.article(23, 31)
    @pytest.mark.parametrize(("state", "step"), [("checked", drafting.approve), ("approved", drafting.issue)])
    def test_what_was_prepared_for_the_old_one_goes_no_further(self, offices, notice, state, step):
        row = notice(state)
        self.change(offices, row.petition)
        with pytest.raises(Refusal, match="改变目的或路径以前拟写") as refused:
            step(actor=offices.actor("unit_head"), row=row)
        assert refused.value.code == "stale"
        row.paper.refresh_from_db()
        assert row.paper.state == state

    @pytest.mark.article(23)
    def test_an_issued_one_does_not_tell_the_new_path(self, offices, notice, hand_over):
        row = notice()
        self.change(offices, row.petition)
        with pytest.raises(Refusal, match="改变目的或路径以前拟写"):
            serve(hand_over, row)
        assert fresh(row.petition).notice_owed

    def test_written_anew_it_goes_its_way(self, offices, notice, bring, hand_over):
        row = notice("draft")
        self.change(offices, row.petition)
        case = serve(hand_over, bring(drafting.CasePaper.objects.get(pk=row.pk)))
        assert not case.notice_owed
