"""Text messages and robots, against a server of this machine that says what the vendors' servers say."""

import json
import logging
import smtplib
import threading
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot

from accounts.models import AuditEntry, Post
from core.errors import Refusal
from core.timekeeping import SHANGHAI
from notifications.checks import addresses_of_ways
from notifications.enums import Channel, Extent, Level, OutboxState
from notifications.models import ChannelChoice, OutboxMessage
from notifications.services import choose, choose_way, gather, notify, outbox, send_due, ways
from tests.chaos.stage import free_port

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 10, 8, 12, tzinfo=SHANGHAI)
NUMBER, SECRET = "339999-2026-1234567", "s3cretToken0123456789"
LINK, SITE = f"/cases/{NUMBER}/", "https://xf.example.gov.cn"
ROBOTS = [Channel.WECOM, Channel.DINGTALK, Channel.FEISHU]


class Endpoint:
    """Keeps what it was asked, and answers as it is told."""

    def __init__(self):
        self.asked, self.status, self.body, self.headers = [], 200, b'{"errcode": 0, "code": 0}', {}
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                text = self.rfile.read(int(self.headers["Content-Length"])).decode()
                endpoint.asked.append((self.path, self.headers["Content-Type"], text))
                self.send_response(endpoint.status)
                for name, value in endpoint.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(endpoint.body)

            do_GET = do_POST

            def log_message(self, *_words):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def says(self, status, **body):
        self.status, self.body = status, json.dumps(body).encode()


@pytest.fixture
def endpoint():
    made = Endpoint()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def set_up(endpoint, settings, monkeypatch, cast):
    """All ways lead to the endpoint; the robots' fixed addresses are bent to it."""
    here = f"127.0.0.1:{endpoint.port}"
    settings.SITE_URL, settings.MESSAGE_HOSTS, settings.OUTBOX_PER_MINUTE = SITE, ["127.0.0.1"], {}
    settings.MESSAGE_URLS = {
        "sms": f"json://gate:{SECRET}@{here}/sms?:to={{phone}}&:message=content&:title=&:type=&:version=&:attachments=",
        "wecom": f"wecombot://{SECRET}",
        "dingtalk": f"dingtalk://{SECRET}",
        "feishu": f"feishu://{SECRET}",
    }
    monkeypatch.setattr(NotifyWeComBot, "notify_url", f"http://{here}/wecom?key={{key}}")
    monkeypatch.setattr(NotifyDingTalk, "notify_url", f"http://{here}/dingtalk?access_token={{token}}")
    monkeypatch.setattr(NotifyFeishu, "notify_url", f"http://{here}/feishu/{{token}}/")
    cast.handler.phone, cast.handler.email = "13800001234", ""
    cast.handler.save()
    return settings


def tell(person, key="k", level=Level.LATE, link=LINK, at=NOON):
    notify(
        recipients=[person],
        text=f"{NUMBER} 的“张小河”期限到了",
        link=link,
        dedupe_key=key,
        level=level,
        at=at,
    )


def want(person, *channels, extent=Extent.LATE):
    for channel in channels:
        choose_way(user=person, channel=channel, extent=extent)


def states():
    return list(OutboxMessage.objects.order_by("pk").values_list("channel", "state"))


class TestWhatLeaves:
    def test_a_text_message_goes_to_the_number_with_the_case_and_the_link_alone(self, set_up, endpoint, cast):
        want(cast.handler, Channel.SMS)
        tell(cast.handler)
        assert send_due(NOON) == outbox.SendResult(sent=1)
        ((path, kind, text),) = endpoint.asked
        assert (path, kind) == ("/sms", "application/json")
        words = f"【回应】{NUMBER} 有新的紧急提醒，请登录查看：{SITE}{LINK}"
        assert json.loads(text) == {"to": "13800001234", "content": words}

    def test_or_as_a_form(self, set_up, endpoint, cast):
        url = set_up.MESSAGE_URLS["sms"].replace("json://", "form://")
        set_up.MESSAGE_URLS = set_up.MESSAGE_URLS | {"sms": url}
        want(cast.handler, Channel.SMS)
        tell(cast.handler, link="/notices/")
        assert send_due(NOON).sent == 1
        ((_path, _kind, text),) = endpoint.asked
        sent = parse_qs(text)
        assert sent["to"] == ["13800001234"] and NUMBER not in sent["content"][0]

    @pytest.mark.parametrize("channel", ROBOTS)
    def test_a_robot_names_no_case_for_others_are_in_the_room(self, set_up, endpoint, cast, channel):
        want(cast.handler, channel)
        tell(cast.handler)
        assert send_due(NOON) == outbox.SendResult(sent=1)
        ((path, _kind, text),) = endpoint.asked
        assert path.startswith(f"/{channel.value}") and SECRET in path
        told = json.loads(text)
        content = told["content"]["text"] if channel == Channel.FEISHU else told["text"]["content"]
        assert content == f"【回应】您有新的紧急提醒，请登录查看：{SITE}/notices/?unread=1"
        assert "张小河" not in text and NUMBER not in text

    def test_mail_leaves_too_and_each_way_once(self, set_up, endpoint, cast):
        cast.handler.email = "handler@qingjiang.example"
        cast.handler.save()
        want(cast.handler, Channel.SMS, Channel.FEISHU)
        tell(cast.handler)
        tell(cast.handler)
        assert send_due(NOON).sent == 3
        assert sorted(states()) == [("email", "sent"), ("feishu", "sent"), ("sms", "sent")]
        assert len(endpoint.asked) == 2


