"""One round of sending: every way has its share of it, and a server that is slow or away keeps back no other."""

import smtplib
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from django.core import mail
from django.db import transaction

from accounts.enums import Role
from accounts.models import Post
from core.timekeeping import SHANGHAI
from notifications.enums import Channel, OutboxState
from notifications.models import Notice, OutboxMessage
from notifications.services import claiming, notify, outbox, rates, send_due, turns
from tests.chaos.stage import free_port

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 10, 8, 12, tzinfo=SHANGHAI)
SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


def tell(person, words, about="", at=NOON):
    notify(recipients=[person], text=words, link="/", dedupe_key=words, about=about, at=at)


def tell_many(person, count):
    for n in range(count):
        tell(person, f"{n:03d}")


def text_message(notice, at=NOON):
    return OutboxMessage.objects.create(notice=notice, channel=Channel.SMS, next_try_at=at)


def states(channel):
    rows = OutboxMessage.objects.filter(channel=channel).order_by("pk")
    return [OutboxState(state).name for state in rows.values_list("state", flat=True)]


class TestEveryWayHasItsShare:
    def test_a_text_message_is_claimed_though_hundreds_of_mails_are_due(self, cast, settings):
        settings.OUTBOX_PER_MINUTE = {}
        tell_many(cast.handler, 250)
        text_message(Notice.objects.order_by("pk").first(), NOON - timedelta(hours=1))
        claimed = claiming.claim(NOON, 200)
        assert sum(one.channel == Channel.EMAIL for one in claimed) == 200
        assert sum(one.channel == Channel.SMS for one in claimed) == 1

    def test_one_whose_server_is_away_waits_and_the_others_leave(self, cast, settings, monkeypatch):
        settings.OUTBOX_PER_MINUTE = {}
        tell_many(cast.handler, 20)
        for notice in Notice.objects.order_by("pk"):
            text_message(notice)
        asked = []

        def send(message, mailer):
            asked.append(message.channel)
            return outbox.Failure("away", of_server=True) if message.channel == Channel.EMAIL else None

        monkeypatch.setattr(outbox, "_send_one", send)
        assert send_due(NOON) == outbox.SendResult(sent=20, failed=turns.TRIES_OF_A_SERVER)
        assert asked.count(Channel.EMAIL) == turns.TRIES_OF_A_SERVER
        waiting = OutboxMessage.objects.filter(channel=Channel.EMAIL, attempts=0)
        assert waiting.count() == 20 - turns.TRIES_OF_A_SERVER
        assert {one.next_try_at for one in waiting} == {NOON + turns.PAUSE}
        # Tried again soon, and not put off like a message of its own fault.
        assert send_due(NOON + turns.PAUSE).failed == turns.TRIES_OF_A_SERVER

    def test_one_whose_server_is_slow_has_its_turns_and_no_more(self, cast, settings, monkeypatch):
        settings.OUTBOX_PER_MINUTE = {}
        tell_many(cast.handler, 6)
        for notice in Notice.objects.order_by("pk"):
            text_message(notice)
        left, clock = "", [0.0]

        def send(message, mailer):
            nonlocal left
            clock[0] += 1.5 if message.channel == Channel.EMAIL else 0.5
            left += message.channel[0]

        monkeypatch.setattr(turns, "time", SimpleNamespace(monotonic=lambda: clock[0]))
        monkeypatch.setattr(outbox, "_send_one", send)
        assert send_due(NOON).sent == 12
        assert left == "eessssseesee"
        last = OutboxMessage.objects.order_by("-sent_at").first()
        assert last.sent_at == NOON + timedelta(seconds=12)  # when it left, not when the round began


class TestARateOfManyWorkers:
    def test_holds_where_the_moments_of_two_workers_differ(self, cast, settings):
        settings.OUTBOX_PER_MINUTE = {"email": 60}
        total = 0
        for second in range(0, 60, 2):
            for at in (NOON + timedelta(seconds=second), NOON + timedelta(seconds=second - 5)):
                with transaction.atomic():
                    free = rates.free("email", at)
                    rates.take("email", free, at)
                    total += free
        assert 50 <= total <= 60


