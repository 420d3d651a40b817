"""The pages of executions: what they show, to whom, and what a wrong form leaves as it was."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actor import Actor
from core.timekeeping import han_date, local_day, now
from outcomes.enums import ExecutionState
from outcomes.services import executing
from petitions.enums import Status
from petitions.services import amending, codes
from petitions.services.registering import NewPerson

pytestmark = pytest.mark.django_db
NAME = "宇文静水"


def url(row, act=""):
    return reverse(f"outcomes:execution{act}", args=[row.petition.number, row.pk])


def test_a_unit_reports_and_an_officer_confirms_on_the_page(answered, client_as, cast):
    _case, row = answered()
    handler, officer = client_as(cast.handler), client_as(cast.petition_officer)
    page = handler.get(url(row)).content.decode()
    assert "反馈执行情况" in page and "核实执行情况" not in page
    sent = handler.post(url(row, "_report"), {"text": "已立牌。", "done_on": local_day(now())})
    assert sent.status_code == 302
    assert "已立牌。" in officer.get(url(row)).content.decode()
    answer = officer.post(url(row, "_confirm"), {"done": "yes", "word": "到现场看过。"})
    row.refresh_from_db()
    assert answer.status_code == 302 and row.state == ExecutionState.DONE


def test_a_wrong_form_keeps_what_was_typed_and_changes_nothing(reported, client_as, cast):
    _case, row = reported()
    answer = client_as(cast.petition_officer).post(
        url(row, "_confirm"), {"done": "no", "word": "牌子没有立，仍在营业。"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "牌子没有立，仍在营业。" in page and "请写明要在哪一天以前落实" in page
    row.refresh_from_db()
    assert row.state == ExecutionState.REPORTED


@pytest.mark.parametrize(
    "nonsense", [{}, {"done": "maybe"}, {"done": "no", "due_on": "2026-02-31", "word": "x"}]
)
def test_forged_forms_are_refused_with_words(reported, client_as, cast, nonsense):
    _case, row = reported()
    assert client_as(cast.petition_officer).post(url(row, "_confirm"), nonsense).status_code == 422


@pytest.mark.article(32)
def test_the_petitioner_reads_in_plain_words_what_is_promised_and_done(make_case, cast):
    token = codes.new_token()
    case = make_case(until=Status.SERVED, at=now() - timedelta(days=1), token=token)
    row, mine = case.executions.get(), Client()
    mine.post(reverse("petitions:query"), {"number": case.number, "code": codes.query_code(token)})

    def page():
        return mine.get(reverse("petitions:mine")).content.decode()

    assert "以前落实" in page() and "还没有落实" not in page()
    executing.report(execution=row, actor=cast.actor("handler"), text="内部写法", done_on=local_day(now()))
    assert "正在核实" in page() and "内部写法" not in page()
    executing.confirm(execution=row, actor=cast.actor("petition_officer"), done=True, word="看过")
    assert "已落实" in page()


@pytest.mark.article(30)
def test_whoever_must_not_know_the_petitioner_reads_the_texts_without_the_name(answered, client_as, cast):
    _case, row = answered(
        confidential=True,
        persons=[NewPerson(name=NAME)],
        requests=[f"请给{NAME}家修路"],
        subject=f"{NAME}家门前",
    )
    executing.report(
        execution=row, actor=cast.actor("handler"), text=f"{NAME}家已通路。", done_on=local_day(now())
    )
    for address in (url(row), reverse("outcomes:executions"), row.petition.get_absolute_url()):
        page = client_as(cast.handler).get(address).content.decode()
        assert NAME not in page and row.petition.number in page
    assert NAME in client_as(cast.petition_officer).get(url(row)).content.decode()


def test_strangers_learn_nothing(answered, client_as, cast):
    case, row = answered()
    stranger = client_as(cast.outsider)
    assert stranger.get(url(row)).status_code == 404
    assert case.number not in stranger.get(reverse("outcomes:executions")).content.decode()


def test_the_list_needs_the_same_queries_for_one_row_and_for_three(answered, client_as, cast):
    client, counts = client_as(cast.handler), []
    for _round in range(3):
        answered(confidential=True)
        client.get(reverse("outcomes:executions"))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("outcomes:executions")).status_code == 200
        counts.append(len(asked))
    assert len(set(counts)) == 1


def test_the_views_of_the_list(reported, client_as, cast):
    case, _row = reported()
    officer = client_as(cast.petition_officer)
    shown = {
        view: case.number in officer.get(reverse("outcomes:executions"), {"view": view}).content.decode()
        for view in ("open", "late", "ended", "nonsense")
    }
    assert shown == {"open": True, "late": False, "ended": False, "nonsense": True}


@pytest.mark.article(27, 32)
def test_before_a_case_is_closed_what_is_not_carried_out_yet_is_named(answered, client_as, cast):
    case, row = answered(until=Status.EVALUATED)
    client, address = client_as(cast.petition_officer), f"{case.get_absolute_url()}act/close/"
    words = f"诉求 {row.request.ordinal}（待执行，期限 {han_date(row.due_on)}）"
    page = client.get(address).content.decode()
    assert words in page and "支持的诉求还没有落实完" in page
    executing.report(execution=row, actor=cast.actor("handler"), text="已立牌。", done_on=local_day(now()))
    assert "（待核实，" in client.get(address).content.decode()
    row.refresh_from_db()
    executing.confirm(execution=row, actor=cast.actor("petition_officer"), done=True, word="看过。")
    assert "还没有落实完" not in client.get(address).content.decode()


def test_what_the_paper_of_the_answer_says_is_carried_out(answered):
    case, row = answered(until=Status.CONCLUDED)
    amending.amend(
        petition=case,
        actor=Actor.system(),
        text=case.reply.text,
        basis=case.reply.basis,
        opinions={row.request_id: "夜市九点收摊。"},
        number="清城〔2026〕1号",
        at=now(),
    )
    row.refresh_from_db()
    assert row.what == "夜市九点收摊。"
