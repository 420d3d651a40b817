"""From the draft to the archive: each step by whom it belongs to, in its order, complete."""

from datetime import timedelta

import pytest

from accounts.actor import Actor
from accounts.models import AuditEntry
from core.errors import Refusal
from documents.enums import PaperKind, PaperState
from documents.models import Paper, PaperTemplate
from documents.rendering import content_of
from documents.rules import require_complete
from documents.services import (
    approve,
    archive,
    check,
    correct,
    draft,
    issue,
    revise,
    send_back,
    set_word,
)
from documents.shipped import SHEETS
from documents.tests.worlds import ACCEPTANCE, AT, OPINION

pytestmark = pytest.mark.django_db


def test_a_notice_is_drafted_checked_signed_numbered_and_logged(make_paper, cast):
    paper = Paper.objects.get(pk=make_paper("issued", about="petition:7").pk)
    assert paper.number == "清城告〔2026〕1号"
    assert paper.state == PaperState.ISSUED and len(paper.content_hash) == 64
    assert (paper.drafted_by, paper.checked_by, paper.approved_by) == (
        cast.handler,
        cast.unit_head,
        cast.unit_head,
    )
    acts = AuditEntry.objects.filter(object_type="documents.paper", object_id=str(paper.pk))
    assert list(acts.order_by("id").values_list("act", flat=True)) == [
        "paper.draft",
        "paper.check",
        "paper.approve",
        "paper.issue",
    ]
    assert acts.get(act="paper.issue").detail["hash"] == paper.content_hash


@pytest.mark.parametrize("who", ["outsider", "handler2", "auditor", "statistician", "leader"])
def test_nobody_from_elsewhere_drafts_for_a_unit(who, cast, urban):
    with pytest.raises(Refusal) as refused:
        draft(actor=cast.actor(who), unit=urban, kind=PaperKind.ACCEPTANCE, fields=ACCEPTANCE, at=AT)
    assert refused.value.code == "forbidden" and not Paper.objects.exists()


def test_the_drafter_neither_checks_nor_signs(cast, urban):
    head = cast.actor("unit_head")
    paper = draft(actor=head, unit=urban, kind=PaperKind.ACCEPTANCE, fields=ACCEPTANCE, at=AT)
    with pytest.raises(Refusal, match="不能核自己的稿"):
        check(actor=head, paper=paper)
    check(actor=cast.actor("handler"), paper=paper, at=AT)
    with pytest.raises(Refusal, match="不能签发自己拟的文书"):
        approve(actor=head, paper=paper)
    assert approve(actor=cast.actor("leader"), paper=paper, at=AT).approved_by == cast.leader


def test_a_handler_does_not_sign_and_a_major_paper_waits_for_a_leader(make_paper, cast):
    paper = make_paper("checked", major=True)
    for who in ("handler", "unit_head", "unit_head2", "inspector"):
        with pytest.raises(Refusal) as refused:
            approve(actor=cast.actor(who), paper=paper, at=AT)
        assert refused.value.code == "forbidden"
    assert approve(actor=cast.actor("leader"), paper=paper, at=AT).state == PaperState.APPROVED


def test_steps_out_of_order_are_refused(make_paper, cast):
    paper, head = make_paper(), cast.actor("unit_head")
    with pytest.raises(Refusal, match="须先核稿"):
        approve(actor=head, paper=paper)
    with pytest.raises(Refusal, match="签发后才能编号"):
        issue(actor=head, paper=paper)
    with pytest.raises(Refusal, match="已印发的文书才能归档"):
        archive(actor=head, paper=paper)
    issued = make_paper("issued")
    for step in (check, approve, issue):
        with pytest.raises(Refusal):
            step(actor=head, paper=issued)
    with pytest.raises(Refusal, match="印发后不能修改"):
        revise(actor=head, paper=issued, fields=ACCEPTANCE)
    with pytest.raises(Refusal, match="印发后不能修改"):
        send_back(actor=head, paper=issued, note="再改")


def test_what_is_revised_or_sent_back_is_checked_and_signed_anew(make_paper, cast):
    paper, head = make_paper("approved"), cast.actor("unit_head")
    with pytest.raises(Refusal, match="退回的理由"):
        send_back(actor=head, paper=paper, note=" ")
    back = send_back(actor=head, paper=paper, note="查询方式写错了")
    back = Paper.objects.get(pk=back.pk)
    assert (back.state, back.checked_by, back.approved_at) == (PaperState.DRAFT, None, None)
    assert back.sent_back == "查询方式写错了"
    mended = revise(actor=head, paper=back, fields=ACCEPTANCE | {"query_way": "拨打电话查询。"}, at=AT)
    assert mended.drafted_by == cast.unit_head and mended.sent_back == ""
    with pytest.raises(Refusal, match="不能核自己的稿"):
        check(actor=head, paper=mended)


REQUIRED = [
    (sheet.kind, spec.name, spec.label, spec.basis)
    for sheet in SHEETS
    for spec in sheet.fields
    if spec.required
]


@pytest.mark.parametrize("kind,name,label,basis", REQUIRED)
@pytest.mark.article(22, 23, 32)
def test_what_the_law_asks_for_is_asked_for_by_name_and_article(kind, name, label, basis):
    """条例 19, 22, 23, 25, 31, 32, 34–36, 39, 40: each content of each paper, left out or blank."""
    template = PaperTemplate.objects.get(kind=kind, valid_until=None)
    full = {spec.name: "有" for spec in template.specs}
    require_complete(template, full)
    for empty in ("", []):
        with pytest.raises(Refusal) as refused:
            require_complete(template, full | {name: empty})
        assert refused.value.code == "incomplete"
        assert f"缺少“{label}”（{basis}）" in refused.value.sentence
        assert template.get_kind_display() in refused.value.sentence


