"""The pages of papers: what each shows, to whom, and what a press of a button does."""

import re

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from core.converters import scattered
from core.timekeeping import local_day, now
from documents.enums import PaperKind as K
from documents.models import Paper, PaperSeries, PaperTemplate
from papers.models import CasePaper
from papers.services import drafting
from petitions.enums import Channel, Status
from petitions.models import Petition
from petitions.services.registering import NewPerson

pytestmark = pytest.mark.django_db


def fresh(case):
    return Petition.objects.get(pk=case.pk)


def address(row, name="paper", *more):
    return reverse(f"papers:{name}", args=[row.paper.key, *more])


def typed(row, **changed):
    fields = {k: "\n".join(v) if isinstance(v, list) else v for k, v in row.paper.fields.items()}
    return fields | {"revision": row.revision} | changed


def test_the_case_page_offers_what_is_due_and_lists_what_there_is(lately, offices, client_as):
    by_letter = [NewPerson(name="张小河", address="柳湾村三组")]
    case = lately(channel=Channel.LETTER, persons=by_letter)  # whoever filed online was told by their page
    page = client_as(offices.handler)
    said = page.get(case.get_absolute_url()).content.decode()
    part = said.split('id="papers"')[1].split("</section>")[0]
    assert "待拟写" in part and "受理告知书" in part and "转送函" not in part
    answer = page.post(reverse("papers:draft", args=[case.number, "acceptance"]))
    row = CasePaper.objects.get()
    assert answer["Location"] == row.get_absolute_url()
    part = page.get(case.get_absolute_url()).content.decode().split('id="papers"')[1].split("</section>")[0]
    assert "待拟写" not in part and row.get_absolute_url() in part and "拟稿" in part


def test_a_subject_of_another_case_makes_no_paper(make_case, lately, offices, client_as):
    case, other = lately(Status.FORWARDED), lately(Status.FORWARDED)
    page, door = (
        client_as(offices.petition_officer),
        reverse("papers:draft", args=[case.number, "forwarding"]),
    )
    for subject in (scattered(other.shares.get().pk), "", "abc", "99999999999999999999"):
        assert page.post(door, {"subject": subject}).status_code == 409
    assert page.post(door, {"subject": scattered(case.shares.get().pk)}).status_code == 302
    assert CasePaper.objects.count() == 1


def test_the_page_shows_form_and_sheet_and_the_next_thing_by_role(lately, draft, bring, offices, client_as):
    row = draft(fresh(lately()), K.ACCEPTANCE)
    said = client_as(offices.handler).get(address(row)).content.decode()
    assert "data:image/png;base64," in said and "提交核稿" in said and "《信访工作条例》第二十三条" in said
    bring(row, "draft")
    said = client_as(offices.urban2).get(address(row)).content.decode()
    assert "核稿通过" in said and "退回修改" in said
    assert "核稿通过" not in client_as(offices.handler).get(address(row)).content.decode()
    drafting.check(actor=offices.actor("urban2"), row=row)
    head = client_as(offices.unit_head)
    assert ">签发<" in head.get(address(row)).content.decode()
    assert head.post(address(row, "step", "approve")).status_code == 302
    assert "编号印发" in client_as(offices.handler).get(address(row)).content.decode()


def test_saving_keeps_and_handing_in_says_what_is_missing_at_its_field(lately, draft, offices, client_as):
    row = draft(fresh(lately()), K.ACCEPTANCE)
    page = client_as(offices.handler)
    assert page.post(address(row, "save"), typed(row, summary="夜市太吵。")).status_code == 302
    row.refresh_from_db()
    answer = page.post(address(row, "save"), typed(row, time_limit="", then="submit"))
    assert answer.status_code == 422
    said = answer.content.decode()
    assert "请填写：《信访工作条例》第三十四条要求写明。" in said and "文稿已保存，但还不能提交核稿" in said
    row = CasePaper.objects.get()
    assert row.submitted_at is None and row.paper.fields["time_limit"] == ""
    assert page.post(address(row, "save"), typed(row, time_limit="60日", then="submit")).status_code == 302
    assert CasePaper.objects.get().submitted_at is not None


def test_what_another_saved_meanwhile_is_told_and_nothing_typed_is_lost(lately, draft, offices, client_as):
    row = draft(fresh(lately()), K.ACCEPTANCE)
    drafting.save(
        actor=offices.actor("unit_head"), row=row, fields=row.paper.fields | {"summary": "甲"}, revision=1
    )
    page = client_as(offices.handler)
    answer = page.post(address(row, "save"), typed(row, summary="乙乙"))
    said = answer.content.decode()
    assert answer.status_code == 409 and "赵建国" in said and "乙乙" in said
    again = int(re.search(r'name="revision" value="(\d+)"', said)[1])
    assert page.post(address(row, "save"), typed(row, summary="乙乙", revision=again)).status_code == 302
    assert Paper.objects.get().fields["summary"] == "乙乙"


def test_the_preview_shows_what_is_typed_and_keeps_nothing(lately, draft, offices, client_as):
    row = draft(fresh(lately()), K.ACCEPTANCE)
    page = client_as(offices.handler)
    one = page.post(address(row, "preview"), typed(row))
    two = page.post(address(row, "preview"), typed(row, summary="完全不同的摘要" * 40))
    assert one.status_code == two.status_code == 200 and one.content != two.content
    assert CasePaper.objects.get().revision == 1