class TestWhoIsTold:
    def test_nobody_by_a_way_they_did_not_choose(self, set_up, cast):
        tell(cast.handler)
        assert states() == []

    def test_only_what_is_late_or_all_as_they_chose(self, set_up, cast):
        want(cast.handler, Channel.SMS)
        want(cast.handler, Channel.WECOM, extent=Extent.ALL)
        for level in Level:
            tell(cast.handler, key=level.value, level=level)
        assert sorted(channel for channel, _state in states()) == ["sms", "wecom", "wecom", "wecom"]

    def test_one_message_a_day_holds_for_robots_too_and_what_is_late_comes_at_once(
        self, set_up, cast, endpoint
    ):
        want(cast.handler, Channel.WECOM, extent=Extent.ALL)
        choose(user=cast.handler, daily=True, at=NOON)
        for level in Level:
            tell(cast.handler, key=level.value, level=level)
        assert send_due(NOON).sent == 1
        morning = NOON + timedelta(hours=20, minutes=30)
        assert gather(morning) == 1
        assert send_due(morning).sent == 1
        assert f"{SITE}/notices/?unread=1" in endpoint.asked[-1][2]

    def test_nothing_by_a_way_that_is_not_set_up_any_more(self, set_up, cast):
        want(cast.handler, Channel.SMS)
        set_up.MESSAGE_URLS = {}
        tell(cast.handler)
        assert states() == []

    def test_whoever_left_is_sent_nothing(self, set_up, cast, endpoint):
        want(cast.handler, Channel.SMS)
        tell(cast.handler)
        Post.objects.filter(user=cast.handler).update(valid_until=NOON.date())
        assert send_due(NOON) == outbox.SendResult(gave_up=1)
        assert endpoint.asked == []

    def test_a_choice_that_cannot_be_is_refused(self, set_up, cast):
        with pytest.raises(Refusal, match="没有登记手机号"):
            want(cast.leader, Channel.SMS)
        set_up.MESSAGE_URLS = set_up.MESSAGE_URLS | {"feishu": ""}
        for channel in (Channel.FEISHU, Channel.EMAIL):
            with pytest.raises(Refusal, match="没有开通"):
                want(cast.handler, channel)
        assert not ChannelChoice.objects.exists()

    def test_the_choice_is_made_on_the_page_of_notices(self, set_up, cast, client_as):
        page = client_as(cast.handler)
        shown = page.get("/notices/").content.decode()
        assert all(words in shown for words in ("短信提醒", "企业微信提醒", "钉钉提醒", "飞书提醒"))
        assert SECRET not in shown
        answer = page.post(
            "/notices/mail/", {"channel": "sms", "extent": "all"}, follow=True
        ).content.decode()
        assert "短信提醒：每条都发。" in answer
        assert ChannelChoice.objects.get().extent == Extent.ALL
        page.post("/notices/mail/", {"channel": "sms", "extent": ""})
        assert not ChannelChoice.objects.exists()
        for wrong in ({"channel": "pigeon", "extent": "all"}, {"channel": "sms", "extent": "nonsense"}):
            assert "请从列出的提醒方式里选择" in page.post("/notices/mail/", wrong).content.decode()

    def test_where_nothing_is_set_up_nothing_is_offered(self, cast, client_as):
        assert "短信提醒" not in client_as(cast.handler).get("/notices/").content.decode()


