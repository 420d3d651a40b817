"""The auditor itself: all is well with what the doors did, and each kind of damage is named."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from accounts.services import audit_chain
from core.timekeeping import now
from deadlines.services import change_rule, extend, ruling, sweep, sweep_all
from deadlines.services.clocks import leave_out
from deadlines.tests.conftest import eggs, lay, owner  # noqa: F401 (fixtures)
from deadlines.tests.models import Egg
from deadlines.tests.test_ruling import CONCLUSION, NOW
from notifications.enums import OutboxState
from notifications.models import Notice, OutboxMessage
from notifications.services import outbox, withdraw
from petitions.enums import Kind
from petitions.models import Petition, PetitionClock, PetitionEvent
from tests.cases import MORNING
from tests.chaos import auditor
from tests.chaos.__main__ import lay_still
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


class TestRounds:
    """What was told before something changed is neither lost nor orphaned by the change."""

    @pytest.fixture
    def lone(self, monkeypatch, lay):  # noqa: F811
        """Clocks of one class only, whose steps tell their owner."""
        monkeypatch.setattr(auditor, "clock_classes", lambda: [Egg])
        monkeypatch.setattr(ruling, "clock_classes", lambda: [Egg])
        return lay

    def found(self, at):
        findings = auditor.Findings()
        auditor.check_alerts(findings, at)
        return dict(findings.faults)

    def test_a_reminder_told_before_an_extension_is_no_orphan(self, lone):
        (egg,) = lone("conclusion", "2026-03-02T09:00")
        sweep(Egg, now=egg.due_at - timedelta(days=2))
        extend(egg, 30, egg.due_at - timedelta(days=1))
        assert self.found(egg.due_at - timedelta(days=20)) == {}
        sweep(Egg, now=egg.due_at + timedelta(days=1))
        assert self.found(egg.due_at + timedelta(days=1)) == {}

    def test_rungs_that_a_rule_taken_over_counts_as_done_are_not_lost(self, lone, cast):
        (egg,) = lone("conclusion", "2025-12-01T09:00")
        sweep(Egg, now=egg.due_at + timedelta(days=30))
        new = replace(CONCLUSION, length=59)
        change_rule(actor=cast.actor("sysadmin"), new=new, running=True, reason="x", at=NOW)
        assert self.found(NOW) == {}
        OutboxMessage.objects.all().delete()
        Notice.objects.all().delete()
        assert set(self.found(NOW)) == {"lost: rung done and nobody told"}

    def test_a_breach_taken_back_is_told_in_two_rounds(self, lone):
        (egg,) = lone("final_review_30", "2026-03-02T09:00")
        late = egg.due_at + timedelta(hours=1)
        sweep(Egg, now=late)
        leave_out(egg, 7, late)
        assert self.found(late) == {}
        sweep(Egg, now=egg.due_at + timedelta(minutes=1))
        assert self.found(egg.due_at + timedelta(minutes=1)) == {}

    def test_what_is_told_of_a_round_there_never_was_is_an_orphan(self, lone, owner):  # noqa: F811
        (egg,) = lone("conclusion", "2026-03-02T09:00")
        key = f"{egg.key}:{egg.rule_id}:12:1:{owner.pk}"
        Notice.objects.create(recipient=owner, text="t", link="/", dedupe_key=key, created_at=LATER)
        assert set(self.found(egg.started_at)) == {"orphaned: told of a rung that is not done"}

    def test_notices_of_a_case_that_was_sealed_are_not_lost(self, case):
        withdraw(about=case.about)
        Petition.objects.filter(pk=case.pk).update(sealed=True, kind=Kind.ACCUSATION)
        found = auditor.Findings()
        auditor.check_alerts(found, LATER)
        assert dict(found.faults) == {}
        assert found.counted["rungs whose notices were taken back"] >= 3


def test_an_engine_that_lay_still_is_found_though_the_hand_that_settles_does_all(make_case):
    make_case(at=now() - timedelta(minutes=30))
    settled = auditor.settle()
    assert settled["overdue in the end"] > 0 and settled["swept in the end"] > 0
    well = {"swept at the end": True, "counted": {"overdue in the end": 0}}
    assert not lay_still(well)
    assert lay_still({**well, "swept at the end": False})
    assert lay_still({**well, "counted": {"overdue in the end": settled["overdue in the end"]}})
    assert auditor.overdue_at(now()) == 0  # it is done by now
