"""A draft that nobody wants is discarded, with a reason; a paper that needs a leader's word is put to one."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from core.errors import Refusal
from documents.enums import PaperKind as K
from documents.enums import PaperState
from papers.models import CasePaper
from papers.selectors import in_view, wanted
from papers.services import beside, drafting
from petitions.enums import Status
from petitions.models import Petition

pytestmark = pytest.mark.django_db


def fresh(case):
    return Petition.objects.get(pk=case.pk)


def refused(door, *words, code=None):
    with pytest.raises(Refusal) as told:
        door()
    assert all(word in told.value.sentence for word in words), told.value.sentence
    assert code is None or told.value.code == code


def discard(offices, row, who="handler", reason="拟错了对象"):
    return beside.discard(actor=offices.actor(who), row=row, reason=reason)


def test_a_discarded_draft_stays_with_its_reason_and_the_paper_is_asked_for_anew(
    lately, draft, offices, client_as
):
    case = fresh(lately())
    row = draft(case, K.ACCEPTANCE)
    assert K.ACCEPTANCE not in [one.kind for one in wanted(case, offices.actor("handler"))]
    discard(offices, row)
    row.refresh_from_db()
    assert row.paper.state == PaperState.VOID and row.discard_reason == "拟错了对象"
    assert K.ACCEPTANCE in [one.kind for one in wanted(case, offices.actor("handler"))]
    again = draft(case, K.ACCEPTANCE)
    assert again.pk != row.pk and CasePaper.objects.filter(petition=case).count() == 2
    said = client_as(offices.handler).get(row.get_absolute_url()).content.decode()
    assert "已作废" in said and "拟错了对象" in said and "保存文稿" not in said
    assert not in_view("work", offices.actor("handler")).filter(pk=row.pk).exists()
    acts = AuditEntry.objects.values_list("act", flat=True)
    assert "paper.discard" in acts


@pytest.mark.parametrize("state", ["draft", "checked", "approved"])
def test_before_it_has_a_number_it_is_discarded_at_any_point(lately, draft, bring, offices, state):
    row = bring(draft(fresh(lately()), K.ACCEPTANCE), state, checker="urban2")
    discard(offices, row, "unit_head")
    row.refresh_from_db()
    assert row.paper.state == PaperState.VOID


def test_a_numbered_paper_never_is(lately, draft, bring, offices):
    row = bring(draft(fresh(lately()), K.ACCEPTANCE), checker="urban2")
    refused(lambda: discard(offices, row), "印发后")
    row.refresh_from_db()
    assert row.paper.state == PaperState.ISSUED and row.discarded_at is None


def test_whoever_wrote_it_or_the_head_and_nobody_else(lately, draft, offices):
    row = draft(fresh(lately()), K.ACCEPTANCE)
    for who in ("urban2", "petition_officer", "leader"):
        refused(lambda who=who: discard(offices, row, who), code="forbidden")
    refused(lambda: discard(offices, row, reason="　 "), "理由")
    refused(lambda: discard(offices, row, reason="长" * 501), "最多 500 字")
    discard(offices, row, "unit_head")
    refused(lambda: discard(offices, row), "已经作废", code="stale")


def test_nothing_is_done_to_a_discarded_one(lately, draft, offices):
    row = draft(fresh(lately()), K.ACCEPTANCE)
    discard(offices, row)
    fields = row.paper.fields
    doors = (
        lambda: drafting.save(actor=offices.actor("handler"), row=row, fields=fields, revision=row.revision),
        lambda: drafting.check(actor=offices.actor("urban2"), row=row),
        lambda: drafting.approve(actor=offices.actor("unit_head"), row=row),
        lambda: drafting.issue(actor=offices.actor("handler"), row=row),
        lambda: drafting.send_back(actor=offices.actor("unit_head"), row=row, note="改"),
    )
    for door in doors:
        with pytest.raises(Refusal):
            door()
    row.refresh_from_db()
    assert row.paper.state == PaperState.VOID


def test_a_discarded_correction_lets_another_be_written(lately, draft, bring, offices):
    issued = bring(draft(fresh(lately()), K.ACCEPTANCE), checker="urban2")
    made = drafting.correct(actor=offices.actor("handler"), row=issued)
    discard(offices, made)
    again = drafting.correct(actor=offices.actor("handler"), row=issued)
    assert again.pk != made.pk and again.paper.corrects_id == issued.paper_id


def test_the_form_comes_back_when_no_reason_is_given(lately, draft, offices, client_as):
    row = draft(fresh(lately()), K.ACCEPTANCE)
    page, address = client_as(offices.handler), reverse("papers:discard", args=[row.paper.key])
    assert page.post(address, {"reason": ""}).status_code == 422
    assert page.post(address, {"reason": "重复了"}).status_code == 302
    assert client_as(offices.urban2).post(address, {"reason": "x"}).status_code == 403


def raise_it(offices, row, who="handler", *, major=True, reason="涉及面广，社会关注。"):
    return beside.put_to_leader(actor=offices.actor(who), row=row, major=major, reason=reason)


def test_put_to_a_leader_the_head_signs_no_more(lately, draft, bring, offices):
    row = bring(draft(fresh(lately()), K.ACCEPTANCE), "checked", checker="urban2")
    raise_it(offices, row)
    head, leader = offices.actor("unit_head"), offices.actor("leader")
    refused(lambda: drafting.approve(actor=head, row=row), "领导签发", code="forbidden")
    assert not in_view("sign", head).filter(pk=row.pk).exists()
    assert in_view("sign", leader).filter(pk=row.pk).exists()
    row = drafting.approve(actor=leader, row=row)
    assert row.paper.approved_by == offices.leader and row.raise_reason == "涉及面广，社会关注。"


def test_only_a_leader_says_that_the_head_signs_after_all(lately, draft, offices):
    row = draft(fresh(lately()), K.ACCEPTANCE)
    raise_it(offices, row)
    refused(lambda: raise_it(offices, row), code="forbidden")
    for who in ("handler", "unit_head", "petition_officer"):
        refused(lambda who=who: raise_it(offices, row, who, major=False), code="forbidden")
    refused(lambda: raise_it(offices, row, "leader"), "已经报领导", code="stale")
    raise_it(offices, row, "leader", major=False, reason="由局里签发即可。")
    row.refresh_from_db()
    assert not row.paper.major and row.raise_reason == "由局里签发即可。"


def test_what_is_signed_is_put_to_nobody_and_a_reason_is_asked_for(lately, draft, bring, offices):
    row = draft(fresh(lately()), K.ACCEPTANCE)
    refused(lambda: raise_it(offices, row, reason=" "), "理由")
    refused(lambda: raise_it(offices, row, "outsider"), code="not_found")
    row = bring(row, "approved", checker="urban2")
    refused(lambda: raise_it(offices, row), "已经签发", code="stale")


def test_the_leader_is_told_when_it_waits_for_one(lately, draft, offices):
    from notifications.models import Notice

    row = draft(fresh(lately()), K.ACCEPTANCE)
    raise_it(offices, row)
    drafting.save(
        actor=offices.actor("handler"), row=row, fields=row.paper.fields, revision=row.revision, submit=True
    )
    drafting.check(actor=offices.actor("urban2"), row=row)
    told = Notice.objects.filter(text__contains="等待签发").values_list("recipient__username", flat=True)
    assert "leader" in told and "unit_head" not in told


def test_the_screen_offers_it_with_its_reason(lately, draft, offices, client_as):
    row = draft(fresh(lately(Status.ACCEPTED)), K.ACCEPTANCE)
    page, address = client_as(offices.handler), reverse("papers:put_to_leader", args=[row.paper.key])
    assert "报领导签发" in page.get(row.get_absolute_url()).content.decode()
    assert page.post(address, {"reason": " "}).status_code == 422
    assert page.post(address, {"reason": "涉及多个镇"}).status_code == 302
    said = page.get(row.get_absolute_url()).content.decode()
    assert "涉及多个镇" in said and "改由单位负责人签发" not in said
    assert "改由单位负责人签发" in client_as(offices.leader).get(row.get_absolute_url()).content.decode()
