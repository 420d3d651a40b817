"""One 转送函 about several cases: one number, one paper, hanging on each of them (条例 22)."""

from datetime import datetime, time, timedelta

import pytest
import time_machine
from django.urls import reverse

from core.timekeeping import SHANGHAI, local_day, now
from documents.enums import PaperKind as K
from documents.filling import cells_of
from documents.rendering import content_of, pictures, render
from papers import letters
from papers.due import papers_of
from papers.models import CasePaper, LetterCase
from papers.selectors import papers_on, wanted
from papers.services import beside, drafting
from papers.services.letters import draft_letter
from papers.tests.test_discarding import fresh, refused
from petitions.enums import Kind, Status
from petitions.models import Share
from petitions.services import forwarding, sealing
from petitions.services.registering import NewPerson

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def three_in_the_afternoon():
    """A letter takes what was forwarded on one day: what happened within the last hours happened today."""
    with time_machine.travel(datetime.combine(local_day(now()), time(15), SHANGHAI)):
        yield


@pytest.fixture
def sent(lately):
    """``sent(3)``: so many cases, forwarded to 城市管理局 within the last hours; their live shares."""

    def make(n, **new):
        cases = [
            lately(
                Status.FORWARDED,
                **{"subject": f"第{k}号路灯不亮", "persons": [NewPerson(name=f"王{k}")]} | new,
            )
            for k in range(1, n + 1)
        ]
        return [case.shares.get() for case in cases]

    return make


def letter(offices, shares, who="petition_officer"):
    return draft_letter(actor=offices.actor(who), share_ids=[one.pk for one in shares])


@pytest.mark.article(22)
def test_several_cases_go_in_one_letter_with_one_number(sent, offices, bring):
    shares = sent(3)
    row = letter(offices, shares)
    cells = cells_of("cases", row.paper.fields["cases"])
    assert [one[0] for one in cells] == ["序号", "1", "2", "3"]
    assert cells[1][1:4] == (shares[0].petition.number, "王1", "第1号路灯不亮")
    assert "等3件" in row.paper.fields["subject"]
    row = bring(row, writer="petition_officer", checker="officer2", signer="office_head")
    assert row.paper.number.startswith("清信〔")
    officer = offices.actor("petition_officer")
    for share in shares:
        case = fresh(share.petition)
        assert [one.pk for one in papers_on(case, officer)] == [row.pk]
        assert [one.pk for one in papers_on(case, offices.actor("handler"))] == [row.pk]
        assert K.FORWARDING not in [one.kind for one in wanted(case, officer)]


def test_a_second_press_leads_to_the_same_letter_and_no_case_gets_two(sent, offices, draft):
    shares = sent(3)
    row = letter(offices, shares[:2])
    assert letter(offices, shares[:2]).pk == row.pk
    refused(lambda: letter(offices, shares), "重新打开本页", code="stale")
    single = draft(fresh(shares[2].petition), K.FORWARDING, "petition_officer")
    refused(lambda: letter(offices, shares[2:]), code="stale")
    assert draft(fresh(shares[1].petition), K.FORWARDING, "petition_officer").pk == row.pk
    assert CasePaper.objects.count() == 2 and single.pk != row.pk


def test_only_of_one_unit_and_one_day(sent, lately, offices, make_case):
    shares = sent(1)
    other = make_case(until=Status.FORWARDED, at=now() - timedelta(hours=8), unit=offices.units.housing)
    refused(lambda: letter(offices, [*shares, other.shares.get()]), "同一单位")
    older = make_case(until=Status.FORWARDED, at=now() - timedelta(days=3))
    refused(lambda: letter(offices, [*shares, older.shares.get()]), "同一天")
    old = make_case(until=Status.FORWARDED, at=now() - timedelta(days=60))
    refused(lambda: letter(offices, [old.shares.get()]), code="stale")
    refused(lambda: draft_letter(actor=offices.actor("petition_officer"), share_ids=[]), "选择")
    refused(lambda: draft_letter(actor=offices.actor("petition_officer"), share_ids=range(1, 102)), "100")


@pytest.mark.parametrize(
    "who", ["handler", "clerk", "inspector", "outsider", "town_clerk", "discipline_officer"]
)
def test_it_is_the_senders_letter(sent, offices, who):
    shares = sent(2)
    if who in {"clerk", "inspector"}:  # of the very office
        assert letter(offices, shares, who).pk
    else:
        refused(lambda: letter(offices, shares, who))


@pytest.mark.article(30)
def test_sealed_cases_are_never_in_one(offices, make_case, sent):
    accused = make_case.registered(kind=Kind.ACCUSATION).petition
    own = accused.shares.filter(ended_at=None).first()
    shares = sent(1)
    refused(lambda: letter(offices, [*shares, own]), code="stale")
    groups = letters.groups_of(letters.waiting(offices.actor("petition_officer"), now()))
    assert [one.petition_id for group in groups for one in group.shares] == [shares[0].petition_id]


