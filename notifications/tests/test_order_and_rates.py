"""No more a minute than a channel takes, however many workers; and about one case no message overtakes an earlier one."""

import threading
import time
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import connection

from core.timekeeping import SHANGHAI
from notifications.enums import OutboxState
from notifications.models import ChannelRate, OutboxMessage
from notifications.services import NoticeRow, claiming, notify, notify_many, outbox, send_due

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 10, 8, 12, tzinfo=SHANGHAI)
MINUTE = timedelta(minutes=1)


def tell(person, words, about="petition:1", at=NOON):
    notify(recipients=[person], text=words, link="/", dedupe_key=words, about=about, at=at)


def left():
    return [one.subject.removeprefix("【回应】") for one in mail.outbox]


def send_for(seconds, start=NOON, every=2):
    """As beat asks; the moments at which something left."""
    moments = []
    for second in range(0, seconds, every):
        at = start + timedelta(seconds=second)
        moments += [at] * send_due(at).sent
    return moments


class TestARate:
    @pytest.fixture(autouse=True)
    def rate(self, settings):
        settings.OUTBOX_PER_MINUTE = {"email": 12}

    def fill(self, cast, count=60):
        for n in range(count):
            tell(cast.handler, f"{n:02d}", about="")

    @pytest.mark.parametrize("per_minute", [1, 2, 12, 30])
    def test_holds_for_every_minute_whenever_it_begins_and_nothing_starves(self, cast, settings, per_minute):
        settings.OUTBOX_PER_MINUTE = {"email": per_minute}
        self.fill(cast)
        moments = send_for(360)
        for begin in moments:
            assert sum(begin <= at < begin + MINUTE for at in moments) <= per_minute
        assert len(moments) >= min(60, per_minute * 5 // 2)
        assert left() == sorted(left())

    def test_is_no_limit_where_it_is_nought(self, cast, settings):
        settings.OUTBOX_PER_MINUTE = {"email": 0}
        self.fill(cast)
        assert send_due(NOON).sent == 60
        assert not ChannelRate.objects.exists()

    def test_counts_attempts_that_failed_too(self, cast, monkeypatch):
        self.fill(cast)
        monkeypatch.setattr(outbox, "_send_one", lambda *_: outbox.Failure("busy"))
        assert send_due(NOON).failed == 3
        assert send_due(NOON).failed == 0

    def test_goes_on_when_the_machine_clock_is_put_back(self, cast):
        self.fill(cast)
        send_for(60)
        assert len(send_for(60, start=NOON - timedelta(hours=1))) >= 9

    @pytest.mark.django_db(transaction=True)
    def test_is_shared_by_workers_that_send_at_once(self, cast):
        self.fill(cast)
        gate, sent = threading.Barrier(4), []

        def work():
            try:
                gate.wait(5)
                sent.extend(send_due(NOON).sent for _again in range(3))
            finally:
                connection.close()

        threads = [threading.Thread(target=work) for _n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert sum(sent) == 3


class TestOrder:
    @pytest.fixture
    def fails(self, monkeypatch):
        """Messages with this word fail, for now or for good."""
        failing = {}
        real = outbox._send_one

        def send(message, mailer):
            for word, failure in failing.items():
                if word in message.notice.text:
                    return failure
            return real(message, mailer)

        monkeypatch.setattr(outbox, "_send_one", send)
        return failing

    def test_a_later_one_waits_for_the_earlier_that_is_tried_again(self, cast, fails):
        tell(cast.handler, "第一步")
        tell(cast.handler, "第二步")
        tell(cast.handler, "别的件", about="petition:2")
        tell(cast.leader, "第一步给别人")
        fails["第一步"] = outbox.Failure("busy")
        send_due(NOON)
        assert left() == ["别的件"]
        tell(cast.handler, "第三步", at=NOON + timedelta(seconds=10))
        send_due(NOON + timedelta(seconds=20))
        assert left() == ["别的件"]
        fails.clear()
        send_for(20, start=NOON + 2 * MINUTE)
        assert [one for one in left() if one in {"第一步", "第二步", "第三步"}] == [
            "第一步",
            "第二步",
            "第三步",
        ]
        assert not OutboxMessage.objects.exclude(state=OutboxState.SENT).exists()
        assert OutboxMessage.objects.get(notice__text="第二步").attempts == 1

    def test_is_kept_cheaply_where_thousands_wait(self, cast):
        """Asked of each message by itself it took twenty seconds; it takes a quarter of one."""
        people = [person.pk for person in cast.people.values()]
        rows = [NoticeRow(pk, "t", "/", f"k{n}", about=f"petition:{n}") for n in range(600) for pk in people]
        notify_many(rows, at=NOON)
        with connection.cursor() as cursor:
            # Tests before may have left pages without a row, by which the server takes both tables for empty.
            cursor.execute("ANALYZE notifications_notice, notifications_outboxmessage")
        began = time.monotonic()
        assert len(claiming.claim(NOON, 200)) == 200
        assert time.monotonic() - began < 8

    def test_one_that_was_given_up_holds_up_nothing(self, cast, fails):
        tell(cast.handler, "第一步")
        tell(cast.handler, "第二步")
        fails["第一步"] = outbox.Failure("no such box", for_good=True)
        send_for(4)
        assert left() == ["第二步"]

    def test_what_is_about_nothing_waits_for_nothing(self, cast, fails):
        tell(cast.handler, "第一条", about="")
        tell(cast.handler, "第二条", about="")
        fails["第一条"] = outbox.Failure("busy")
        send_due(NOON)
        assert left() == ["第二条"]

    def test_one_that_another_sender_has_holds_up_the_next(self, cast):
        tell(cast.handler, "第一步")
        OutboxMessage.objects.update(state=OutboxState.SENDING, next_try_at=NOON + claiming.LEASE, attempts=1)
        tell(cast.handler, "第二步")
        send_due(NOON)
        assert left() == []
        send_for(4, start=NOON + claiming.LEASE)
        assert left() == ["第一步", "第二步"]

    def test_a_round_that_is_too_small_takes_the_earlier_and_not_the_later(self, cast):
        for words in ("第一步", "第二步", "第三步"):
            tell(cast.handler, words)
        OutboxMessage.objects.filter(notice__text="第一步").update(next_try_at=NOON)
        OutboxMessage.objects.exclude(notice__text="第一步").update(next_try_at=NOON - MINUTE)
        for _round in range(6):
            send_due(NOON, limit=2)
        assert left() == ["第一步", "第二步", "第三步"]