class TestFailures:
    def outcome(self, cast, channel):
        want(cast.handler, channel)
        tell(cast.handler)
        send_due(NOON)
        return OutboxMessage.objects.get()

    @pytest.mark.parametrize(
        ("status", "for_good"),
        [
            (400, True),
            (422, True),
            (410, True),
            (401, False),
            (403, False),
            (404, False),
            (429, False),
            (500, False),
            (503, False),
        ],
    )
    @pytest.mark.parametrize("channel", [Channel.SMS, Channel.FEISHU])
    def test_a_status_that_speaks_of_the_message_gives_up_and_any_other_is_tried_again(
        self, set_up, endpoint, cast, channel, status, for_good
    ):
        endpoint.says(status)
        message = self.outcome(cast, channel)
        assert message.state == (OutboxState.GAVE_UP if for_good else OutboxState.WAITING)
        assert message.last_error == f"HTTP {status}"

    @pytest.mark.parametrize(
        ("channel", "code", "for_good"),
        [
            (Channel.WECOM, 93000, False),  # a wrong key of ours
            (Channel.WECOM, 45009, False),  # too often
            (Channel.WECOM, 44004, True),
            (Channel.DINGTALK, 310000, False),  # keyword or signature
            (Channel.DINGTALK, 130101, False),
            (Channel.DINGTALK, 430102, True),
            (Channel.FEISHU, 19024, False),
            (Channel.FEISHU, 11232, False),
            (Channel.FEISHU, 9499, True),
        ],
    )
    def test_a_refusal_within_an_answer_of_200_is_no_success(
        self, set_up, endpoint, cast, channel, code, for_good
    ):
        name = ways.CODES[channel]
        endpoint.says(200, **{name: code, "msg": f"no, {SECRET}"})
        message = self.outcome(cast, channel)
        assert message.state == (OutboxState.GAVE_UP if for_good else OutboxState.WAITING)
        assert message.last_error == f"{name} {code}"
        endpoint.says(200, **{name: 0})
        assert send_due(NOON + timedelta(minutes=2)).sent == (0 if for_good else 1)

    @pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"errcode": "0"}', b"{}"])
    def test_an_answer_that_says_nothing_is_no_success(self, set_up, endpoint, cast, body):
        endpoint.body = body
        message = self.outcome(cast, Channel.WECOM)
        assert (message.state, message.last_error) == (OutboxState.WAITING, "errcode None")

    @pytest.mark.parametrize("channel", [Channel.SMS, *ROBOTS])
    def test_a_server_that_is_away_is_asked_again_and_then_it_leaves(self, set_up, endpoint, cast, channel):
        port = endpoint.port
        endpoint.server.shutdown()
        endpoint.server.server_close()
        message = self.outcome(cast, channel)
        assert (message.state, message.last_error) == (OutboxState.WAITING, "没有连上")
        assert str(port) not in message.last_error

    def test_a_redirect_is_not_followed(self, set_up, endpoint, cast):
        endpoint.status, endpoint.headers = 302, {"Location": f"http://127.0.0.1:{endpoint.port}/elsewhere"}
        assert self.outcome(cast, Channel.SMS).last_error == "HTTP 302"
        assert [path for path, *_rest in endpoint.asked] == ["/sms"]

    def test_a_host_that_is_not_allowed_is_not_asked(self, set_up, endpoint, cast):
        set_up.MESSAGE_HOSTS = []
        assert self.outcome(cast, Channel.SMS).last_error == "没有连上"
        assert endpoint.asked == []

    def test_an_address_of_another_kind_is_not_used(self, set_up, endpoint, cast):
        set_up.MESSAGE_URLS = set_up.MESSAGE_URLS | {"wecom": f"json://127.0.0.1:{endpoint.port}/"}
        assert self.outcome(cast, Channel.WECOM).last_error == "企业微信没有配置好"
        assert endpoint.asked == []

    def test_a_number_that_was_taken_away_since_gives_up(self, set_up, endpoint, cast):
        want(cast.handler, Channel.SMS)
        tell(cast.handler)
        type(cast.handler).objects.filter(pk=cast.handler.pk).update(phone="")
        assert send_due(NOON) == outbox.SendResult(gave_up=1)

    def test_no_secret_is_written_anywhere(self, set_up, endpoint, cast, caplog):
        caplog.set_level(logging.DEBUG)
        logging.getLogger("apprise").setLevel("CRITICAL")  # as in the settings
        logging.getLogger("urllib3").setLevel("CRITICAL")
        endpoint.says(500)
        want(cast.handler, Channel.SMS, *ROBOTS)
        tell(cast.handler)
        send_due(NOON)
        assert SECRET not in caplog.text and SECRET not in str(list(OutboxMessage.objects.values()))
        assert SECRET not in str(list(AuditEntry.objects.values()))
        assert "failed by" in caplog.text

    def test_one_way_that_fails_does_not_hold_up_another(self, set_up, endpoint, cast):
        set_up.MESSAGE_URLS = set_up.MESSAGE_URLS | {"sms": ""}
        want(cast.handler, Channel.WECOM, Channel.FEISHU)
        endpoint.says(200, code=0, errcode=45009)
        tell(cast.handler)
        send_due(NOON)
        assert dict(states()) == {"wecom": "waiting", "feishu": "sent"}

    def test_and_each_way_keeps_to_its_own_rate(self, set_up, cast):
        set_up.OUTBOX_PER_MINUTE = {"wecom": 4, "feishu": 0}
        want(cast.handler, Channel.WECOM, Channel.FEISHU)
        for n in range(8):
            tell(cast.handler, key=f"k{n}", link="/notices/")
        send_due(NOON)
        assert sorted(channel for channel, state in states() if state == "sent") == ["feishu"] * 8 + ["wecom"]


