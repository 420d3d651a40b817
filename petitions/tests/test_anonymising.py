"""去标识: what goes, what stays, and that it is all or nothing."""

import re
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.urls import reverse

from accounts.models import AuditEntry
from leaders.models import Promise, VisitRecord
from mediation.enums import ConsentHow, Side
from mediation.models import Consent, MediationCase, Party
from mediation.services.opening import open_mediation
from mediation.services.rooms import RoomCard, keep_room
from petitions.archive_enums import ArchiveAct
from petitions.enums import Status
from petitions.models import (
    ArchiveFile,
    HandlingRecord,
    Petition,
    PetitionWords,
    Reconciliation,
    Talk,
    WrittenNotice,
)
from petitions.services import anonymising, codes
from petitions.tests.archive_world import OVER, PERSON, decide, office_head, old_case, propose
from tests.mediating import agrees

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(cast):
    return office_head(cast)


def anonymised(cast, case, head, **more):
    propose(cast, case)
    decide(case, head, **more)
    return Petition.objects.get(pk=case.pk)


def stored(table, column, where):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE {where}")
        return [value if value is None else bytes(value) for (value,) in cursor.fetchall()]


def test_the_people_are_nobody_and_found_by_nothing(cast, make_case, head):
    case = anonymised(cast, old_case(cast, make_case), head)
    person = case.persons.get()
    assert (person.name, person.id_number, person.phone, person.address) == ("", "", "", "")
    assert (person.birth_on, person.id_index, person.phone_index, person.home_index) == (None,) * 4
    for column in ("name", "id_number", "phone", "address"):
        assert stored("petitions_petitionperson", column, f"petition_id = {case.pk}") == [b""]
    assert stored("petitions_paperservice", "recipient", f"petition_id = {case.pk}") == [b""]


def test_whom_a_notice_was_given_to_and_what_proves_it_are_forgotten(cast, make_case, head):
    case = old_case(cast, make_case)
    WrittenNotice.objects.create(
        petition=case,
        of="accepted",
        way="post",
        recipient="张小河",
        proof="退信：张小河已搬走",
        told_at=case.accepted_at,
        recorded_at=case.accepted_at,
    )
    anonymised(cast, case, head)
    for column in ("recipient", "proof"):
        found = stored("petitions_writtennotice", column, f"petition_id = {case.pk}")
        assert set(found) == {b""}


def test_who_talked_where_and_who_agreed_with_whom_goes(cast, make_case, head):
    case = old_case(cast, make_case)
    talk = HandlingRecord.objects.create(petition=case, kind="talk", at=case.accepted_at, text="谈了噪音。")
    Talk.objects.create(
        record=talk,
        way="home",
        held_at=case.accepted_at,
        place="河沿路8号",
        present="张小河",
        signature="none",
    )
    settled = HandlingRecord.objects.create(
        petition=case, kind="settled", at=case.accepted_at, text="十点收摊。"
    )
    Reconciliation.objects.create(
        record=settled, agreed_on=OVER, petitioner_side="张小河", other_side="李四", afterwards="依法答复。"
    )
    anonymised(cast, case, head)
    assert set(stored("petitions_talk", "place", f"record_id = {talk.pk}")) == {b""}
    assert set(stored("petitions_talk", "present", f"record_id = {talk.pk}")) == {b""}
    for column in ("petitioner_side", "other_side"):
        assert set(stored("petitions_reconciliation", column, f"record_id = {settled.pk}")) == {b""}
    assert HandlingRecord.objects.get(pk=talk.pk).text == "谈了噪音。"


def test_the_query_code_opens_nothing_any_more(cast, make_case, head, client):
    token = codes.new_token()
    case = old_case(cast, make_case, token=token)
    wanted = {"number": case.number, "code": codes.query_code(token)}
    assert client.post(reverse("petitions:query"), wanted).status_code == 302
    case = anonymised(cast, case, head)
    assert case.query_code_hash == ""
    client.post(reverse("petitions:mine_leave"))
    assert client.post(reverse("petitions:query"), wanted).status_code == 422
    for code in ("", "0" * 10, "A" * 10):
        assert not codes.matches(case.number, code, case.query_code_hash)