@pytest.mark.parametrize("lacking", ["facts", "legal_basis", "review_body", "accepted_on"])
@pytest.mark.article(32, 34, 35)
def test_an_opinion_without_facts_basis_remedy_or_date_is_not_signed(lacking, make_paper, cast):
    """条例 32, 34, 35."""
    paper = make_paper("checked", PaperKind.OPINION, OPINION | {lacking: "  "})
    with pytest.raises(Refusal, match=r"《信访工作条例》第三十[二四五]条"):
        approve(actor=cast.actor("unit_head"), paper=paper)
    assert Paper.objects.get(pk=paper.pk).state == PaperState.CHECKED


def test_a_field_the_paper_does_not_have_is_refused(make_paper):
    with pytest.raises(Refusal, match="没有“colour”这一项"):
        make_paper(fields=ACCEPTANCE | {"colour": "红"})
    with pytest.raises(Refusal, match="“信访事项摘要”太长"):
        make_paper(fields=ACCEPTANCE | {"summary": "长" * 50_000})
    assert not Paper.objects.exists()


def test_a_slip_is_issued_by_the_system_without_signature_or_number(cast, urban):
    fields = {
        "case_number": "339999-2026-0417230",
        "registered_at": AT,
        "summary": "路灯不亮",
        "query_way": "凭查询码查询",
    }
    slip = draft(actor=Actor.system(), unit=urban, kind=PaperKind.RECEIPT, fields=fields, at=AT)
    assert issue(actor=Actor.system(), paper=slip, at=AT).number == ""
    with pytest.raises(Refusal):
        draft(actor=Actor.system(), unit=urban, kind=PaperKind.ACCEPTANCE, fields={}, at=AT)


def test_a_slip_without_its_contents_is_not_issued(cast, urban):
    handler = cast.actor("handler")
    slip = draft(actor=handler, unit=urban, kind=PaperKind.RECEIPT, fields={}, at=AT)
    with pytest.raises(Refusal, match="缺少“信访件编号”"):
        issue(actor=handler, paper=slip, at=AT)


def test_a_unit_without_a_word_gets_no_number(cast):
    handler, head = cast.actor("handler2"), cast.actor("unit_head2")
    paper = draft(actor=handler, unit=cast.units.housing, kind=PaperKind.ACCEPTANCE, fields=ACCEPTANCE, at=AT)
    approve(actor=head, paper=check(actor=head, paper=paper, at=AT), at=AT)
    with pytest.raises(Refusal, match="还没有设定机关代字"):
        issue(actor=handler, paper=paper, at=AT)
    set_word(actor=head, unit=cast.units.housing, word="清建")
    assert issue(actor=handler, paper=paper, at=AT).number == "清建〔2026〕1号"


def test_words_are_the_heads_or_administrators_and_nobody_elses_twice(cast, urban):
    for who, unit in (("handler", urban), ("unit_head", cast.units.housing)):
        with pytest.raises(Refusal) as refused:
            set_word(actor=cast.actor(who), unit=unit, word="清某")
        assert refused.value.code == "forbidden"
    with pytest.raises(Refusal, match="已在使用"):
        set_word(actor=cast.actor("sysadmin"), unit=cast.units.housing, word="清城告")
    for word in ("", "清城〔2026〕", "清 城", "12"):
        with pytest.raises(Refusal, match="机关代字请写"):
            set_word(actor=cast.actor("sysadmin"), unit=cast.units.housing, word=word)


def test_a_correction_is_a_new_paper_that_names_the_old_one(make_paper, cast):
    handler, head = cast.actor("handler"), cast.actor("unit_head")
    old = make_paper("issued")
    new = correct(actor=handler, paper=old, fields=ACCEPTANCE | {"contact": "吴敏"}, at=AT)
    assert "本件更正并代替《受理告知书》（清城告〔2026〕1号）。" in str(content_of(new)["lines"][0])
    with pytest.raises(Refusal, match="已有更正文书"):
        correct(actor=handler, paper=old, fields=ACCEPTANCE, at=AT)
    approve(actor=head, paper=check(actor=head, paper=new, at=AT), at=AT)
    new = issue(actor=handler, paper=new, at=AT)
    assert new.number == "清城告〔2026〕2号" and new.corrects == old
    assert Paper.objects.get(pk=old.pk).content_hash == old.content_hash
    with pytest.raises(Refusal, match="直接修改"):
        correct(actor=handler, paper=make_paper(), fields=ACCEPTANCE, at=AT)


def test_the_date_on_the_paper_is_the_day_it_was_signed(make_paper, cast):
    """GB/T 9704 7.3.5.4: 成文日期 is the day the head signed."""
    paper = make_paper("approved")
    issued = issue(actor=cast.actor("handler"), paper=paper, at=AT + timedelta(days=3))
    assert content_of(issued)["day"] == "2026年3月5日"
    early = make_paper("approved")
    with pytest.raises(Refusal, match="不能早于签发"):
        issue(actor=cast.actor("handler"), paper=early, at=AT - timedelta(minutes=1))