class TestTheStart:
    def ids(self):
        return [found.id for found in addresses_of_ways()]

    def test_says_nothing_of_addresses_that_are_right(self, set_up):
        set_up.MESSAGE_URLS = set_up.MESSAGE_URLS | {"sms": "jsons://gate.example/sms?:to={phone}"}
        set_up.MESSAGE_HOSTS = ["gate.example"]
        assert self.ids() == []

    @pytest.mark.parametrize(
        ("url", "wanted"),
        [
            ("https://gate.example/{phone}", "notifications.E001"),
            ("dingtalk://x/{phone}", "notifications.E001"),
            ("jsons://elsewhere.example/{phone}", "notifications.E002"),
            ("jsons://gate.example/sms", "notifications.E003"),
            ("json://gate.example/{phone}", "notifications.W001"),
        ],
    )
    def test_names_the_setting_and_never_the_address(self, set_up, url, wanted):
        set_up.MESSAGE_URLS, set_up.MESSAGE_HOSTS = {"sms": f"{url}?t={SECRET}"}, ["gate.example"]
        found = addresses_of_ways()
        assert [one.id for one in found] == [wanted]
        assert "SMS_URL" in found[0].msg and SECRET not in str(found) and "gate.example" not in str(found)


class TestMail:
    """The same promises against a real mail server of this machine."""

    @pytest.fixture
    def server(self, settings, cast):
        class Box:
            def __init__(self):
                self.taken, self.answer = [], "250 taken"

            async def handle_RCPT(self, server, session, envelope, address, options):
                if not self.answer.startswith("250"):
                    return self.answer
                envelope.rcpt_tos.append(address)
                return "250 ok"

            async def handle_DATA(self, server, session, envelope):
                self.taken.append((envelope.rcpt_tos, envelope.content.decode()))
                return self.answer

        box, port = Box(), free_port()
        controller = Controller(box, hostname="127.0.0.1", port=port)
        controller.factory = lambda: SMTP(box, hostname="localhost")
        controller.start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.SITE_URL = "127.0.0.1", port, SITE
        yield box
        controller.stop()

    def test_a_mail_arrives_with_its_key(self, server, cast):
        tell(cast.handler)
        assert send_due(NOON).sent == 1
        ((to, text),) = server.taken
        assert to == [cast.handler.email] and "Message-ID: <" in text

    @pytest.mark.parametrize(("answer", "state"), [("550 no such box", "gave_up"), ("451 later", "waiting")])
    def test_what_the_server_says_for_good_is_told_from_what_passes(self, server, cast, answer, state):
        server.answer = answer
        tell(cast.handler)
        send_due(NOON)
        assert states() == [("email", state)]
        assert OutboxMessage.objects.get().last_error.startswith(smtplib.SMTPRecipientsRefused.__name__)
        server.answer = "250 taken"
        assert send_due(NOON + timedelta(minutes=2)).sent == (state == "waiting")
