"""Ways out besides e-mail: a gateway of text messages, the robots of WeCom, DingTalk and Feishu, all through apprise.

The address of each is a setting and a secret: it is never shown, logged or kept with a message. A text message says the
number of a case and where to read on. A robot talks to a room, where others sit who may not even learn that there is
such a case (条例 30): it says that there is something to read and how pressing it is.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from django.conf import settings
from django.utils.translation import gettext as _

from notifications.enums import Channel, Level
from notifications.models import Notice, OutboxMessage

log = logging.getLogger(__name__)

#: Words with which an address of each way may begin. Text messages go to a gateway that takes JSON or a form; one of a
#: vendor with signed requests (Aliyun, Tencent) needs such a gateway before it.
SCHEMES = {
    Channel.SMS: ("jsons", "json", "forms", "form"),
    Channel.WECOM: ("wecombot",),
    Channel.DINGTALK: ("dingtalk",),
    Channel.FEISHU: ("feishu",),
}
#: Where the robots of each vendor live; gateways are named by ``MESSAGE_HOSTS``.
HOSTS = frozenset({"qyapi.weixin.qq.com", "oapi.dingtalk.com", "open.feishu.cn"})
#: Statuses that speak of this message or its number; all others may be mended (a key of ours, a server, a limit).
FOR_GOOD_STATUS = frozenset({400, 410, 413, 414, 422})
#: A robot answers 200 and puts its refusal into the body, under one of these names.
CODES = {Channel.WECOM: "errcode", Channel.DINGTALK: "errcode", Channel.FEISHU: "code"}
#: Refusals of the message itself: malformed, empty, too long, or with forbidden words.
FOR_GOOD_CODES = {
    Channel.WECOM: frozenset({40008, 40058, 44004, 45002}),
    Channel.DINGTALK: frozenset({40035, 430101, 430102, 430103, 430104}),
    Channel.FEISHU: frozenset({9499}),
}
CASE = re.compile(r"/cases/([^/?#]+)/")


@dataclass(frozen=True)
class Failure:
    """Why a message did not leave; ``for_good`` where trying again would not help, ``of_server`` where it would be the
    same with any other message now."""

    words: str
    for_good: bool = False
    of_server: bool = False


class ForeignHost(requests.RequestException):
    """A request was about to go where none may go."""


def configured() -> list[str]:
    """Channels that have an address."""
    return [channel for channel in Channel.values if settings.MESSAGE_URLS.get(channel)]


def plugin_of(channel: str, phone: str = "") -> Any:
    """Apprise's sender for the channel; None where its address is none, or one of another kind."""
    url = str(settings.MESSAGE_URLS.get(channel) or "")
    import apprise  # a third of a second, which only what sends needs to pay

    if url.partition("://")[0].lower() not in SCHEMES.get(Channel(channel), ()):
        return None
    plugin = apprise.Apprise.instantiate(url.replace("{phone}", quote(phone, safe="")))
    if plugin is not None:
        plugin.redirects = False
    return plugin


def allowed_hosts() -> frozenset[str]:
    return HOSTS | frozenset(host.lower() for host in settings.MESSAGE_HOSTS)


def send(message: OutboxMessage) -> Failure | None:
    """Send by the message's channel; None, or what went wrong, in words without the address."""
    channel, name = Channel(message.channel), Channel(message.channel).label
    phone = message.notice.recipient.phone
    if channel == Channel.SMS and not phone:
        return Failure(_("收件人没有登记手机号"), for_good=True)
    plugin = plugin_of(channel, phone)
    if plugin is None:
        return Failure(_("%(way)s没有配置好") % {"way": name}, of_server=True)
    try:
        with _watched() as answers:
            taken = plugin.notify(body=words(message.notice, channel))
    except Exception as error:  # any fault is looked at later, and must not stop the others
        log.warning("outbox message %d failed: %s", message.pk, type(error).__name__)
        return Failure(type(error).__name__)
    failure = _judged(channel, answers[-1] if answers else None, taken=bool(taken))
    if failure is not None:
        log.warning("outbox message %d failed by %s: %s", message.pk, channel.value, failure.words)
    return failure


def words(notice: Notice, channel: Channel) -> str:
    """Where to read on, and to one person alone the number of the case; never the notice's own words."""
    site, case = settings.SITE_URL.rstrip("/"), CASE.search(notice.link)
    level = Level(notice.level).label
    if case is None or channel in CODES:
        told = _("【回应】您有新的%(level)s提醒，请登录查看：%(url)s")
        return told % {"level": level, "url": f"{site}/notices/?unread=1"}
    told = _("【回应】%(number)s 有新的%(level)s提醒，请登录查看：%(url)s")
    return told % {"number": case[1], "level": level, "url": f"{site}{notice.link}"}


def _judged(channel: Channel, answer: requests.Response | None, *, taken: bool) -> Failure | None:
    if answer is None:
        return None if taken else Failure(_("没有连上"), of_server=True)
    if not 200 <= answer.status_code < 300:
        status = answer.status_code
        return Failure(f"HTTP {status}", for_good=status in FOR_GOOD_STATUS, of_server=status >= 500)
    if channel not in CODES:
        return None
    code = _code(answer, CODES[channel])
    if code == 0:
        return None
    return Failure(f"{CODES[channel]} {code}", for_good=code in FOR_GOOD_CODES[channel])


def _code(answer: requests.Response, name: str) -> int | None:
    """What the robot says in its answer; None for an answer that says nothing, which is no consent."""
    try:
        code = json.loads(answer.content)[name]
    except (ValueError, KeyError, TypeError):
        return None
    return code if isinstance(code, int) else None


@contextmanager
def _watched() -> Iterator[list[requests.Response]]:
    """Every answer that comes meanwhile, and no request to a host that is not allowed, a redirect's included.

    Apprise says yes or no, and a yes of a robot that answered "refused" with status 200 is none. Sends of one process
    follow one another; nothing else in it uses ``requests``.
    """
    answers: list[requests.Response] = []
    real, hosts = requests.Session.send, allowed_hosts()

    def send(self: requests.Session, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        if (urlsplit(request.url or "").hostname or "") not in hosts:
            raise ForeignHost
        answer = real(self, request, **kwargs)
        answers.append(answer)
        return answer

    requests.Session.send = send  # type: ignore[method-assign]
    try:
        yield answers
    finally:
        requests.Session.send = real  # type: ignore[method-assign]