@pytest.mark.article(30)
def test_once_one_of_its_cases_is_sealed_nobody_else_reads_the_letter(offices, sent):
    shares = sent(2)
    row = letter(offices, shares)
    officer, handler = offices.actor("petition_officer"), offices.actor("handler")
    assert CasePaper.objects.visible_to(handler).filter(pk=row.pk).exists()
    sealing.seal(petition=fresh(shares[1].petition), actor=officer, reason="涉嫌违纪")
    for actor in (officer, handler, offices.actor("discipline_officer")):
        assert not CasePaper.objects.visible_to(actor).filter(pk=row.pk).exists()
    refused(lambda: drafting.check(actor=offices.actor("officer2"), row=row), code="not_found")


@pytest.mark.article(30)
def test_a_confidential_petitioner_is_not_named_in_it(offices, sent):
    open_one, kept = sent(1)[0], sent(1, confidential=True, persons=[NewPerson(name="欧阳密之")])[0]
    row = letter(offices, [open_one, kept])
    said = str(row.paper.fields["cases"])
    assert "王1" in said and "欧阳密之" not in said and "信访人信息保密" in said
    fields = row.paper.fields | {"note": "请联系欧阳密之。"}
    refused(
        lambda: drafting.save(
            actor=offices.actor("petition_officer"), row=row, fields=fields, revision=row.revision
        ),
        "要求保密",
    )


def test_discarded_it_frees_all_its_cases(offices, sent):
    shares = sent(2)
    row = letter(offices, shares)
    beside.discard(actor=offices.actor("petition_officer"), row=row, reason="写少了")
    again = letter(offices, shares)
    assert again.pk != row.pk and LetterCase.objects.filter(counts=True).count() == 2


def test_a_correction_hangs_on_the_same_cases(offices, sent, bring):
    shares = sent(2)
    row = bring(letter(offices, shares), writer="petition_officer", checker="officer2", signer="office_head")
    made = drafting.correct(actor=offices.actor("petition_officer"), row=row)
    assert [one.pk for one in made.cases] == [one.petition_id for one in shares]


def test_the_objection_names_the_number_of_the_joint_letter(offices, sent, bring, draft):
    shares = sent(2)
    row = bring(letter(offices, shares), writer="petition_officer", checker="officer2", signer="office_head")
    case = shares[1].petition
    forwarding.object_to(petition=case, actor=offices.actor("handler"), reason="不属于本单位")
    objection = draft(fresh(case), K.OBJECTION)
    assert objection.paper.fields["sent_number"] == row.paper.number


def test_a_title_with_the_sign_between_the_parts_moves_no_column(offices, sent):
    shares = sent(2, subject="甲 | 乙 | 丙\n䶮·阿里")
    row = letter(offices, shares)
    cells = cells_of("cases", row.paper.fields["cases"])
    assert {len(one) for one in cells} == {5} and cells[1][3] == "甲 ／ 乙 ／ 丙 䶮·阿里"


@pytest.mark.parametrize("n,pages", [(1, 1), (12, 1), (60, 3)])
def test_sixty_cases_are_set_on_pages_whose_head_is_repeated(offices, sent, n, pages):
    row = letter(offices, sent(n))
    content = content_of(row.paper)
    table = next(line for line in content["lines"] if line["kind"] == "table")
    assert len(table["cells"]) == n + 1
    made = render(content, at=now())
    assert made.pages >= pages and len(pictures(content, ppi=40)) == made.pages


def test_the_page_lists_by_unit_and_day_and_makes_the_letter(offices, sent, client_as):
    shares = sent(3)
    page, address = client_as(offices.petition_officer), reverse("papers:letter")
    said = page.get(address).content.decode()
    assert "城市管理局" in said and "3 件" in said
    from core.converters import scattered

    answer = page.post(address, {"share": [scattered(one.pk) for one in shares]})
    row = CasePaper.objects.get()
    assert answer.status_code == 302 and answer["Location"] == row.get_absolute_url()
    assert page.post(address, {"share": ["x", "99999999999"]}).status_code == 409
    assert page.post(address).status_code == 422
    assert "本函写有 3 件" in page.get(row.get_absolute_url()).content.decode()
    assert "都已有函" in page.get(address).content.decode()