def test_the_attachment_stays_as_a_row_and_its_bytes_go_after_the_commit(
    cast, make_case, head, client_as, django_capture_on_commit_callbacks
):
    case = old_case(cast, make_case)
    file = case.attachments.get()
    path, token, sha256 = file.file.name, file.token, file.sha256
    assert default_storage.exists(path)
    with django_capture_on_commit_callbacks() as waiting:
        anonymised(cast, case, head)
    assert default_storage.exists(path), "not before the commit"
    for run in waiting:
        run()
    assert not default_storage.exists(path)
    row = case.attachments.get()
    assert (row.token, row.file.name, row.size, row.name) == (token, "", 0, "（附件已按档案规定移除）")
    assert sha256 not in {row.sha256, ""}
    page = client_as(cast.petition_officer)
    assert page.get(reverse("petitions:attachment", args=[case.number, token])).status_code == 404
    shown = page.get(case.get_absolute_url()).content.decode()
    assert "附件已按档案规定移除" in shown
    assert str(token) not in shown
    people = shown.split('id="people"')[1].split("</section>")[0]
    assert "已去标识" in people
    assert "查看" not in people  # there is nothing left to open


def test_subject_and_body_stay_unless_the_second_tick_is_set(cast, make_case, head):
    body = "我叫张小河，夜市太吵。"
    kept = anonymised(cast, old_case(cast, make_case, body=body), head)
    gone = anonymised(cast, old_case(cast, make_case, body=body), head, texts_too=True)
    assert (kept.body, kept.subject) == (body, "河边夜市噪音扰民")
    assert (gone.body, gone.subject) == ("已按档案规定去标识",) * 2
    assert "夜市" in PetitionWords.objects.get(petition=kept).pieces
    assert "夜市" not in PetitionWords.objects.get(petition=gone).pieces
    assert [ArchiveFile.objects.get(petition=one).texts_replaced for one in (kept, gone)] == [False, True]


def test_case_number_history_answers_and_figures_stay(cast, make_case, head):
    case = old_case(cast, make_case, head_count=7)
    before = list(case.events.values())
    after = anonymised(cast, case, head)
    assert (after.number, after.status, after.head_count) == (case.number, Status.CLOSED, 7)
    assert (after.closed_at, after.national_number) == (case.closed_at, case.national_number)
    assert after.reply.text == case.reply.text
    assert list(after.events.values())[: len(before)] == before
    assert after.events.last().act == ArchiveAct.ANONYMISE
    assert after.requests.count() == case.requests.count() == 1
    assert after.persons.count() == 1


def test_the_rooms_above_let_go_of_names_too(cast, make_case, head):
    case, officer = old_case(cast, make_case), cast.actor("petition_officer")
    record = VisitRecord.objects.create(
        petition=case, leader=cast.leader, post=cast.post("leader"), at=OVER, said="谈了", recorded_at=OVER
    )
    Promise.objects.create(record=record, ordinal=1, text="修路灯", to_whom="张小河", due_on=OVER.date())
    card = RoomCard(unit=cast.units.dongxi, name="调解室", address="河沿路8号", mediators=[cast.mediator])
    open_case = make_case(until=Status.ACCEPTED)
    mediation = open_mediation(
        petition=open_case, actor=officer, room=keep_room(actor=officer, card=card), mediator=cast.mediator
    )
    for side in Side:
        agrees(mediation, side, cast.actor("mediator"), who="张小河", how=ConsentHow.IN_PERSON)
    Petition.objects.filter(pk=case.pk).update(concluded_at=case.closed_at)
    MediationCase.objects.filter(pk=mediation.pk).update(
        petition=case, state="ended", ended_at=OVER, result="failed"
    )
    anonymised(cast, case, head)
    assert [one.to_whom for one in Promise.objects.all()] == [""]
    assert {one.who for one in Consent.objects.all()} == {"（已去标识）"}
    assert {one.name for one in Party.objects.all()} == {"", "（已去标识）"}
    detail = AuditEntry.objects.get(act="archive.anonymise").detail
    assert detail == {"people": 1, "elsewhere": 5, "attachments": 1, "texts_too": False}


