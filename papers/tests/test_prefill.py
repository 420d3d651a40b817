"""Each paper is filled in with what the system knows, so far that it passes the signature with what only people know."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.actor import Actor
from core.errors import Refusal
from core.timekeeping import local_day, now
from documents.enums import PaperKind as K
from documents.models import PaperTemplate
from documents.rules import lacking_of
from documents.services import approve, check, issue
from papers.due import papers_of
from papers.models import CasePaper
from papers.selectors import wanted
from petitions.enums import Channel, Kind, Path, RefusalReason, ShareRole, Status, Urgency
from petitions.models import Petition, Reply
from petitions.services import forwarding, handling, parts, refusing
from petitions.services.registering import NewPerson
from reviews.enums import Outcome as Finding
from reviews.models import Review
from supervision.enums import Ground
from supervision.services.opening import open_supervision
from tests.cases import OUTSIDE

pytestmark = pytest.mark.django_db


def fresh(case):
    return Petition.objects.get(pk=case.pk)


def empty(row):
    return {spec.name for spec in lacking_of(row.paper.template, row.paper.fields)}


def test_the_acceptance_says_path_limit_unit_and_whom_to_ask(lately, draft, bring, offices):
    case = fresh(lately())
    row = draft(case, K.ACCEPTANCE)
    fields = row.paper.fields
    assert empty(row) == set()
    assert fields["to"] == "张小河" and fields["case_number"] == case.number
    clock = case.clocks.get(rule__code="conclusion")
    day = local_day(clock.due_at)
    assert f"{day.year}年{day.month}月{day.day}日前办结" in fields["time_limit"]
    assert "第三十一条第六项" in fields["path"]
    assert fields["responsible_unit"] == "清江县城市管理局" and fields["source"] == "由清江县信访局转送"
    assert (fields["contact"], fields["phone"]) == ("陈立", "0571-1234567")
    assert bring(row).paper.number == f"清城〔{now().year}〕1号"


def test_the_opinion_takes_over_answer_outcomes_basis_and_remedy_body(lately, draft, bring):
    case = fresh(lately(Status.CONCLUDED))
    row = draft(case, K.OPINION)
    fields = row.paper.fields
    assert empty(row) == set()
    assert fields["requests"] == ["请规定夜市收摊时间"] and fields["outcomes"] == ["支持。"]
    assert fields["facts"] == "已约谈摊主，夜市十点收摊。" and fields["legal_basis"] == "《噪声污染防治法》"
    assert fields["review_body"] == "清江县" and fields["received"].startswith("由清江县信访局转送，我单位于")
    assert bring(row).paper.state == "issued"


def test_a_joint_petition_names_its_representatives_and_all_heads(lately, draft):
    people = [NewPerson(name="张小河"), NewPerson(name="李大桥")]
    row = draft(fresh(lately(persons=people, head_count=7)), K.ACCEPTANCE)
    assert row.paper.fields["to"].endswith("等7人") and row.paper.fields["to"].startswith("张小河")


def test_a_refusal_gives_reason_article_and_where_to_go(make_case, draft, bring):
    case = fresh(make_case(until=Status.REFUSED, at=now() - timedelta(hours=8)))
    row = draft(case, K.REFUSAL)
    assert empty(row) == set()
    assert row.paper.fields["legal_basis"] == "《信访工作条例》第三十一条"
    assert row.paper.fields["where_to_go"] == "清江县人民法院"
    assert bring(row).paper.state == "issued"


def test_after_a_final_review_it_is_a_paper_of_its_own(make_case, draft, offices):
    at = now() - timedelta(hours=8)
    case = make_case(until=Status.FORWARDED, at=at)
    refusing.refuse(
        petition=case,
        actor=offices.actor("handler"),
        reason=RefusalReason.FINAL,
        explanation="与复核终结的事项相同，没有新的事实和理由。",
        where_to_go="清江县信访局",
        ground="海政复核〔2026〕3号，2026年5月6日",
        at=at + timedelta(hours=2),
    )
    row = draft(fresh(case), K.NO_FURTHER)
    assert empty(row) == {"final_body", "final_number", "final_on"}


@pytest.mark.article(36)
def test_the_final_review_it_rests_on_is_one_that_ended_the_case_not_an_order_to_handle_anew(
    make_case, lately, draft, offices
):
    old, at = make_case(until=Status.SERVED, at=now() - timedelta(days=9)), now() - timedelta(hours=8)
    case = make_case(until=Status.FORWARDED, at=at)
    Petition.objects.filter(pk=case.pk).update(repeat_of=old)
    answer = Reply.objects.get(petition=old)
    _final_review_of(old, answer, Finding.UPHELD, "海州市", now() - timedelta(days=3))
    refusing.refuse(
        petition=fresh(case),
        actor=offices.actor("handler"),
        reason=RefusalReason.FINAL,
        explanation="与复核终结的事项相同，没有新的事实和理由。",
        where_to_go="清江县信访局",
        at=at + timedelta(hours=2),
    )
    answer.pk, answer.petition, answer.former_of = None, None, old
    answer.save()
    _final_review_of(old, answer, Finding.REDO, "江南省", now() - timedelta(days=2))
    assert draft(fresh(case), K.NO_FURTHER).paper.fields["final_body"] == "海州市"


def _final_review_of(case, answer, outcome, body, when):
    """A 复核 of the answer by a body outside, after a 复查 that upheld it."""
    same = {"petition": case, "channel": "page", "reason": "不服", "text": "已审查。", "basis": "条例"}
    same |= {"applied_at": when, "decided_at": when, "served_at": when, "state": "served"}
    first = Review.objects.create(
        level="review", reply=answer, body=case.lead_unit, outcome="upheld", method="direct", **same
    )
    return Review.objects.create(level="final", first=first, body_name=body, outcome=outcome, **same)


def test_the_extension_counts_both_dates_by_the_clock(lately, draft, offices):
    case = lately()
    before = local_day(case.clocks.get(rule__code="conclusion").due_at)
    handling.extend(petition=case, actor=offices.actor("unit_head"), days=20, reason="须检测鉴定。")
    case = fresh(case)
    row = draft(case, K.EXTENSION)
    after = local_day(case.clocks.get(rule__code="conclusion").due_at)
    assert empty(row) == set()
    assert row.paper.fields["due_on"] == f"{before.year}年{before.month}月{before.day}日"
    assert row.paper.fields["new_due_on"] == f"{after.year}年{after.month}月{after.day}日"
    assert (row.paper.fields["days"], row.paper.fields["approver"]) == ("20", "赵建国")


def test_letters_to_units_list_the_case_and_carry_date_and_demand(make_case, draft, offices):
    case = make_case(at=now() - timedelta(hours=8))
    due_on = local_day(now()) + timedelta(days=20)
    forwarding.assign(
        petition=case,
        actor=offices.actor("petition_officer"),
        unit=offices.units.urban,
        feedback_due_on=due_on,
        demand="请查明原因，依法处理。",
        co_units=[offices.units.housing],
    )
    case = fresh(case)
    for share in case.shares.all():
        kind = K.ASSIGNMENT if share.role == ShareRole.LEAD else K.CO_LETTER
        row = draft(case, kind, "petition_officer", subject=share)
        assert empty(row) == set() and row.paper.fields["to"] == share.unit.name
        assert case.number in row.paper.fields["cases"][0] and "张小河" in row.paper.fields["cases"][0]
        # A co-unit answers to the lead some days before the lead reports to the sender.
        day = due_on if share.role == ShareRole.LEAD else due_on - timedelta(days=settings.CO_DAYS_BEFORE)
        assert row.paper.fields["due_on"] == f"{day.year}年{day.month}月{day.day}日"
    assert case.papers.count() == 2


def test_the_letter_to_a_co_unit_says_who_leads_what_it_does_and_by_when(make_case, draft, bring, offices):
    case = make_case(until=Status.FORWARDED, at=now() - timedelta(hours=8), co_units=[offices.units.housing])
    share = case.shares.get(role="co")
    row = draft(fresh(case), K.CO_LETTER, "petition_officer", subject=share)
    fields, day = row.paper.fields, share.feedback_due_on
    assert fields["lead"] == "清江县城市管理局" and fields["to"] == share.unit.name
    assert fields["due_on"] == f"{day.year}年{day.month}月{day.day}日"
    assert empty(row) == {"demand"}  # nothing was asked at forwarding: whoever drafts says it
    with pytest.raises(Refusal, match="协办内容"):
        bring(row, writer="petition_officer", checker="officer2", signer="office_head")
    row = CasePaper.objects.get(pk=row.pk)
    done = bring(
        row,
        writer="petition_officer",
        checker="officer2",
        signer="office_head",
        lacking={"demand": "请查规划。"},
    )
    assert done.paper.number.startswith("清信")


def test_the_lead_writes_to_the_co_unit_it_added(make_case, draft, offices):
    case = make_case(until=Status.ACCEPTED, at=now() - timedelta(hours=8))
    housing = offices.units.housing
    parts.add(
        petition=case,
        actor=offices.actor("handler"),
        units=[housing],
        demand="请查规划许可。",
        reason="涉及规划。",
    )
    share = case.shares.get(role="co")
    with pytest.raises(Refusal, match="由城市管理局拟写"):
        draft(fresh(case), K.CO_LETTER, "petition_officer", subject=share)
    row = draft(fresh(case), K.CO_LETTER, "handler", subject=share)
    assert row.paper.fields["demand"] == "请查规划许可。" and empty(row) == set()


def test_a_co_unit_that_was_written_to_as_a_lead_before_is_not_written_to_again(make_case, draft, offices):
    case = make_case(until=Status.FORWARDED, at=now() - timedelta(hours=8), co_units=[offices.units.housing])
    lead, share = case.shares.get(role="lead"), case.shares.get(role="co")
    letter = draft(fresh(case), K.FORWARDING, "petition_officer", subject=lead)
    CasePaper.objects.filter(pk=letter.pk).update(share=share)
    asked = [(one.kind, one.subject) for one in wanted(fresh(case), offices.actor("petition_officer"))]
    assert (K.CO_LETTER, share) not in asked and (K.FORWARDING, lead) in asked


def test_an_objection_and_its_answer_name_letter_and_reasons(make_case, draft, bring, offices):
    case = make_case(until=Status.FORWARDED, at=now() - timedelta(hours=8))
    letter = draft(fresh(case), K.FORWARDING, "petition_officer")
    bring(letter, writer="petition_officer", checker="officer2", signer="office_head")
    forwarding.object_to(petition=case, actor=offices.actor("handler"), reason="不属于本单位职责范围")
    case = fresh(case)
    row = draft(case, K.OBJECTION)
    assert row.paper.fields["sent_number"] == f"清信〔{now().year}〕1号"
    assert row.paper.fields["to"] == "清江县信访局" and empty(row) == set()
    forwarding.decide_objection(
        petition=case, actor=offices.actor("petition_officer"), agree=True, decision="职责确属住建局。"
    )
    answer = draft(fresh(case), K.OBJECTION_ANSWER, "petition_officer")
    assert answer.paper.fields["to"] == "清江县城市管理局" and empty(answer) == set()
    assert answer.paper.fields["next"] == "请你单位交还有关材料。"


@pytest.mark.parametrize("path,item", [(1, "一"), (2, "二"), (3, "三"), (4, "四")])
def test_the_answer_of_paths_one_to_four_is_a_routing(path, item, lately, draft):
    row = draft(fresh(lately(Status.CONCLUDED, path=Path(path))), K.ROUTING)
    assert row.paper.fields["path_item"] == item
    assert empty(row) == {"competent_body", "time_limit"}


@pytest.mark.article(31)
def test_path_one_names_the_procedures_of_the_law_and_of_no_other_path(lately, draft):
    case = fresh(lately(path=Path.LITIGATION))
    words = draft(case, K.ACCEPTANCE).paper.fields["path"]
    for named in ("诉讼", "向法院申请复议", "刑事立案", "法律监督", "公安机关", "涉法涉诉", "第一项"):
        assert named in words
    assert "仲裁" not in words and "国家赔偿" not in words


def test_suggestions_have_no_paper_of_their_own(lately, offices):
    kinds = {one.kind for one in papers_of(fresh(lately(Status.CONCLUDED, kind=Kind.SUGGESTION)))}
    assert kinds == {K.ACCEPTANCE, K.FORWARDING}


def test_the_closing_report_waits_for_what_only_people_know(make_case, draft, offices):
    from petitions.enums import Outcome
    from petitions.services import answering

    at = now() - timedelta(hours=8)
    case = make_case(at=at)
    forwarding.assign(
        petition=case,
        actor=offices.actor("petition_officer"),
        unit=offices.units.urban,
        feedback_due_on=local_day(now()) + timedelta(days=20),
        demand="请依法处理。",
        at=at + timedelta(hours=1),
    )
    handler = offices.actor("handler")
    forwarding.accept(petition=case, actor=handler, kind=Kind.APPEAL, path=Path.PETITION)
    answering.conclude(
        petition=case,
        actor=handler,
        text="已查明。",
        basis="《噪声污染防治法》",
        outcomes={one.pk: (Outcome.SUPPORTED, "支持") for one in case.requests.all()},
    )
    row = draft(fresh(case), K.CLOSING_REPORT)
    assert row.reply == case.reply and empty(row) == {"attitude"}
    assert row.paper.fields["assigned_number"] == "信访信息系统" and row.paper.fields["to"] == "清江县信访局"


@pytest.mark.article(36)
def test_a_case_that_is_handled_anew_is_reported_anew_with_its_new_answer(make_case, draft, offices):
    from papers.selectors import address_to_serve, wanted
    from petitions.enums import Outcome
    from petitions.services import answering, reviewing

    case, handler = make_case(at=now() - timedelta(hours=8)), offices.actor("handler")
    forwarding.assign(
        petition=case,
        actor=offices.actor("petition_officer"),
        unit=offices.units.urban,
        feedback_due_on=local_day(now()) + timedelta(days=20),
        demand="请依法处理。",
    )
    forwarding.accept(petition=case, actor=handler, kind=Kind.APPEAL, path=Path.PETITION)

    def answer(text):
        outcomes = {one.pk: (Outcome.SUPPORTED, text) for one in case.requests.all()}
        answering.conclude(
            petition=fresh(case), actor=handler, text=text, basis="《噪声污染防治法》", outcomes=outcomes
        )

    def asked():
        return [one.kind for one in wanted(fresh(case), handler)].count(K.CLOSING_REPORT)

    answer("已查明。")
    first = draft(fresh(case), K.CLOSING_REPORT)
    assert asked() == 0 and draft(fresh(case), K.CLOSING_REPORT) == first
    assert address_to_serve(fresh(case)) == ""
    outside = {"method": "direct", "served_at": now(), "recipient": "本人", "paper_number": OUTSIDE}
    answering.serve(petition=fresh(case), actor=handler, **outside)
    reviewing.redo(petition=fresh(case), actor=Actor.system(), text="责令重办", public_text="重新办理")
    assert asked() == 0
    answer("重新查明，夜市九点收摊。")
    assert asked() == 1
    second = draft(fresh(case), K.CLOSING_REPORT)
    assert second != first and second.share == first.share and asked() == 0
    assert "九点收摊" in second.paper.fields["handling"]
    with pytest.raises(IntegrityError), transaction.atomic():
        CasePaper.objects.filter(pk=second.pk).update(reply=first.reply)


def test_supervision_supplement_and_urgent_report_leave_what_they_cannot_know(lately, draft, offices):
    from petitions.services import urgency

    case = lately(channel=Channel.VISIT)
    open_supervision(
        petition=case,
        actor=offices.actor("petition_officer"),
        ground=Ground.OTHER,
        ground_text="回访未接通",
        demand="请三日内上门。",
    )
    urgency.raise_urgency(
        petition=case, actor=offices.actor("petition_officer"), urgency=Urgency.GRAVE, reason="可能聚集"
    )
    case = fresh(case)
    letter = draft(case, K.SUPERVISION, "petition_officer")
    assert letter.paper.fields["demand"] == "请三日内上门。" and empty(letter) == set()
    assert (
        "10 分钟首次回应已于" in letter.paper.fields["problem"]
        and "回访未接通" in letter.paper.fields["problem"]
    )
    assert empty(draft(case, K.SUPPLEMENT, token="a")) == {"missing_items", "due_on"}
    assert empty(draft(case, K.URGENT_REPORT, "petition_officer")) == {"trend", "measures"}


@pytest.mark.article(25)
def test_the_urgent_report_goes_to_the_district_by_its_name_and_on_to_the_national_administration(
    lately, draft, offices
):
    from petitions.services import urgency

    district = offices.units.district
    district.name = "滨河区"
    district.save(update_fields=["name"])
    case = lately()
    urgency.raise_urgency(
        petition=case, actor=offices.actor("petition_officer"), urgency=Urgency.GRAVE, reason="可能聚集"
    )
    fields = draft(fresh(case), K.URGENT_REPORT, "petition_officer").paper.fields
    assert fields["to"] == "滨河区"
    for named in ("滨河区党委、政府", "滨河区信访工作联席会议办公室", "上级信访部门", "国家信访局"):
        assert named in fields["recipients"]
    assert "县" not in fields["recipients"]


@pytest.mark.article(23)
def test_what_the_law_asks_for_stays_asked_for_at_the_door_of_the_room_below(lately, draft, bring, offices):
    row = bring(draft(fresh(lately()), K.ACCEPTANCE), "draft")
    paper = check(actor=offices.actor("unit_head"), paper=row.paper)
    paper = approve(actor=offices.actor("unit_head"), paper=paper)
    assert issue(actor=offices.actor("handler"), paper=paper).number.endswith("1号")


def test_a_supplement_notice_says_what_the_petitioner_was_asked_for(lately, draft, offices):
    from papers.selectors import wanted
    from petitions.services import asking

    case, handler = lately(), offices.actor("handler")

    def asked():
        return [one.asked for one in wanted(fresh(case), handler) if one.kind == K.SUPPLEMENT]

    assert asked() == [False]
    day = local_day(now()) + timedelta(days=7)
    asking.request_material(
        petition=case, actor=handler, items="房产证复印件。", how="当面交到我单位。", due_on=day
    )
    assert asked() == [True]
    row = draft(fresh(case), K.SUPPLEMENT, token="s")
    assert row.paper.fields["missing_items"] == "房产证复印件。" and empty(row) == set()
    assert row.paper.fields["how"] == "当面交到我单位"
    assert row.paper.fields["due_on"] == f"{day.year}年{day.month}月{day.day}日"
    assert asked() == [False], "what was drafted is not asked for again"


@pytest.mark.article(22)
def test_the_closing_report_takes_the_words_of_the_last_report_that_was_sent(make_case, draft, offices):
    from papers.selectors import wanted
    from petitions.enums import Outcome
    from petitions.services import answering, reporting
    from tests.cases import REPORT

    case, handler = make_case(at=now() - timedelta(hours=8)), offices.actor("handler")
    officer, today = offices.actor("petition_officer"), local_day(now())
    forwarding.assign(
        petition=case,
        actor=officer,
        unit=offices.units.urban,
        feedback_due_on=today + timedelta(days=20),
        demand="请依法处理。",
    )
    forwarding.accept(petition=case, actor=handler, kind=Kind.APPEAL, path=Path.PETITION)
    outcomes = {one.pk: (Outcome.SUPPORTED, "支持") for one in case.requests.all()}
    answering.conclude(
        petition=case, actor=handler, text="已查明。", basis="《噪声污染防治法》", outcomes=outcomes
    )
    reporting.send_report(petition=case, actor=handler, **REPORT)
    reporting.decide_report(
        petition=case, actor=officer, accept=False, decision="请写明次数。", due_on=today + timedelta(days=5)
    )
    reporting.send_report(petition=case, actor=handler, **(REPORT | {"handling": "到现场五次。"}))
    row = draft(fresh(case), K.CLOSING_REPORT)
    assert empty(row) == set()
    assert row.paper.fields["handling"] == "到现场五次。"
    assert row.paper.fields["attitude"] == REPORT["attitude"] and row.paper.fields["phone"] == REPORT["phone"]
    assert all(one.kind != K.CLOSING_REPORT for one in wanted(fresh(case), handler))


class TestSimplified:
    """简易办理答复 says how to ask for the ordinary procedure, and for 复查."""

    @pytest.fixture
    def answered(self, lately, offices):
        case = lately(Status.CONCLUDED)
        Petition.objects.filter(pk=case.pk).update(simplified=True)
        Reply.objects.filter(petition=case).update(kind="reply")
        return Petition.objects.get(pk=case.pk)

    @pytest.mark.article(35)
    def test_it_names_what_can_be_done_against_it(self, answered, draft):
        remedy = draft(answered, K.SIMPLE_REPLY).paper.fields["remedy"]
        assert "按普通程序办理" in remedy and "30日内，向清江县" in remedy and "请求复查" in remedy

    def test_the_district_s_own_wording_without_a_place_for_it_is_drafted(self, answered, draft):
        PaperTemplate.objects.filter(kind=K.SIMPLE_REPLY, version=2).delete()
        PaperTemplate.objects.filter(kind=K.SIMPLE_REPLY).update(valid_until=None)
        assert "remedy" not in draft(answered, K.SIMPLE_REPLY).paper.fields
