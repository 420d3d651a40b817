"""What was signed does not change, by whichever door or hand in the database; before it binds it may."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import override_settings

from core.sealing.rotating import rotate
from mediation.models import Agreement, AgreementFile, AgreementText, Duty, Session, Signature
from mediation.services import agreement_keeping, minutes
from mediation.tests.agreement_world import drafted, duties_of, in_force, settled

pytestmark = pytest.mark.django_db
TWO_KEYS = "1:dGVzdC1vbmx5LWRhdGEta2V5LW9mLTMyLWJ5dGVzISE 2:dGVzdC1vbmx5LWRhdGEta2V5LTItb2YtMzItYnl0ZXM"
TEXT, DUTY, HAND = "mediation_agreementtext", "mediation_duty", "mediation_signature"


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.rowcount


def stored(table, column):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")
        return [bytes(value) for (value,) in cursor.fetchall()]


@pytest.fixture
def matter(cast, mediation_of):
    return settled(cast, mediation_of(agreed=True))


CHANGES = [
    "UPDATE mediation_agreement SET version = 2",
    "UPDATE mediation_agreement SET kind = 'oral'",
    "UPDATE mediation_agreement SET effective_on = effective_on - 1",
    "UPDATE mediation_agreement SET effective_on = NULL, recorded_at = NULL",
    f"UPDATE {TEXT} SET content = set_byte(content, 20, 0)",
    f"UPDATE {TEXT} SET facts = content",
    f"UPDATE {TEXT} SET done_already = NOT done_already",
    f"DELETE FROM {TEXT}",
    f"INSERT INTO {TEXT} (agreement_id, number, facts, dispute, liability, content, done_already, made_at)"
    f" SELECT agreement_id, 2, facts, dispute, liability, content, done_already, made_at FROM {TEXT}",
    f"UPDATE {DUTY} SET amount = amount / 2",
    f"UPDATE {DUTY} SET due_on = due_on + 30",
    f"UPDATE {DUTY} SET ower_id = owed_id, owed_id = ower_id",
    f"UPDATE {DUTY} SET what = set_byte(what, 20, 0)",
    f"DELETE FROM {DUTY}",
    f"UPDATE {HAND} SET signed_on = signed_on - 1",
    f"DELETE FROM {HAND}",
    "UPDATE mediation_agreementfile SET content = set_byte(content, 20, 0)",
    "UPDATE mediation_agreementfile SET sha256 = repeat('0', 64)",
    "UPDATE mediation_agreementfile SET content = ''",
    "DELETE FROM mediation_agreementfile",
]


@pytest.mark.article(31)
@pytest.mark.parametrize("sql", CHANGES)
def test_no_sql_changes_what_was_signed(cast, matter, sql):
    in_force(cast, matter)
    with pytest.raises(DatabaseError, match="an agreement in force never changes"), transaction.atomic():
        run(sql)


def test_a_draft_is_changed_and_taken_away(cast, matter):
    drafted(cast, matter)
    for sql in (
        f"UPDATE {TEXT} SET done_already = NOT done_already",
        f"UPDATE {DUTY} SET due_on = due_on + 1",
    ):
        assert run(sql) == 1
    for model in (Duty, AgreementText, Agreement):
        assert model.objects.all().delete()[0] == 1


def test_what_is_done_of_a_duty_is_written_down(cast, matter):
    made = in_force(cast, matter)
    assert Duty.objects.update(state="partly", paid="1.00") == 1
    assert duties_of(made)[0].state == "partly"


def test_a_later_key_seals_it_anew_and_nothing_else_changes(cast, matter):
    made = in_force(cast, matter)
    with override_settings(DATA_KEYS=TWO_KEYS):
        for model in (AgreementText, Duty, AgreementFile):
            assert list(rotate(model)) == [1]
        assert made.texts.get().content.startswith("摊主分三期")


def test_with_its_people_the_words_are_forgotten_and_the_days_stay(cast, matter):
    made = in_force(cast, matter)
    assert agreement_keeping.forget(matter.petition) >= 3
    assert stored(TEXT, "content") == stored("mediation_agreementfile", "content") == [b""]
    assert Signature.objects.count() == 4
    assert duties_of(made)[0].amount == 1000


def test_what_a_session_came_to_is_sealed_and_forgotten_with_its_people(matter):
    session = Session.objects.get()
    assert session.record == "谈拢了。" and session.agreement.startswith("摊主分三期")
    for column in ("record", "agreement"):
        [kept] = stored("mediation_session", column)
        assert kept and "谈拢".encode() not in kept and "摊主".encode() not in kept
    assert minutes.forget(matter.petition) >= 1
    session = Session.objects.get()
    assert (session.record, session.agreement) == ("（已去标识）",) * 2
    assert minutes.forget(matter.petition) == 0