def test_files_are_downloads_and_on_record(lately, draft, bring, offices, client_as):
    row = draft(fresh(lately()), K.ACCEPTANCE)
    page = client_as(offices.handler)
    answer = page.get(address(row, "docx"))
    assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment")
    assert page.get(address(row, "pdf")).status_code == 409
    bring(row)
    answer = page.get(address(row, "pdf"))
    body = b"".join(answer.streaming_content)
    assert body.startswith(b"%PDF") and answer["Content-Disposition"].startswith("attachment")
    assert page.get(address(row, "docx")).status_code == 409
    assert AuditEntry.objects.filter(act="paper.download", object_id=str(row.paper_id)).count() == 2


def test_several_issued_papers_come_as_one_file(lately, draft, bring, offices, client_as):
    rows = [bring(draft(fresh(lately()), K.ACCEPTANCE)) for _n in range(2)]
    page = client_as(offices.handler)
    assert 'name="key"' in page.get(reverse("papers:list") + "?view=serve").content.decode()
    answer = page.post(reverse("papers:together"), {"key": [row.paper.key for row in rows]})
    body = b"".join(answer.streaming_content)
    assert (
        answer.status_code == 200
        and body.startswith(b"%PDF")
        and answer["Content-Disposition"].startswith("attachment")
    )
    assert (
        page.post(
            reverse("papers:together"), {"key": ["kein", "00000000-0000-4000-8000-000000000000"]}
        ).status_code
        == 422
    )
    other = client_as(offices.handler2)
    assert other.post(reverse("papers:together"), {"key": [rows[0].paper.key]}).status_code == 422


def test_serving_on_the_page_asks_says_and_opens_the_window(opinion, offices, client_as):
    row = opinion()
    page = client_as(offices.handler)
    assert "张小河" in page.get(address(row)).content.decode()
    when = now().strftime("%Y-%m-%dT%H:%M:%S")
    given = {"outcome": "served", "recipient": "张小河", "tried_at": when}
    refused = page.post(address(row, "serve"), given | {"method": "electronic"})
    assert refused.status_code == 422 and "须经受送达人同意" in refused.content.decode()
    assert page.post(address(row, "serve"), given | {"method": "direct"}).status_code == 302
    assert fresh(row.petition).status == Status.SERVED
    made = page.post(address(row, "record"), {"token": "t"})
    proof = CasePaper.objects.get(kind=K.SERVICE_RECORD)
    assert made["Location"] == proof.get_absolute_url() and proof.paper.fields["recipient"] == "张小河"


def test_a_leader_signs_in_two_taps(lately, draft, bring, offices, client_as):
    row = bring(draft(fresh(lately()), K.ACCEPTANCE), "checked", checker="urban2")
    page = client_as(offices.leader)
    said = page.get(reverse("papers:list")).content.decode()
    assert address(row) in said
    assert 'class="btn btn-primary" type="submit">签发' in page.get(address(row)).content.decode()
    assert page.post(address(row, "step", "approve")).status_code == 302
    assert Paper.objects.get().approved_by == offices.leader


def test_the_lists_ask_as_much_for_three_as_for_one(
    lately, draft, bring, offices, client_as, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    page, counts = client_as(offices.unit_head), []
    page.get(reverse("papers:list"))
    for _n in range(2):
        bring(draft(fresh(lately()), K.ACCEPTANCE), "checked", checker="urban2")
        with CaptureQueriesContext(
            connection,
        ) as found:
            page.get(reverse("papers:list"))
        counts.append(len(found))
        bring(draft(fresh(lately()), K.ACCEPTANCE), "checked", checker="urban2")
    assert counts[0] == counts[1]


def test_words_are_set_by_the_head_for_the_own_unit_and_by_the_administrator_for_all(cast, client_as):
    door = reverse("papers:words")
    unit, other = scattered(cast.units.urban.pk), scattered(cast.units.housing.pk)
    head = client_as(cast.unit_head)
    assert head.post(door, {"unit": unit, "series": "general", "word": "清城"}).status_code == 302
    assert head.post(door, {"unit": other, "series": "general", "word": "清建"}).status_code == 422
    admin = client_as(cast.sysadmin)
    assert admin.post(door, {"unit": other, "series": "notice", "word": "清建告"}).status_code == 302
    twice = admin.post(door, {"unit": other, "series": "general", "word": "清城"})
    assert twice.status_code == 422 and "已在使用" in twice.content.decode()
    assert PaperSeries.objects.count() == 2


def test_a_new_version_keeps_what_the_law_asks_for_and_holds_no_code(cast, client_as):
    page, door = client_as(cast.sysadmin), reverse("papers:template_new", args=["supplement"])
    last = PaperTemplate.objects.get(kind="supplement")
    from papers.forms import line_of

    lines = [line_of(spec) for spec in last.specs]
    day = local_day(now()).isoformat()
    good = {"title": last.title, "body": last.body, "fields_text": "\n".join(lines), "valid_from": day}
    without = [line for line in lines if not line.startswith("received_on")]
    dropped = page.post(
        door, good | {"body": last.body.replace("{received_on}", ""), "fields_text": "\n".join(without)}
    )
    assert dropped.status_code == 422 and "received_on" in dropped.content.decode()
    code = page.post(door, good | {"body": last.body + "\n{% for x in y %}"})
    assert code.status_code == 422 and "不能写公式" in code.content.decode()
    assert page.post(door, good | {"fields_text": "to"}).status_code == 422
    assert PaperTemplate.objects.filter(kind="supplement").count() == 1
    assert page.post(door, good).status_code == 302
    assert PaperTemplate.objects.filter(kind="supplement").count() == 2
