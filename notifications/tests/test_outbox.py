import re
import smtplib
import threading
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import connection, transaction

from accounts.enums import Role
from accounts.models import AuditEntry, Post, User
from core.errors import Refusal
from core.timekeeping import SHANGHAI
from notifications import selectors
from notifications.enums import OutboxState
from notifications.models import OutboxMessage
from notifications.services import claiming, notify, outbox, retry, send_due
from notifications.tasks import send_due as send_due_task

NOON = datetime(2026, 10, 8, 12, tzinfo=SHANGHAI)
pytestmark = pytest.mark.django_db


@pytest.fixture
def message(cast):
    notify(
        recipients=[cast.handler], text="一件将到期\n请办理", link="/c/1/", dedupe_key="clock:1 提醒", at=NOON
    )
    return OutboxMessage.objects.get()


def state(message):
    message.refresh_from_db()
    return message.state, message.attempts


@pytest.fixture
def broken_mail(monkeypatch):
    def refuse(self, fail_silently=False):
        raise OSError("mail server away")

    monkeypatch.setattr(mail.EmailMessage, "send", refuse)
    return monkeypatch


def test_a_due_message_leaves_once(message, cast, settings):
    settings.SITE_URL = "https://huiying.example:8443"
    assert send_due(NOON) == outbox.SendResult(sent=1)
    assert send_due(NOON + timedelta(days=1)) == outbox.SendResult()
    assert state(message) == (OutboxState.SENT, 1)
    assert message.sent_at == NOON
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([cast.handler.email], "【回应】一件将到期 请办理")
    assert "https://huiying.example:8443/c/1/" in sent.body
    named = sent.message()["Message-ID"]
    assert re.fullmatch(r"<[0-9a-f]{40}@huiying\.example\.8443>", named)
    assert named == outbox.mail_for(message).message()["Message-ID"]  # sent again, it is the same message


def test_a_message_not_due_yet_stays(message):
    assert send_due(NOON - timedelta(seconds=1)) == outbox.SendResult()
    assert state(message) == (OutboxState.WAITING, 0)


def test_a_failure_is_tried_again_later_and_later_and_then_given_up(message, broken_mail):
    at, waits = NOON, []
    for attempt in range(1, claiming.MAX_ATTEMPTS):
        assert send_due(at) == outbox.SendResult(failed=1)
        assert state(message) == (OutboxState.WAITING, attempt)
        assert send_due(message.next_try_at - timedelta(seconds=1)) == outbox.SendResult()
        waits.append((message.next_try_at - at) / timedelta(minutes=1))
        at = message.next_try_at
    assert waits == pytest.approx([1, 5, 15, 60, 240], rel=0.1)
    assert waits != [1, 5, 15, 60, 240]
    assert send_due(at) == outbox.SendResult(gave_up=1)
    assert state(message) == (OutboxState.GAVE_UP, claiming.MAX_ATTEMPTS)
    assert message.last_error == "OSError: mail server away"
    assert send_due(at + timedelta(days=365)) == outbox.SendResult()


@pytest.mark.parametrize(
    ("error", "for_good"),
    [
        (smtplib.SMTPRecipientsRefused({"a@b": (550, b"no such box")}), True),
        (smtplib.SMTPRecipientsRefused({"a@b": (450, b"box is full")}), False),
        (smtplib.SMTPDataError(554, b"refused"), True),
        (smtplib.SMTPDataError(451, b"later"), False),
        (smtplib.SMTPAuthenticationError(535, b"wrong password"), False),
        (smtplib.SMTPServerDisconnected("gone"), False),
        (ValueError("no such header"), True),
        (TimeoutError("slow"), False),
    ],
)
def test_what_will_fail_again_is_given_up_at_once_and_the_rest_is_tried_again(
    message, monkeypatch, error, for_good
):
    def refuse(self, fail_silently=False):
        raise error

    monkeypatch.setattr(mail.EmailMessage, "send", refuse)
    send_due(NOON)
    wanted = OutboxState.GAVE_UP if for_good else OutboxState.WAITING
    assert state(message) == (wanted, 1)
    assert message.last_error.startswith(type(error).__name__)


class TestWhoeverLeft:
    """Told while in a post, they are mailed only while they are there."""

    def leave(self, cast):
        Post.objects.filter(user=cast.handler).update(valid_until=NOON.date())

    def test_is_mailed_nothing_more(self, message, cast):
        self.leave(cast)
        assert send_due(NOON) == outbox.SendResult(gave_up=1)
        assert (mail.outbox, state(message)[0]) == ([], OutboxState.GAVE_UP)
        assert message.last_error == "收件人已不在原来的岗位"

    def test_for_another_unit_is_not_mailed_what_was_theirs_in_the_former(self, message, cast):
        self.leave(cast)
        Post.objects.create(
            user=cast.handler,
            unit=cast.units.liuwan,
            role=Role.HANDLER,
            valid_from=NOON.date() + timedelta(days=1),
        )
        assert send_due(NOON + timedelta(days=2)) == outbox.SendResult(gave_up=1)

    def test_and_whose_login_was_ended_neither(self, message, cast):
        User.objects.filter(pk=cast.handler.pk).update(is_active=False)
        assert send_due(NOON) == outbox.SendResult(gave_up=1)


