"""What nobody could send while nothing ran: one message for each person, in order; and a machine's clock put back."""

import threading
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import connection

from accounts.enums import Role
from accounts.models import Post
from core.timekeeping import SHANGHAI
from notifications.enums import Level, OutboxState
from notifications.models import Notice, OutboxMessage
from notifications.services import (
    NoticeRow,
    choose,
    claiming,
    gather,
    notify,
    notify_many,
    outbox,
    send_due,
    withdraw,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 10, 8, 12, tzinfo=SHANGHAI)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: When the sweep has caught up.
SOON = NOON + timedelta(minutes=1)


def caught_up(person, count, *, late=0, age=3 * DAY, about="", key="step"):
    """Told now by a sweep that comes back; each was meant an hour after the one before."""
    rows = [
        NoticeRow(person.pk, f"{key}{n} 请办理", "/", f"{key}:{n}", Level.LATE if n < late else Level.SOON, about,
                  NOON - age + n * HOUR)
        for n in reversed(range(count))
    ]  # fmt: skip
    notify_many(rows, at=NOON)


def states():
    return list(OutboxMessage.objects.order_by("pk").values_list("state", flat=True))


def test_forty_old_ones_leave_as_one_mail_in_their_order(cast):
    caught_up(cast.handler, 40, late=3)
    assert send_due(NOON) == outbox.SendResult()  # the sweep may still be catching up
    assert send_due(SOON) == outbox.SendResult(sent=1)
    (sent,) = mail.outbox
    assert "没有发出的 40 条提醒现在补发，其中紧急 3 条" in sent.subject
    lines = [line for line in sent.body.splitlines() if line.startswith("· ")]
    assert lines == [f"· step{n} 请办理" for n in range(40)]
    assert states().count(OutboxState.DIGESTED) == 40
    assert send_due(SOON + DAY) == outbox.SendResult()
    assert Notice.objects.filter(text__startswith="step").count() == 40  # in the application each stands


def test_what_is_hours_old_leaves_by_itself_and_so_does_one_alone(cast, settings):
    caught_up(cast.handler, 3, age=20 * HOUR, key="hours")
    caught_up(cast.leader, 1, key="alone")
    assert send_due(NOON) == outbox.SendResult(sent=3)
    assert send_due(SOON) == outbox.SendResult(sent=1)
    settings.OUTBOX_OLD_HOURS = 2
    caught_up(cast.handler, 3, age=20 * HOUR, key="shorter")
    assert send_due(SOON) == outbox.SendResult(sent=1)


def test_what_lay_in_the_outbox_while_no_sender_ran_is_gathered_too(cast):
    for n in range(4):
        notify(recipients=[cast.handler], text=f"第{n}条", link="/", dedupe_key=f"k{n}", at=NOON - 3 * DAY)
    notify(recipients=[cast.handler], text="今天的", link="/", dedupe_key="new", at=NOON)
    assert send_due(NOON) == outbox.SendResult(sent=2)
    assert sorted("今天的" in sent.subject for sent in mail.outbox) == [False, True]


def test_a_crash_while_gathering_leaves_all_as_it_was(cast, monkeypatch):
    caught_up(cast.handler, 3)

    def die(*_args, **_more):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("notifications.services.digests._stand_for", die)
        with pytest.raises(KeyboardInterrupt):
            send_due(SOON)
    assert states() == ["waiting"] * 3
    assert send_due(SOON) == outbox.SendResult(sent=1)


def test_a_digest_that_itself_grows_old_is_not_gathered_again(cast, monkeypatch):
    caught_up(cast.handler, 3)
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "ROUND_SECONDS", -1)
        send_due(SOON)
    caught_up(cast.handler, 2, key="more")
    assert send_due(SOON + 3 * DAY) == outbox.SendResult(sent=2)


def test_what_was_withdrawn_before_it_left_is_not_in_it(cast, monkeypatch):
    caught_up(cast.handler, 2, key="sealed", about="petition:1")
    caught_up(cast.handler, 2, key="open", about="petition:2")
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "ROUND_SECONDS", -1)
        send_due(SOON)
    withdraw(about="petition:1")
    send_due(SOON)
    assert "open0" in mail.outbox[0].body and "sealed" not in mail.outbox[0].body


def test_whoever_chose_one_mail_a_day_has_the_late_ones_at_once_and_the_rest_in_the_morning(cast):
    choose(user=cast.handler, daily=True, at=NOON - 5 * DAY)
    caught_up(cast.handler, 10, late=3)
    assert send_due(SOON) == outbox.SendResult(sent=1)
    assert "3 条提醒现在补发，其中紧急 3 条" in mail.outbox[0].subject
    assert gather(NOON + DAY) == 1


@pytest.mark.parametrize("daily", [False, True])
def test_whoever_was_moved_since_is_sent_nothing_of_the_former_post(cast, daily):
    choose(user=cast.handler, daily=daily, at=NOON - 5 * DAY)
    caught_up(cast.handler, 3)
    Post.objects.filter(user=cast.handler).update(valid_until=NOON.date())
    moved = NOON.date() + DAY
    Post.objects.create(user=cast.handler, unit=cast.units.liuwan, role=Role.HANDLER, valid_from=moved)
    gather(NOON + 2 * DAY)
    assert send_due(NOON + 2 * DAY) == outbox.SendResult()
    assert (mail.outbox, set(states())) == ([], {OutboxState.GAVE_UP})


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_gather_once(cast):
    people = [cast.handler, cast.leader, cast.inspector]
    for person in people:
        caught_up(person, 10, key=person.username)
    gate = threading.Barrier(3)

    def send():
        try:
            gate.wait(5)
            send_due(SOON)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    send_due(SOON)
    assert sorted(sent.to[0] for sent in mail.outbox) == sorted(person.email for person in people)
    assert states().count(OutboxState.DIGESTED) == 30


class TestAClockThatIsPutBack:
    """An hour fast, then mended: messages written meanwhile lie an hour ahead."""

    FAST = NOON + HOUR

    def tell(self, person, at):
        notify(recipients=[person], text="t", link="/", dedupe_key=f"{at}", at=at)

    def test_delays_no_message(self, cast):
        self.tell(cast.handler, self.FAST)
        assert send_due(NOON) == outbox.SendResult(sent=1)

    def test_nor_one_that_a_sender_held(self, cast):
        self.tell(cast.handler, self.FAST)
        claiming.claim(self.FAST, 10)
        assert send_due(NOON) == outbox.SendResult()  # whoever holds it may still be at it
        assert send_due(NOON + claiming.LEASE) == outbox.SendResult(sent=1)

    def test_nor_one_that_waits_after_a_failure(self, cast, monkeypatch):
        self.tell(cast.handler, self.FAST)
        with monkeypatch.context() as patch:
            patch.setattr(outbox, "_send_one", lambda *_: outbox.Failure("away"))
            send_due(self.FAST)
        assert send_due(NOON) == outbox.SendResult(sent=1)

    def test_and_a_message_that_waits_as_it_must_goes_on_waiting(self, cast, monkeypatch):
        self.tell(cast.handler, NOON)
        monkeypatch.setattr(outbox, "_send_one", lambda *_: outbox.Failure("away"))
        send_due(NOON)
        assert send_due(NOON + timedelta(seconds=30)) == outbox.SendResult()
