"""The petitioner reads what was served on them, and nothing else."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from core.timekeeping import now
from documents.enums import ServiceMethod
from documents.models import Paper
from petitions.enums import Status
from petitions.models import Petition
from petitions.services import codes, sealing

pytestmark = pytest.mark.django_db


def visitor(case, token):
    client = Client()
    wanted = {"number": case.number, "code": codes.query_code(token)}
    assert client.post(reverse("petitions:query"), wanted).status_code == 302
    return client


def address(row):
    return reverse("papers:mine_paper", args=[Paper.objects.get(pk=row.paper_id).key])


@pytest.fixture
def own(opinion):
    """An opinion that was issued, and a client of whoever filed the case."""
    token = codes.new_token()
    row = opinion(token=token)
    return row, visitor(row.petition, token)


@pytest.mark.article(32)
def test_what_was_served_is_listed_with_its_number_and_opens_as_issued(own, hand_over):
    row, client = own
    mine = reverse("petitions:mine")
    assert "给您的文书" not in client.get(mine).content.decode()
    assert client.get(address(row)).status_code == 404
    hand_over(row, tried_at=now())
    page = client.get(mine).content.decode()
    assert "给您的文书" in page and Paper.objects.get(pk=row.paper_id).number in page
    answer = client.get(address(row))
    assert answer["Content-Type"] == "application/pdf" and b"".join(answer)[:5] == b"%PDF-"
    assert AuditEntry.objects.filter(act="paper.own").count() == 1


def test_a_notice_that_counts_later_is_read_from_then_on(own, hand_over):
    row, client = own
    hand_over(row, method=ServiceMethod.PUBLIC, tried_at=now(), proof="在政府网站公告")
    assert client.get(address(row)).status_code == 404


def test_others_and_visitors_without_a_code_find_nothing(own, hand_over, lately):
    row, _client = own
    hand_over(row, tried_at=now())
    token = codes.new_token()
    other = visitor(lately(Status.ACCEPTED, token=token), token)
    assert other.get(address(row)).status_code == 404
    assert Client().get(address(row)).status_code == 302


def test_of_a_case_sealed_since_nothing_is_shown(own, hand_over, cast):
    row, client = own
    hand_over(row, tried_at=now())
    case = Petition.objects.get(pk=row.petition_id)
    sealing.seal(petition=case, actor=cast.actor("petition_officer"), reason="反映的是违纪")
    assert client.get(address(row)).status_code == 404
