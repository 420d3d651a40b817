"""The pages of this room: lists, one supervision, the form; what each reader finds there."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core.timekeeping import now
from petitions.services.codes import new_token
from supervision.enums import Ground, State
from supervision.models import Supervision
from supervision.services import opening

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposed(cast, fresh_case):
    def make():
        row = Supervision(
            petition=fresh_case(),
            unit=cast.units.urban,
            ground=Ground.LATE_ANSWER,
            demand="请立即办理。",
            found_at=now(),
        )
        return opening.create(row)

    return make


def test_an_inspector_confirms_with_one_tap(cast, client_as, proposed):
    row, inspector = proposed(), client_as(cast.inspector)
    page = inspector.get(reverse("supervision:list"))
    assert "确认督办" in page.content.decode()
    answer = inspector.post(reverse("supervision:confirm", args=[row.pk]))
    row.refresh_from_db()
    assert answer.status_code == 302 and row.state == State.OPEN
    assert inspector.post(reverse("supervision:confirm", args=[row.pk])).status_code == 409


def test_the_case_page_leads_to_the_form_and_shows_what_runs(cast, client_as, fresh_case, today):
    case, inspector = fresh_case(), client_as(cast.inspector)
    address = reverse("supervision:open", args=[case.number])
    step = reverse("petitions:act", args=[case.number, "supervise"])
    assert address in inspector.get(case.get_absolute_url()).content.decode()
    assert inspector.get(step).url == address and inspector.get(address).status_code == 200
    form = {
        "unit": cast.units.urban.pk,
        "ground": Ground.PERFUNCTORY,
        "demand": "请三日内上门。",
        "due_on": today + timedelta(days=3),
        "token": new_token(),
    }
    assert inspector.post(address, form).status_code == 302
    assert (
        inspector.post(address, {**form, "ground": Ground.LATE_ANSWER}).status_code == 409
    )  # the same form again
    one = Supervision.objects.get()
    for who in (cast.inspector, cast.handler, cast.leader):
        assert one.get_absolute_url() in client_as(who).get(case.get_absolute_url()).content.decode()


def test_bad_input_keeps_what_was_typed(cast, client_as, fresh_case):
    case, inspector = fresh_case(), client_as(cast.inspector)
    answer = inspector.post(
        reverse("supervision:open", args=[case.number]),
        {"unit": cast.units.dongxi.pk, "ground": "nonsense", "demand": "请三日内上门。", "due_on": "明天"},
    )
    assert answer.status_code == 422 and "请三日内上门。" in answer.content.decode()
    assert Supervision.objects.count() == 0


def test_the_unit_answers_and_the_inspector_returns_it(cast, client_as, press, today):
    one = press()
    handler, inspector = client_as(cast.handler), client_as(cast.inspector)
    assert one.get_absolute_url() in handler.get(reverse("supervision:list")).content.decode()
    form = {"measures": "已上门。", "result": "已修好。", "done_on": today}
    assert handler.post(reverse("supervision:feed_back", args=[one.pk]), form).status_code == 302
    decide = reverse("supervision:decide", args=[one.pk])
    answer = inspector.post(decide, {"accept": "no", "text": ""})
    assert answer.status_code == 422 and "退回的理由" in answer.content.decode()
    assert inspector.post(decide, {"accept": "no", "text": "没有照片。"}).status_code == 302
    one.refresh_from_db()
    assert one.state == State.OPEN
    assert "没有照片。" in handler.get(one.get_absolute_url()).content.decode()


def test_the_unit_does_not_see_how_it_is_watched(cast, client_as, press, today):
    one = press()
    inspector, handler = client_as(cast.inspector), client_as(cast.handler)
    form = {
        "mode": "phone",
        "on": today,
        "who": "罗正",
        "found": "暗访：店铺照常营业。",
        "outcome": "reached",
    }
    assert inspector.post(reverse("supervision:effort", args=[one.pk]), form).status_code == 302
    assert "暗访" in inspector.get(one.get_absolute_url()).content.decode()
    assert "暗访" not in handler.get(one.get_absolute_url()).content.decode()
    assert handler.post(reverse("supervision:effort", args=[one.pk]), form).status_code == 403


@pytest.mark.parametrize("view", ["proposed", "open", "late", "fed_back", "ended"])
def test_a_list_needs_the_same_queries_for_one_row_and_for_three(
    cast, client_as, proposed, press, answer, view, today
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def add():
        if view == "proposed":
            return proposed()
        row = press()
        if view == "fed_back":
            answer(row)
        elif view == "late":
            Supervision.objects.filter(pk=row.pk).update(due_on=today - timedelta(days=1))
        elif view == "ended":
            Supervision.objects.filter(pk=row.pk).update(state=State.CLOSED, ended_at=now())
        return row

    client, address = client_as(cast.inspector), reverse("supervision:list") + f"?view={view}"
    add()
    client.get(address)
    counts = []
    for _n in range(2):
        with CaptureQueriesContext(connection) as seen:
            client.get(address)
        counts.append(len(seen))
        add(), add()
    assert counts[0] == counts[1]
