"""The auditor itself: all is well with what the doors did, and each kind of damage is named."""

from datetime import timedelta

import pytest
from django.db import connection

from accounts.services import audit_chain
from deadlines.services import sweep_all
from notifications.enums import OutboxState
from notifications.models import Notice, OutboxMessage
from notifications.services import outbox
from petitions.models import PetitionClock, PetitionEvent
from tests.cases import MORNING
from tests.chaos.auditor import audit

pytestmark = pytest.mark.django_db
LATER = MORNING + timedelta(minutes=25)


@pytest.fixture
def case(make_case):
    """Registered, swept and told; its three rungs of the ten minutes and more have passed."""
    case = make_case(body="夜市扰民。来件标记 甲-1 止")
    sweep_all(now=LATER)
    while outbox.send_due(LATER).sent:
        pass
    audit_chain.seal()
    return case


def told(case):
    return [{"said": "sent", "mark": "甲-1"}, {"said": "receipt", "mark": "甲-1", "number": case.number}]


def mails():
    messages = OutboxMessage.objects.select_related("notice__recipient")
    return {outbox.mail_for(message).extra_headers["Message-ID"]: 1 for message in messages}


def faults(case, **more):
    return set(audit(**{"at": LATER, "told": told(case), "mails": mails()} | more).faults)


def test_nothing_is_found_where_nothing_is_wrong(case):
    found = audit(at=LATER, told=told(case), mails=mails())
    assert found.totals() == {"lost": 0, "doubled": 0, "orphaned": 0, "broken": 0}, found.examples
    assert found.counted["alerts"] >= 5 and found.counted["receipts"] == 1


def test_a_receipt_and_an_act_without_their_rows_are_lost(case):
    more = [
        {"said": "receipt", "mark": "乙-1", "number": "339999-2026-0000000"},
        {"said": "done", "number": case.number, "act": "forward"},
    ]
    assert faults(case, told=told(case) + more) == {
        "lost: receipt without a case",
        "lost: act without its event",
    }


def test_two_cases_of_one_form_are_doubled_and_one_that_nobody_sent_is_orphaned(case, make_case):
    make_case(body="夜市扰民。来件标记 甲-1 止", at=LATER)
    make_case(body="夜市扰民。来件标记 丙-1 止", at=LATER)
    audit_chain.seal()
    assert faults(case) == {"doubled: one form, several cases", "orphaned: case that nobody sent"}


def test_a_rung_that_is_due_and_not_done_and_one_that_nobody_was_told_of_are_lost(case):
    assert "lost: rung that is due and was not done" in faults(case, at=LATER + timedelta(hours=2))
    notice = Notice.objects.filter(dedupe_key__contains="petitionclock").first()
    OutboxMessage.objects.filter(notice=notice).delete()
    notice.delete()
    assert faults(case) == {"lost: rung done and nobody told"}


def test_one_person_told_twice_of_a_rung_is_doubled_and_of_a_rung_to_come_is_orphaned(case, cast):
    first = Notice.objects.filter(dedupe_key__contains="petitionclock").first()
    rung = first.dedupe_key.rsplit(":", 1)[0]
    for key in (f"{rung}:again", f"{rung.rsplit(':', 1)[0]}:99:{first.recipient_id}"):
        Notice.objects.create(recipient=first.recipient, text="t", link="/", dedupe_key=key, created_at=LATER)
    found = faults(case)
    assert "doubled: one rung told to one person twice" in found
    assert "orphaned: told of a rung that is not done" in found
    assert "lost: notice without a message" in found


def test_a_message_that_waits_too_long_or_that_no_server_took_is_named(case):
    first, second, third = OutboxMessage.objects.order_by("pk")[:3]
    past = {"next_try_at": LATER - timedelta(minutes=1)}
    OutboxMessage.objects.filter(pk=first.pk).update(state=OutboxState.WAITING, **past)
    OutboxMessage.objects.filter(pk=second.pk).update(state=OutboxState.SENDING, **past)
    taken = mails()
    del taken[outbox.mail_for(third).extra_headers["Message-ID"]]
    assert faults(case, mails=taken | {"<of nobody@here>": 1}) == {
        "lost: message that is due and was not sent",
        "orphaned: message that a sender held beyond its time",
        "lost: message noted as sent that no server took",
        "orphaned: mail of no message",
    }


def test_a_case_of_which_half_is_missing_and_books_that_do_not_agree_are_named(case):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE petitions_petitionclock SET due_at = due_at + interval '1 day'")
        cursor.execute("DELETE FROM petitions_petitionevent")
        cursor.execute("UPDATE accounts_auditentry SET detail = '{}'")
    found = faults(case)
    assert {"orphaned: case without events", "broken: check_deadlines", "broken: verify_audit"} <= found
    assert not PetitionEvent.objects.exists() and PetitionClock.objects.exists()