class TestAnHonestMailServer:
    @pytest.fixture
    def server(self, settings):
        """A real one of this machine; ``connections`` it took, ``received`` subjects, ``says`` for the next ones."""

        class Server:
            connections, received, says = 0, [], []

            async def handle_EHLO(self, server, session, envelope, hostname, responses):
                self.connections += 1
                session.host_name = hostname
                return responses

            async def handle_MAIL(self, server, session, envelope, address, options):
                said = self.says.pop(0) if self.says else "250 fine"
                if said.startswith("250"):
                    envelope.mail_from = address
                return said

            async def handle_DATA(self, server, session, envelope):
                self.received.append(envelope.rcpt_tos)
                return "250 taken"

        class Quiet(Controller):
            def factory(self):
                return SMTP(self.handler, enable_SMTPUTF8=True)

        handler, port = Server(), free_port()
        handler.received, handler.says = [], []
        controller = Quiet(handler, hostname="127.0.0.1", port=port)
        controller.start()
        settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = SMTP_BACKEND, "127.0.0.1", port
        settings.EMAIL_TIMEOUT = 2
        yield handler
        controller.stop()

    def test_is_called_once_a_round(self, cast, server):
        tell_many(cast.handler, 5)
        assert send_due(NOON).sent == 5
        assert (server.connections, len(server.received)) == (1, 5)
        assert send_due(NOON) == outbox.SendResult()
        assert server.connections == 1

    def test_that_has_had_enough_of_a_connection_is_called_anew_and_no_attempt_is_lost(self, cast, server):
        tell_many(cast.handler, 3)
        send_due(NOON, limit=1)
        server.says = ["250 fine", "421 too many messages"]
        assert send_due(NOON).sent == 2
        assert set(OutboxMessage.objects.values_list("attempts", flat=True)) == {1}
        assert (server.connections, len(server.received)) == (3, 3)

    def test_that_refuses_one_box_is_still_asked_for_the_others(self, cast, server):
        tell_many(cast.handler, 3)
        server.says = ["250 fine", "550 no such box"]
        assert send_due(NOON) == outbox.SendResult(sent=2, gave_up=1)

    def test_that_cannot_be_reached_is_tried_thrice(self, cast, settings):
        settings.EMAIL_BACKEND, settings.EMAIL_HOST = SMTP_BACKEND, "127.0.0.1"
        settings.EMAIL_PORT = free_port()
        tell_many(cast.handler, 10)
        assert send_due(NOON).failed == turns.TRIES_OF_A_SERVER


@pytest.mark.parametrize(
    ("error", "speaks_of_all"),
    [
        (ConnectionRefusedError("away"), True),
        (TimeoutError("slow"), True),
        (smtplib.SMTPServerDisconnected("gone"), True),
        (smtplib.SMTPAuthenticationError(535, b"wrong password"), True),
        (smtplib.SMTPDataError(421, b"closing"), True),
        (smtplib.SMTPDataError(451, b"later"), False),
        (smtplib.SMTPRecipientsRefused({"a@b": (450, b"full")}), False),
        (ValueError("no such header"), False),
    ],
)
def test_an_error_of_the_server_and_one_of_the_message_are_told_apart(error, speaks_of_all):
    assert outbox.of_server(error) is speaks_of_all


class TestWhoeverLostOneOfTwoPosts:
    """A notice does not say under which post it was told."""

    @pytest.fixture
    def second(self, cast):
        return Post.objects.create(
            user=cast.handler, unit=cast.units.housing, role=Role.HANDLER, valid_from=NOON.date()
        )

    def test_is_mailed_nothing_more_of_that_time(self, cast, second):
        tell(cast.handler, "住建局的事", at=NOON)
        Post.objects.filter(pk=second.pk).update(valid_until=NOON.date() + timedelta(days=1))
        assert send_due(NOON + timedelta(days=1)) == outbox.SendResult(gave_up=1)
        assert mail.outbox == []

    def test_the_same_day_either(self, cast, second):
        Post.objects.filter(pk=second.pk).update(valid_from=NOON.date() - timedelta(days=30))
        tell(cast.handler, "住建局的事", at=NOON)
        Post.objects.filter(pk=second.pk).update(valid_until=NOON.date())
        assert send_due(NOON + timedelta(minutes=5)) == outbox.SendResult(gave_up=1)

    def test_but_what_came_afterwards(self, cast, second):
        Post.objects.filter(pk=second.pk).update(valid_until=NOON.date() + timedelta(days=1))
        later = NOON + timedelta(days=2)
        tell(cast.handler, "本局的事", at=later)
        assert send_due(later).sent == 1

    def test_and_everything_where_the_post_was_given_again(self, cast, second):
        tell(cast.handler, "住建局的事", at=NOON)
        day = NOON.date() + timedelta(days=1)
        Post.objects.filter(pk=second.pk).update(valid_until=day)
        Post.objects.create(user=cast.handler, unit=second.unit, role=second.role, valid_from=day)
        assert send_due(NOON + timedelta(days=1)).sent == 1