def test_after_bulk_forwarding_the_page_leads_on(offices, make_case, client_as):
    case = make_case(at=now() - timedelta(hours=1))
    from petitions.services.codes import new_token

    answer = client_as(offices.petition_officer).post(
        reverse("petitions:bulk_forward"),
        {"number": [case.number], "unit": offices.units.urban.pk, "token": new_token()},
    )
    assert reverse("papers:letter") in answer.content.decode()
    assert Share.objects.filter(petition=case).count() == 1


def test_a_list_of_requests_is_no_table():
    assert cells_of("requests", ["甲 | 乙 | 丙", "丁 | 戊 | 己"]) == ()
    assert cells_of("cases", ["一件一行"]) == ()
    assert cells_of("cases", ["甲 | 乙 | 丙", "只有 | 两格"]) == ()


@pytest.fixture
def assigned(make_case, offices):
    """``assigned(2, days=30)``: so many cases, 交办 to 城市管理局 today, to be reported on by one day."""

    def make(n, *, days=30, demand="请查清事实。"):
        found = []
        for k in range(1, n + 1):
            case = make_case(at=now() - timedelta(hours=8), subject=f"第{k}号路灯不亮")
            forwarding.assign(
                petition=case,
                actor=offices.actor("petition_officer"),
                unit=offices.units.urban,
                feedback_due_on=local_day(now()) + timedelta(days=days),
                demand=demand,
            )
            found.append(case.shares.get())
        return found

    return make


@pytest.mark.article(22)
def test_several_assigned_cases_go_in_one_letter_with_one_set_date_and_a_report_each(
    assigned, offices, bring
):
    shares = assigned(3)
    row = letter(offices, shares)
    day = local_day(now()) + timedelta(days=30)
    fields = row.paper.fields
    assert row.kind == K.ASSIGNMENT and fields["demand"] == "请查清事实。"
    assert fields["due_on"] == f"{day.year}年{day.month}月{day.day}日"
    assert fields["report_demand"].startswith("每件办结后请分别书面反馈")
    assert len(cells_of("cases", fields["cases"])) == 4
    row = bring(row, writer="petition_officer", checker="officer2", signer="office_head")
    officer = offices.actor("petition_officer")
    for share in shares:
        case = fresh(share.petition)
        assert [one.pk for one in papers_on(case, officer)] == [row.pk]
        assert K.ASSIGNMENT not in [one.kind for one in wanted(case, officer)]
        assert case.clocks.filter(rule__code="feedback", stopped_at=None).count() == 1
        assert case.shares.get().report == "due"
    assert draft_again(offices, shares[1]).pk == row.pk


def draft_again(offices, share):
    case = fresh(share.petition)
    due = next(one for one in papers_of(case) if one.kind == K.ASSIGNMENT)
    return drafting.draft(actor=offices.actor("petition_officer"), petition=case, due=due)


@pytest.mark.article(22)
def test_only_those_of_one_set_date_and_never_beside_what_was_forwarded(assigned, sent, offices):
    one, other, forwarded = assigned(1), assigned(1, days=20), sent(1)
    refused(lambda: letter(offices, [*one, *other]), "反馈期限相同")
    refused(lambda: letter(offices, [*one, *forwarded]), "反馈期限相同")
    groups = letters.groups_of(letters.waiting(offices.actor("petition_officer"), now()))
    assert sorted(len(group.shares) for group in groups) == [1, 1, 1]


def test_where_the_demands_differ_whoever_drafts_says_them_in_one(assigned, offices):
    row = letter(offices, [*assigned(1), *assigned(1, demand="请主要负责人阅办。")])
    assert row.paper.fields.get("demand", "") == ""


@pytest.mark.article(22)
def test_several_are_assigned_at_once_each_with_the_set_date(offices, make_case, client_as):
    cases = [make_case(at=now() - timedelta(hours=2)) for _one in range(2)]
    client = client_as(offices.people["petition_officer"])
    address, day = reverse("petitions:bulk_forward"), local_day(now()) + timedelta(days=20)
    token = client.get(address, {"number": [one.number for one in cases]}).context["form"]["token"].value()
    sent = {
        "number": [one.number for one in cases],
        "unit": offices.units.urban.pk,
        "how": "assign",
        "token": token,
    }
    lacking = client.post(address, sent)
    assert lacking.status_code == 422
    assert set(lacking.context["form"].errors) == {"note", "feedback_due_on"}
    wrong = client.post(address, sent | {"how": "forward", "feedback_due_on": day.isoformat()})
    assert wrong.status_code == 422 and "请选“交办”" in wrong.content.decode()
    given = {"note": "请查清事实。", "feedback_due_on": day.isoformat()}
    for _twice in range(2):  # the same form again assigns nothing twice
        assert client.post(address, sent | given).context["done"] == 2
    for case in cases:
        share = case.shares.get()
        assert (share.kind, share.feedback_due_on, share.report) == ("assign", day, "due")
