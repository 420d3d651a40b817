"""Who may do what to a case's paper, in which order, and what is told and refused."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry
from core.errors import Refusal
from core.timekeeping import local_day, now
from documents.enums import PaperKind as K
from documents.models import Paper
from notifications.models import Notice
from papers import due, rules
from papers.enums import Step
from papers.models import CasePaper
from papers.selectors import in_view, papers_on, wanted
from papers.services import drafting
from petitions.enums import Kind, RecusalGround, Status
from petitions.models import Petition
from petitions.services import recusing, sealing

pytestmark = pytest.mark.django_db
STAFF = (
    "clerk", "petition_officer", "handler", "handler2", "unit_head", "unit_head2", "leader", "leader2", "mediator",
    "inspector", "statistician", "discipline_officer", "sysadmin", "secadmin", "auditor", "outsider",
)  # fmt: skip


def fresh(case):
    return Petition.objects.get(pk=case.pk)


def readers(row, cast):
    return {who for who in STAFF if rules.reads(row, cast.actor(who))}


def writers(case, cast, kind):
    found = next((one for one in due.papers_of(fresh(case)) if one.kind == kind), None)
    return {who for who in STAFF if found and rules.may_draft(found, fresh(case), cast.actor(who))}


OPEN = {"clerk", "petition_officer", "handler", "unit_head", "leader", "inspector", "statistician"}


def test_an_open_case_s_papers_are_read_by_its_readers_and_written_by_the_unit(lately, draft, offices):
    row = draft(fresh(lately()), K.ACCEPTANCE)
    assert readers(row, offices) == OPEN
    case = lately()
    assert writers(case, offices, K.ACCEPTANCE) == {"handler", "unit_head"}
    office = {"clerk", "petition_officer", "inspector"}
    assert writers(case, offices, K.FORWARDING) == office


def test_of_a_confidential_case_the_unit_s_paper_names_nobody(lately, draft, offices):
    case = fresh(lately(confidential=True))
    row = draft(case, K.ACCEPTANCE)
    assert "张小河" not in str(row.paper.fields) and row.paper.fields["to"].startswith(case.number)
    assert not row.named and readers(row, offices) == OPEN
    with pytest.raises(Refusal, match="信访人要求保密"):
        drafting.save(
            actor=offices.actor("handler"),
            row=row,
            fields=row.paper.fields | {"to": "张小河"},
            revision=row.revision,
        )


def test_of_a_confidential_case_a_paper_that_names_the_petitioner_is_the_office_s(make_case, offices, draft):
    """The office knows; the unit that was asked before does not learn it from a paper."""
    case = fresh(make_case(until=Status.FORWARDED, at=now() - timedelta(hours=8), confidential=True))
    letter = draft(case, K.FORWARDING, "petition_officer")
    assert "张小河" not in str(letter.paper.fields) and "handler" in readers(letter, offices)
    CasePaper.objects.filter(pk=letter.pk).update(named=True)
    office = {"clerk", "petition_officer", "inspector", "statistician"}
    assert readers(letter, offices) == office
    with pytest.raises(Refusal, match="不得写出"):
        drafting.save(
            actor=offices.actor("petition_officer"),
            row=letter,
            fields=letter.paper.fields | {"note": "信访人张小河，13800001234"},
            revision=letter.revision,
        )


def test_an_accusation_has_no_standard_notices(lately, offices, make_case):
    case = lately()
    row_kinds = {one.kind for one in due.papers_of(fresh(case))}
    assert K.ACCEPTANCE in row_kinds
    sealed = fresh(make_case.registered(kind=Kind.ACCUSATION).petition)
    assert not {one.kind for one in due.papers_of(sealed)} & {
        K.ACCEPTANCE,
        K.SUPPLEMENT,
        K.REFUSAL,
        K.OPINION,
    }
    for who in STAFF:
        assert not wanted(sealed, offices.actor(who)) or who == "discipline_officer"


def test_what_was_written_before_the_seal_is_read_by_the_route_and_worked_at_by_nobody(
    lately, draft, offices
):
    case = lately()
    row = draft(fresh(case), K.ACCEPTANCE)
    sealing.seal(petition=case, actor=offices.actor("petition_officer"), reason="反映干部违纪")
    assert readers(row, offices) == {"discipline_officer"}
    for who in ("handler", "discipline_officer"):
        with pytest.raises(Refusal):
            drafting.save(
                actor=offices.actor(who), row=row, fields=row.paper.fields, revision=row.revision, submit=True
            )
    assert Paper.objects.get(pk=row.paper_id).state == "draft"


def test_whoever_is_recused_or_complained_of_has_nothing_of_it(lately, draft, offices):
    case = lately(co_units=[offices.units.housing])
    row = draft(fresh(case), K.ACCEPTANCE)
    assert "handler2" in readers(row, offices)
    recusing.recuse(petition=case, actor=offices.actor("handler"), ground=RecusalGround.INTEREST)
    assert "handler" not in readers(row, offices)
    assert "handler" not in writers(case, offices, K.SUPPLEMENT)
    with pytest.raises(Refusal) as refused:
        drafting.save(actor=offices.actor("handler"), row=row, fields={}, revision=1)
    assert refused.value.code == "not_found"
    Petition.objects.filter(pk=case.pk).update(complained_unit=offices.units.housing)
    assert "handler2" not in readers(row, offices)
    assert papers_on(fresh(case), offices.actor("handler2")) == []


def test_two_clicks_make_one_paper(lately, draft):
    case = fresh(lately())
    assert draft(case, K.ACCEPTANCE).pk == draft(case, K.ACCEPTANCE).pk
    assert draft(case, K.SUPPLEMENT, token="x").pk == draft(case, K.SUPPLEMENT, token="x").pk
    assert draft(case, K.SUPPLEMENT, token="y").pk != draft(case, K.SUPPLEMENT, token="x").pk
    assert CasePaper.objects.count() == 3 and Paper.objects.count() == 3


def test_two_people_who_revise_at_once_are_told(lately, draft, offices):
    row = draft(fresh(lately()), K.ACCEPTANCE)
    words = row.paper.fields
    first = drafting.save(
        actor=offices.actor("unit_head"), row=row, fields=words | {"query_way": "拨打电话查询。"}, revision=1
    )
    assert first.revision == 2
    with pytest.raises(Refusal, match=r"没有保存：赵建国.*改过这份文书") as refused:
        drafting.save(actor=offices.actor("handler"), row=row, fields=words, revision=1)
    assert refused.value.code == "stale"
    assert Paper.objects.get(pk=row.paper_id).fields["query_way"] == "拨打电话查询。"


def test_the_way_from_the_draft_to_the_archive_asks_each_for_their_step(
    lately, draft, bring, offices, hand_over
):
    row = draft(fresh(lately()), K.ACCEPTANCE)
    handler, other, head = (offices.actor(who) for who in ("handler", "urban2", "unit_head"))
    step = lambda who: rules.next_step(CasePaper.objects.get(pk=row.pk), who)  # noqa: E731
    assert step(handler) is Step.SUBMIT and not in_view("check", other).exists()
    with pytest.raises(Refusal, match="没有提交核稿"):
        drafting.check(actor=other, row=row)
    bring(row, "draft")
    assert step(handler) is None and step(other) is Step.CHECK
    assert in_view("check", other).count() == 1 and not in_view("check", handler).exists()
    drafting.check(actor=other, row=row)
    assert (
        step(head) is Step.APPROVE and step(offices.actor("leader")) is Step.APPROVE and step(other) is None
    )
    assert in_view("sign", head).count() == 1 and in_view("sign", offices.actor("leader")).count() == 1
    assert not in_view("sign", offices.actor("unit_head2")).exists()
    drafting.approve(actor=head, row=row)
    assert step(handler) is Step.ISSUE and in_view("issue", handler).count() == 1
    drafting.issue(actor=handler, row=row)
    assert step(handler) is Step.SERVE and in_view("serve", handler).count() == 1
    hand_over(row)
    assert step(handler) is Step.ARCHIVE
    drafting.archive(actor=handler, row=row)
    assert step(handler) is None
    told = Notice.objects.filter(dedupe_key__startswith="paper:").values_list("recipient__username", "text")
    assert {who for who, text in told if "等待核稿" in text} == {"urban2", "unit_head"}
    assert {who for who, text in told if "等待签发" in text} == {"unit_head"}
    assert {who for who, text in told if "已签发" in text} == {"handler"}


def test_an_incomplete_paper_is_neither_handed_in_nor_signed(lately, draft, offices, bring):
    row = draft(fresh(lately()), K.ACCEPTANCE)
    fields = row.paper.fields | {"query_way": " "}
    handler, head = offices.actor("handler"), offices.actor("unit_head")
    with pytest.raises(Refusal, match=r"缺少“查询方式”（《信访工作条例》第二十一条）") as refused:
        drafting.save(actor=handler, row=row, fields=fields, revision=1, submit=True)
    assert refused.value.code == "incomplete"
    row = bring(row, "checked", checker="urban2")
    paper = Paper.objects.get(pk=row.paper_id)
    paper.fields_text = "{}"
    paper.save(update_fields=["fields_text"])
    with pytest.raises(Refusal, match="第二十三条"):
        drafting.approve(actor=head, row=row)


def test_sent_back_it_is_handed_in_and_checked_anew(lately, draft, bring, offices):
    row = bring(draft(fresh(lately()), K.ACCEPTANCE), "checked", checker="urban2")
    drafting.send_back(actor=offices.actor("unit_head"), row=row, note="电话写错了")
    row = CasePaper.objects.get(pk=row.pk)
    assert row.submitted_at is None and row.paper.sent_back == "电话写错了"
    assert rules.next_step(row, offices.actor("handler")) is Step.SUBMIT
    assert Notice.objects.filter(recipient=offices.handler, text__contains="被退回").exists()


def test_the_numbers_of_two_units_run_apart_without_a_gap(lately, draft, bring, offices):
    for n in (1, 2):
        assert bring(draft(fresh(lately()), K.ACCEPTANCE)).paper.number.endswith(f"{n}号")
    case = lately()
    letter = draft(fresh(case), K.FORWARDING, "petition_officer")
    issued = bring(letter, writer="petition_officer", checker="officer2", signer="office_head")
    assert issued.paper.number == f"清信〔{local_day(now()).year}〕1号"
    assert bring(draft(fresh(case), K.ACCEPTANCE)).paper.number.endswith("3号")


def test_a_correction_is_about_the_same_and_takes_the_whole_way(lately, draft, bring, offices):
    row = bring(draft(fresh(lately()), K.ACCEPTANCE))
    new = drafting.correct(actor=offices.actor("handler"), row=row)
    assert new.correction and new.kind == row.kind and new.paper.corrects == row.paper
    assert bring(new).paper.number.endswith("2号")
    with pytest.raises(Refusal, match="已有更正文书"):
        drafting.correct(actor=offices.actor("handler"), row=row)


def test_the_database_holds_each_kind_to_its_subject(lately, draft):
    row = draft(fresh(lately()), K.ACCEPTANCE)
    share = row.petition.shares.first()
    for wrong in ({"share": share}, {"kind": K.OPINION}, {"kind": K.FORWARDING}, {"kind": K.REGISTRATION}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CasePaper.objects.filter(pk=row.pk).update(**wrong)


def test_everything_is_on_record(lately, draft, bring):
    row = bring(draft(fresh(lately()), K.ACCEPTANCE))
    acts = AuditEntry.objects.filter(object_type="documents.paper", object_id=str(row.paper_id)).order_by(
        "id"
    )
    wanted_acts = ["draft", "revise", "submit", "check", "approve", "issue"]
    assert list(acts.values_list("act", flat=True)) == [f"paper.{act}" for act in wanted_acts]
