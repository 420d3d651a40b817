"""Whoever is refused is on record, though nothing else was written."""

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry, Post
from core.errors import Refusal
from petitions.enums import Act, Kind
from petitions.views import acts

pytestmark = pytest.mark.django_db


@pytest.fixture
def refused(db):
    """The entries of refusals since the last call."""
    last = 0

    def new():
        nonlocal last
        rows = list(AuditEntry.objects.filter(outcome="refused", pk__gt=last).order_by("pk"))
        last = rows[-1].pk if rows else last
        return [(row.user, row.act, row.object_type, row.object_id, row.detail["door"]) for row in rows]

    return new


CASE = "petitions.petition"


def test_an_act_that_is_not_ones_own_is_on_record_looked_at_and_sent(cast, client_as, make_case, refused):
    case, handler = make_case(until="accepted"), client_as(cast.handler)
    refused()
    door = reverse("petitions:act", args=[case.number, "agree_lowering"])
    for send in (handler.get, handler.post):
        assert send(door).status_code == 403
        entry = (cast.handler, "request.forbidden", CASE, case.number, "petitions:act")
        assert refused() == [entry]


def test_a_page_of_another_role_is_on_record(cast, client_as, refused):
    client = client_as(cast.handler)
    refused()
    assert client.get(reverse("accounts:audit_log")).status_code == 403
    assert refused() == [(cast.handler, "request.forbidden", "", "", "accounts:audit_log")]


def test_an_administrator_at_a_case_is_on_record(cast, client_as, make_case, refused):
    case, client = make_case(), client_as(cast.sysadmin)
    refused()
    assert client.get(case.get_absolute_url()).status_code == 403
    assert refused() == [(cast.sysadmin, "request.forbidden", CASE, case.number, "petitions:detail")]


def test_hidden_sealed_and_missing_cases_are_on_record_alike(cast, client_as, make_case, refused):
    client = client_as(cast.outsider)
    hidden, sealed = make_case(), make_case.registered(kind=Kind.ACCUSATION).petition
    costs = set()
    for number in (hidden.number, sealed.number, "339999-2026-9999999"):
        refused()
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("petitions:detail", args=[number])).status_code == 404
        costs.add(len(asked))
        assert refused() == [(cast.outsider, "request.not_found", CASE, number, "petitions:detail")]
    assert len(costs) == 1


def test_what_is_no_number_of_a_case_is_not_repeated(cast, client_as, refused):
    client = client_as(cast.outsider)
    refused()
    for words in ("110101199003074514", "13800001234", "ZhangXiaohe"):
        assert client.get(reverse("petitions:detail", args=[words])).status_code == 404
    assert {entry[3] for entry in refused()} == {""}


def test_somebody_without_a_post_and_a_stranger(cast, client_as, refused):
    client = client_as(cast.handler)
    Post.objects.filter(user=cast.handler).update(valid_until="2021-01-01")
    refused()
    assert client.get(reverse("petitions:list")).status_code == 403
    assert refused() == [(cast.handler, "request.forbidden", "", "", "petitions:list")]
    Client().get("/mine/attachment/00000000-0000-4000-8000-000000000000/")
    assert refused() == []


def test_a_masked_field_refused_is_written_once_by_its_own_page(cast, client_as, make_case):
    case, client = make_case(), client_as(cast.statistician)
    person = case.persons.first()
    before = AuditEntry.objects.filter(outcome="refused").count()
    answer = client.get(reverse("petitions:reveal", args=[case.number, person.ordinal]))
    assert answer.status_code in {403, 404}
    assert AuditEntry.objects.filter(outcome="refused").count() == before + 1


@pytest.mark.django_db(transaction=True)
def test_the_entry_outlives_the_act_that_was_rolled_back(cast, client_as, make_case, monkeypatch):
    case, client = make_case(until="accepted"), client_as(cast.handler)
    events = case.events.count()

    @transaction.atomic
    def refuse(*, petition, **data):
        petition.events.create(act="note", at=petition.registered_at)
        raise Refusal("这一步不由您办。", code="forbidden")

    form = acts.DOORS[Act.NOTE].form
    monkeypatch.setitem(acts.DOORS, Act.NOTE, acts.Door(form, refuse))
    answer = client.post(
        reverse("petitions:act", args=[case.number, "note"]), {"text": "已到现场看过", "token": "t" * 32}
    )
    assert answer.status_code == 403
    assert case.events.count() == events
    assert AuditEntry.objects.filter(act="request.forbidden", object_id=case.number).count() == 1


def test_the_auditor_reads_it_in_words(cast, client_as):
    client_as(cast.handler).get(reverse("accounts:audit_log"))
    page = client_as(cast.auditor).get(reverse("accounts:audit_log")).content.decode()
    assert "无权打开或办理，已拒绝" in page and "页面" in page
