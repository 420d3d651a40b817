"""What was issued never changes, and it is seen when it did."""

import base64

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError
from django.test import override_settings

from core.errors import Refusal
from core.sealing import Unreadable
from core.sealing.rotating import rotate, sealed_models, waiting
from documents.enums import PaperKind, PaperState
from documents.freezing import faults, printed_of
from documents.models import Delivery, Paper, PaperFrozen, PaperTemplate
from documents.services import printed
from documents.tests.worlds import ACCEPTANCE, AT

pytestmark = pytest.mark.django_db
TWO_KEYS = "1:dGVzdC1vbmx5LWRhdGEta2V5LW9mLTMyLWJ5dGVzISE 2:dGVzdC1vbmx5LWRhdGEta2V5LTItb2YtMzItYnl0ZXM"


def run(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.fixture
def unguarded():
    """What only who owns the database can do: the triggers rest while somebody changes a row by hand."""

    def change(sql, *values):
        run("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("documents_paper", "documents_paperfrozen", "documents_papertemplate"):
            run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        run(sql, *values)
        for table in ("documents_paper", "documents_paperfrozen", "documents_papertemplate"):
            run(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    return change


@pytest.mark.parametrize(
    "change",
    [
        "serial = 9",
        "word = '清假'",
        "content_hash = repeat('0', 64)",
        "issued_at = issued_at - interval '1 day'",
        "approved_by_id = drafted_by_id",
        "about = 'petition:9'",
        "state = 'draft'",
        "state = 'approved', issued_at = NULL, content_hash = ''",
        "fields_text = ''",
        "fields_text = set_byte(fields_text, 40, 0)",
        "fields_text = set_byte(fields_text, 1, 0)",
    ],
)
def test_no_sql_changes_an_issued_paper(change, make_paper):
    paper = make_paper("issued")
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        run(f"UPDATE documents_paper SET {change} WHERE id = %s", paper.pk)
    assert faults(paper) == []


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM documents_paper",
        "DELETE FROM documents_paperfrozen",
        "TRUNCATE documents_paper CASCADE",
        "UPDATE documents_paperfrozen SET pdf = ''",
        "UPDATE documents_paperfrozen SET text = set_byte(text, 30, 1)",
        "UPDATE documents_papertemplate SET body = '特此告知。' WHERE kind = 'acceptance'",
        "DELETE FROM documents_papertemplate WHERE kind = 'acceptance'",
    ],
)
def test_neither_paper_nor_file_nor_template_is_taken_away(sql, make_paper):
    make_paper("issued")
    run("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError), transaction.atomic():
        run(sql)


def test_the_orm_does_not_change_it_either(make_paper):
    paper = Paper.objects.get(pk=make_paper("issued").pk)
    paper.fields_text = paper.fields_text.replace("张䶮", "李四")
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        paper.save()
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Paper.objects.update(major=True)
    with pytest.raises(ProtectedError), transaction.atomic():
        Paper.objects.all().delete()
    assert Paper.objects.get().fields["to"] == "张䶮"


def test_drafts_still_change_and_go(make_paper):
    paper = make_paper()
    Paper.objects.filter(pk=paper.pk).update(major=True)
    Paper.objects.filter(pk=paper.pk).delete()
    assert not Paper.objects.exists()


def test_a_whole_paper_has_no_fault_and_the_same_file_each_time(make_paper):
    paper = make_paper("issued")
    assert faults(paper) == []
    assert printed(paper).pdf == printed(paper).pdf
    assert printed(paper).pdf.startswith(b"%PDF-1.7")


def test_bytes_changed_behind_the_triggers_are_found(make_paper, unguarded):
    paper = make_paper("issued")
    unguarded("UPDATE documents_paperfrozen SET pdf = set_byte(pdf, 100, (get_byte(pdf, 100) # 1))")
    assert faults(paper) == ["文书内容或文件与印发时不一致。"]
    with pytest.raises(Refusal, match="与印发时不一致"):
        printed(Paper.objects.get(pk=paper.pk))


@pytest.mark.parametrize(
    "sql,said",
    [
        ("UPDATE documents_paper SET serial = 77", "number"),
        ("UPDATE documents_paper SET approved_at = approved_at - interval '9 days'", "approved"),
        ("UPDATE documents_papertemplate SET body = body || '。' WHERE kind = 'acceptance'", "template"),
        ("UPDATE documents_paper SET content_hash = repeat('a', 64)", "文书内容或文件"),
    ],
)
def test_facts_changed_behind_the_triggers_are_found_by_name(sql, said, make_paper, unguarded):
    paper = make_paper("issued")
    unguarded(sql)
    assert len(faults(paper)) == 1 and said in faults(paper)[0]


def test_another_file_sealed_rightly_is_still_not_the_file(make_paper, unguarded):
    """Even who has the keys cannot put another file under the hash."""
    paper = make_paper("issued")
    frozen = paper.frozen
    frozen.pdf = base64.b64encode(b"%PDF-1.7 another").decode()
    sealed = PaperFrozen._meta.get_field("pdf").pre_save(frozen, False)
    unguarded("UPDATE documents_paperfrozen SET pdf = %s", sealed)
    with pytest.raises(Unreadable):
        printed_of(Paper.objects.get(pk=paper.pk))


def test_names_are_sealed_in_every_table_of_the_room(make_paper):
    make_paper("issued")
    make_paper("checked", PaperKind.OPINION)
    for table in ("paper", "paperfrozen", "delivery", "paperseries", "papercounter"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT t::text FROM documents_{table} t")
            rows = "\n".join(row[0] for row in cursor.fetchall())
        for value in ("张䶮", "阿依古丽", ACCEPTANCE["phone"], "夜市", "%PDF"):
            assert value not in rows and value.encode().hex() not in rows


def test_keys_are_rotated_under_issued_papers(make_paper):
    paper = make_paper("issued")
    assert {Paper, PaperFrozen, Delivery} <= set(sealed_models())
    with override_settings(DATA_KEYS=TWO_KEYS):
        assert waiting(Paper) == waiting(PaperFrozen) == 1
        assert [sum(rotate(model)) for model in (Paper, PaperFrozen)] == [1, 1]
        assert waiting(Paper) == waiting(PaperFrozen) == 0
        assert faults(paper) == []


def test_equal_papers_have_unequal_hashes(make_paper):
    """A salt: a short paper's names cannot be guessed from its hash."""
    one, other = (make_paper("issued") for _ in range(2))
    assert one.content_hash != other.content_hash


def test_a_paper_of_an_old_template_keeps_its_words(make_paper):
    paper = make_paper("issued")
    PaperTemplate.objects.filter(kind=PaperKind.ACCEPTANCE, version=1).update(valid_until=AT.date())
    assert faults(paper) == [] and Paper.objects.get().state == PaperState.ISSUED
