"""涉法涉诉: led to the court, the procuratorate or the police, never put on the 60 days (条例 20, 22, 28, 31(1))."""

from datetime import datetime

import pytest

from accounts.enums import UnitKind
from accounts.models import Unit
from accounts.services.units import next_ids, path_of
from core.errors import Refusal
from core.timekeeping import SHANGHAI
from petitions.enums import Act, Channel, Kind, NoticeOf, NoticeWay, Path, Status
from petitions.forms.acts import ForwardForm
from petitions.models import Petition
from petitions.services import forwarding, guiding
from petitions.services.registering import NewPerson
from petitions.workflow import ClockCode as C
from tests.cast import SINCE

pytestmark = pytest.mark.django_db
WHERE = {"body": "清江县人民法院", "procedure": "民事诉讼程序", "basis": "《中华人民共和国民事诉讼法》"}
LETTER = {"channel": Channel.LETTER, "persons": [NewPerson(name="张小河", address="柳湾村三组")]}
POSTED = {"way": NoticeWay.POST, "recipient": "张小河", "proof": "邮件编号 EX123456"}


def moment(month, day, hour=9):
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def officer(cast):
    return cast.actor("petition_officer")


@pytest.fixture
def litigation(make_case, officer):
    def make(**new):
        case = make_case(**new)
        way = {"kind": Kind.APPEAL, "path": Path.LITIGATION}
        forwarding.classify(petition=case, actor=officer, at=moment(9, 4), **way)
        return case

    return make


def guide(case, actor, **more):
    guiding.guide(petition=case, actor=actor, at=moment(9, 8), **{**WHERE, **more})


def fresh(case):
    return Petition.objects.get(pk=case.pk)


@pytest.mark.article(22)
class TestGuiding:
    def test_whoever_filed_online_is_told_by_the_step_and_the_case_ends_here(self, litigation, officer):
        case = litigation()
        guide(case, officer)
        case = fresh(case)
        assert (case.status, case.closed_at, case.lead_unit) == (Status.CLOSED, moment(9, 8), None)
        assert not case.clocks.filter(stopped_at=None).exists()
        assert not case.clocks.filter(rule__code__in=[C.CONCLUSION, C.NOTICE]).exists()
        told = case.events.get(act=Act.GUIDE).public_text
        assert all(words in told for words in WHERE.values())
        row = case.written_notices.get()
        assert (row.of, row.way) == (NoticeOf.GUIDED, NoticeWay.PAGE)

    def test_all_others_are_told_in_writing_first(self, litigation, officer):
        case = litigation(**LETTER)
        with pytest.raises(Refusal, match="请先书面告知信访人"):
            guide(case, officer)
        with pytest.raises(Refusal, match="邮件编号"):
            guide(case, officer, **{**POSTED, "proof": ""}, told_at=moment(9, 8))
        assert fresh(case).status == Status.REGISTERED
        guide(case, officer, **POSTED, told_at=moment(9, 8), paper_number="清信告〔2026〕7号")
        row = case.written_notices.get()
        assert (row.way, row.paper_number, row.by) == (NoticeWay.POST, "清信告〔2026〕7号", officer.user)
        assert fresh(case).status == Status.CLOSED

    @pytest.mark.parametrize("lacking", WHERE)
    def test_it_names_body_procedure_and_law(self, litigation, officer, lacking):
        case = litigation()
        with pytest.raises(Refusal, match="由哪个机关、按什么程序"):
            guide(case, officer, **{lacking: " "})
        assert fresh(case).status == Status.REGISTERED

    @pytest.mark.parametrize("path", [Path.ARBITRATION, Path.PETITION])
    def test_no_other_matter_is_sent_away_so(self, make_case, officer, path):
        case = make_case()
        forwarding.classify(petition=case, actor=officer, kind=Kind.APPEAL, path=path)
        with pytest.raises(Refusal, match="涉法涉诉") as refused:
            guide(case, officer)
        assert refused.value.code == "stale"

    def test_the_form_asks_for_the_telling_only_where_the_step_does_not_tell(
        self, cast, client_as, litigation, officer
    ):
        browser = client_as(cast.petition_officer)
        online, letter = litigation(), litigation(**LETTER)
        form = browser.get(f"/cases/{letter.number}/act/guide/").context["form"]
        assert "way" in form.fields
        page = f"/cases/{online.number}/act/guide/"
        form = browser.get(page).context["form"]
        assert "way" not in form.fields
        sent = {**WHERE, "token": form["token"].value()}
        assert browser.post(page, {**sent, "body": ""}).status_code == 422
        assert browser.post(page, sent).status_code == 302
        assert fresh(online).status == Status.CLOSED


@pytest.mark.article(22)
class TestForwarding:
    @pytest.fixture
    def court(self, cast):
        district, (pk,) = cast.units.district, next_ids(1)
        return Unit.objects.create(
            pk=pk,
            path=path_of(district.path, pk),
            parent=district,
            name="清江县人民法院",
            kind=UnitKind.COURT_PROCURATORATE,
            valid_from=SINCE,
        )

    def test_where_the_tree_has_a_legal_body_the_matter_goes_to_it_and_to_no_other(
        self, cast, litigation, officer, court
    ):
        case = litigation()
        with pytest.raises(Refusal, match="不是政法机关：请转送清江县人民法院"):
            forwarding.forward(petition=case, actor=officer, unit=cast.units.urban)
        forwarding.forward(petition=case, actor=officer, unit=court, at=moment(9, 8))
        running = set(case.clocks.filter(stopped_at=None).values_list("rule__code", flat=True))
        assert not running & {C.NOTICE, C.OBJECTION, C.CONCLUSION}, "rules of its own (条例 23 ¶4)"

    def test_the_form_offers_the_legal_bodies_alone(self, litigation, officer, court):
        form = ForwardForm(petition=litigation(), actor=officer, at=moment(9, 8))
        assert list(form.fields["unit"].queryset) == [court]
        assert form["unit"].value() == court.pk

    def test_a_unit_the_district_names_counts_as_one(self, cast, litigation, officer, settings, court):
        settings.LEGAL_UNITS = frozenset({cast.units.urban.name})
        case = litigation()
        forwarding.forward(petition=case, actor=officer, unit=cast.units.urban, at=moment(9, 8))
        assert fresh(case).lead_unit == cast.units.urban

    def test_without_one_it_may_go_to_whoever_leads_the_petitioner_on(self, cast, litigation, officer):
        case = litigation()
        forwarding.forward(petition=case, actor=officer, unit=cast.units.urban, at=moment(9, 8))
        assert C.NOTICE in set(case.clocks.filter(stopped_at=None).values_list("rule__code", flat=True))
