"""去标识 empties a case's papers as well, and nothing else may."""

import pytest
from django.db import InternalError, connection, transaction

from accounts.actor import Actor
from core.errors import Refusal
from documents.freezing import faults
from documents.models import Delivery, Paper, PaperFrozen
from documents.services import printed
from papers.models import CasePaper
from petitions.archive_enums import ArchiveClass
from petitions.models import ArchiveFile
from petitions.services import archiving, following
from petitions.tests.archive_world import OVER, decide, propose
from tests.cases import carry_out

pytestmark = pytest.mark.django_db
SEALED = {
    "documents_paper": ("fields_text", "sent_back"),
    "documents_paperfrozen": ("text", "pdf"),
    "documents_delivery": ("recipient", "place", "witnesses", "proof"),
}


def stored():
    with connection.cursor() as cursor:
        found = []
        for table, columns in SEALED.items():
            cursor.execute(f"SELECT {', '.join(columns)} FROM {table}")
            found += [bytes(value) for row in cursor.fetchall() for value in row]
        return found


@pytest.fixture
def old(opinion, hand_over, offices):
    """A closed case, its opinion served on paper, whose term is over."""
    row = opinion()
    hand_over(row, place="柳湾村8号", proof="当面签收")
    case = row.petition
    case.refresh_from_db()
    following.close(petition=case, actor=Actor.system())
    carry_out(case)
    archiving.file_closed(OVER)
    ArchiveFile.objects.filter(petition=case).update(
        over_on=OVER.date(),
        archive_class=ArchiveClass.TEN,
        by_hand=True,
        class_by=offices.petition_officer,
        class_reason="按期限表",
    )
    return row


def anonymise(row, offices):
    propose(offices, row.petition)
    decide(row.petition, offices.actor("office_head"))
    return Paper.objects.get(pk=row.paper_id)


def test_texts_file_and_whom_it_was_served_on_go_and_number_days_and_hash_stay(old, offices):
    before = Paper.objects.get(pk=old.paper_id)
    assert all(stored()[:1]) and "张小河" in str(before.fields)
    paper = anonymise(old, offices)
    assert set(stored()) == {b""}
    assert (paper.number, paper.served_at, paper.content_hash) == (
        before.number,
        before.served_at,
        before.content_hash,
    )
    assert paper.fields == {} and paper.forgotten_at is not None
    assert Delivery.objects.get().method == "direct"
    with pytest.raises(Refusal, match="已按档案规定去标识"):
        printed(paper)
    assert faults(paper) == ["此件的内容已按档案规定去标识，无从比对。"]


def test_its_page_opens_and_shows_nothing_of_it(old, offices, client_as):
    anonymise(old, offices)
    page = client_as(offices.petition_officer).get(old.get_absolute_url())
    assert page.status_code == 200
    said = page.content.decode()
    assert "已去标识" in said and "张小河" not in said and "柳湾村8号" not in said


@pytest.mark.parametrize(
    "rows,texts",
    [
        (Paper.objects, {"fields_text": b""}),
        (PaperFrozen.objects, {"pdf": b""}),
        (PaperFrozen.objects, {"text": b""}),
        (Delivery.objects, {"recipient": b""}),
    ],
)
def test_without_that_the_database_empties_no_issued_paper(old, rows, texts):
    with pytest.raises(InternalError, match="never changes"), transaction.atomic():
        rows.update(**texts)


def test_what_was_forgotten_is_not_brought_back_or_dated_anew(old, offices):
    anonymise(old, offices)
    for texts in ({"forgotten_at": None}, {"forgotten_at": OVER}, {"fields_text": b"12345"}):
        with pytest.raises(InternalError, match="never changes"), transaction.atomic():
            Paper.objects.update(**texts)


def test_if_it_fails_nothing_of_it_happens(old, offices, monkeypatch):
    def fail(**_what):
        raise RuntimeError

    monkeypatch.setattr("papers.services.archives.forget_papers", fail)
    propose(offices, old.petition)
    with pytest.raises(RuntimeError):
        decide(old.petition, offices.actor("office_head"))
    assert all(stored()[:1]) and CasePaper.objects.get(pk=old.pk).petition.persons.get().name == "张小河"