def test_neither_audit_log_nor_notices_nor_history_name_anybody(cast, make_case, head):
    anonymised(cast, old_case(cast, make_case), head)
    with connection.cursor() as cursor:
        for table in ("accounts_auditentry", "notifications_notice", "petitions_petitionevent"):
            cursor.execute(f"SELECT string_agg(row::text, ' ') FROM {table} row")
            said = cursor.fetchone()[0]
            for secret in (PERSON.name, PERSON.phone, PERSON.id_number, PERSON.address):
                assert secret not in said, table


def test_if_a_room_above_fails_nothing_of_it_happens(cast, make_case, head, monkeypatch):
    case = old_case(cast, make_case)
    propose(cast, case)

    def fail(petition):
        raise RuntimeError

    monkeypatch.setattr(anonymising.extensions, "forget_people", fail)
    with pytest.raises(RuntimeError):
        decide(case, head)
    assert case.persons.get().name == "张小河"
    assert case.archive_proposals.get().outcome == ""
    assert ArchiveFile.objects.get(petition=case).done_at is None


def test_what_was_covered_for_a_unit_is_not_uncovered_by_forgetting_the_name(
    cast, make_case, head, client_as
):
    case = old_case(cast, make_case, confidential=True)
    type(case.service).objects.filter(petition=case).update(proof="张小河当面签收", signed=False)
    unit = client_as(cast.handler)
    before = unit.get(case.get_absolute_url()).content.decode()
    assert "张小河" not in before
    anonymised(cast, case, head)
    after = unit.get(case.get_absolute_url()).content.decode()
    assert "张小河" not in after
    assert "按档案规定不再显示" in after


def test_everything_is_on_record_in_the_order_it_happened(cast, make_case, head):
    case = anonymised(cast, old_case(cast, make_case), head)
    acts = AuditEntry.objects.filter(act__startswith="archive.").order_by("pk")
    assert [entry.act for entry in acts] == ["archive.propose", "archive.agree", "archive.anonymise"]
    assert {entry.object_id for entry in acts} == {case.audit_name}


def test_every_sealed_field_of_people_is_emptied():
    """A new sealed field must be thought of here: this list is compared with the models."""
    from core.sealing.rotating import sealed_models

    known = {"PetitionPerson", "PaperService", "Promise", "Consent", "SecondFactor", "WrittenNotice"}
    known |= {"Talk", "Reconciliation"}
    # leaders/tests/test_striking.py, test_bookings.py, test_receptions.py
    leaders = {"StrikeOff", "Booking", "VisitRecord"}
    papers = {"Paper", "PaperFrozen", "Delivery"}  # papers/tests/test_forgetting.py
    outcomes = {
        "ReturnVisit",
        "StageEvaluation",
    }  # outcomes/tests/test_visiting.py, reviews/tests/test_rated.py
    hearings = {"PanelMember", "HearingRecord", "ExpertQuestion"}  # hearings/tests/test_beside.py
    mediation = {
        "Dispute",
        "DisputeEvent",
        "Party",
        "PublicTalk",
        "RoomDuty",
        "TalkPanelist",
    }  # and its own tests
    mediation |= {"AgreementText", "Duty", "DutyReport", "AgreementFile", "Confirmation", "AgreementVisit"}
    mediation |= {"Session", "Agenda", "Attendee", "Minute", "Proposal", "JointWish", "OnlineLink", "WriteUp"}
    above = leaders | papers | outcomes | hearings | mediation
    above |= {"ExportJob"}  # whatever the case: reports/tests/test_case_exports.py, deleted after some days
    assert {model.__name__ for model in sealed_models()} == known | above


def test_a_day_before_the_term_is_too_early_for_agreeing_too(cast, make_case, head):
    case = old_case(cast, make_case)
    propose(cast, case)
    from core.errors import Refusal

    with pytest.raises(Refusal, match=re.escape("保管期限还没有满")):
        decide(case, head, at=OVER - timedelta(days=1))