class TestTryingOnceMore:
    def given_up(self, message):
        OutboxMessage.objects.update(state=OutboxState.GAVE_UP, attempts=6, last_error="OSError: away")
        message.refresh_from_db()

    def test_begins_from_the_beginning_and_is_on_record(self, message, cast):
        self.given_up(message)
        retry(actor=cast.actor("sysadmin"), message=message, at=NOON)
        assert state(message) == (OutboxState.WAITING, 0)
        assert AuditEntry.objects.get(act="outbox.retry").detail["error"] == "OSError: away"
        assert send_due(NOON) == outbox.SendResult(sent=1)

    def test_is_for_the_system_administrator_and_for_what_was_given_up(self, message, cast):
        with pytest.raises(Refusal, match="没有放弃发送"):
            retry(actor=cast.actor("sysadmin"), message=message, at=NOON)
        self.given_up(message)
        with pytest.raises(Refusal, match="系统管理员"):
            retry(actor=cast.actor("petition_officer"), message=message, at=NOON)
        assert state(message)[0] == OutboxState.GAVE_UP


def test_the_queue_counts_what_has_not_left(cast, message, broken_mail, django_assert_num_queries):
    notify(recipients=[cast.leader], text="t", link="/", dedupe_key="other", at=NOON)
    send_due(NOON, limit=1)
    with django_assert_num_queries(2):
        queue = selectors.queue()
    assert (queue.waiting, queue.failing, queue.given_up, queue.oldest) == (2, 1, 0, NOON)
    OutboxMessage.objects.filter(pk=message.pk).update(state=OutboxState.GAVE_UP)
    assert (selectors.queue().waiting, selectors.queue().given_up) == (1, 1)


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "没有"),
        (1, "不到 10 条"),
        (9, "不到 10 条"),
        (10, "几十条"),
        (999, "几百条"),
        (1000, "1000 条以上"),
    ],
)
def test_how_many_wait_is_said_in_words_that_one_more_does_not_move(count, words):
    assert selectors.about(count) == words


def test_one_message_that_fails_does_not_stop_the_others(cast, message, monkeypatch):
    notify(recipients=[cast.leader], text="t", link="/", dedupe_key="other", at=NOON)
    send = mail.EmailMessage.send

    def picky(self, fail_silently=False):
        if self.to == [cast.handler.email]:
            raise OSError("no such box")
        return send(self, fail_silently)

    monkeypatch.setattr(mail.EmailMessage, "send", picky)
    assert send_due(NOON) == outbox.SendResult(sent=1, failed=1)
    assert [sent.to for sent in mail.outbox] == [[cast.leader.email]]


def test_a_sender_that_dies_after_claiming_gives_the_message_back_when_its_claim_lapses(message):
    claiming.claim(NOON, 10)  # and then the process is gone
    assert state(message) == (OutboxState.SENDING, 1)
    assert send_due(NOON + claiming.LEASE - timedelta(seconds=1)) == outbox.SendResult()
    assert send_due(NOON + claiming.LEASE) == outbox.SendResult(sent=1)
    assert state(message) == (OutboxState.SENT, 2)


def test_a_message_that_kills_every_sender_is_given_up(message):
    at = NOON
    for _try in range(claiming.MAX_ATTEMPTS):
        assert len(claiming.claim(at, 10)) == 1
        at += claiming.LEASE
    assert send_due(at) == outbox.SendResult()
    assert state(message)[0] == OutboxState.GAVE_UP
    assert message.last_error == "发送途中多次中断"


def test_a_slow_sender_does_not_overwrite_what_another_did_after_its_claim_lapsed(message):
    (slow,) = claiming.claim(NOON, 10)
    send_due(NOON + claiming.LEASE)
    assert outbox._settle(slow, OutboxState.WAITING, "late", NOON) == 0
    assert state(message) == (OutboxState.SENT, 2)


def test_a_round_that_takes_too_long_puts_the_rest_back_uncounted(message, monkeypatch):
    monkeypatch.setattr(outbox, "ROUND_SECONDS", -1)
    assert send_due(NOON) == outbox.SendResult()
    assert state(message) == (OutboxState.WAITING, 0)
    assert mail.outbox == []


def test_a_round_takes_no_more_than_it_is_told(cast, message):
    notify(recipients=[cast.leader], text="t", link="/", dedupe_key="other", at=NOON)
    assert send_due(NOON, limit=1) == outbox.SendResult(sent=1)
    assert send_due(NOON, limit=1) == outbox.SendResult(sent=1)


def test_the_task_sends_what_is_due_now(message):
    OutboxMessage.objects.update(next_try_at=datetime(2020, 1, 1, tzinfo=SHANGHAI))
    assert send_due_task() == 1
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_never_send_the_same_message(cast):
    people = list(cast.people.values())
    for n in range(10):
        notify(recipients=people, text="t", link="/", dedupe_key=f"k{n}", at=NOON)
    gate = threading.Barrier(3)
    results = []

    def send():
        try:
            gate.wait(5)
            while (result := send_due(NOON, limit=7)).sent:
                results.append(result.sent)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    ids = [sent.extra_headers["Message-ID"] for sent in mail.outbox]
    assert len(ids) == len(set(ids)) == len(people) * 10 == sum(results)


@pytest.mark.django_db(transaction=True)
def test_a_row_another_session_holds_is_passed_over(cast, second_connection):
    notify(recipients=[cast.handler, cast.leader], text="t", link="/", dedupe_key="k", at=NOON)
    held = OutboxMessage.objects.order_by("pk").first()
    with second_connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT 1 FROM notifications_outboxmessage WHERE id = %s FOR UPDATE", [held.pk])
        assert send_due(NOON) == outbox.SendResult(sent=1)
        cursor.execute("ROLLBACK")
    with transaction.atomic():
        assert send_due(NOON) == outbox.SendResult(sent=1)
