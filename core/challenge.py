"""What stands before a busy address: a sum for the browser, or a short wait. Never a login, a telephone or a document.

``Gate.lets_in`` counts; under the free number nothing is asked. Above it the browser finds a number whose SHA-256
fits (altcha's protocol, no outside service; challenge.js, under a second on an old telephone). Without JavaScript
one waits a minute and presses again. Either opens the gate once.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta

import altcha
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from core import throttle
from core.timekeeping import now

log = logging.getLogger(__name__)
#: Numbers to try, half of them on average; an old telephone hashes about 100,000 a second.
MAX_NUMBER = 100_000
LASTS_SECONDS = 30 * 60
WAIT_SECONDS = 60
#: Of those who waited, so many are let in each minute from one address.
WAITED_A_MINUTE = 3
SOLVED, WAITED = "challenge_solved", "challenge_waited"


@dataclass(frozen=True)
class Challenge:
    """One page's challenge: ``question`` for the browser's script, ``ticket`` for who waits."""

    question: str
    ticket: str
    wait_seconds: int = WAIT_SECONDS


@dataclass(frozen=True)
class Gate:
    """As many requests in each window of ``seconds`` from one address as the setting says meet nothing."""

    name: str
    setting: str
    seconds: int = 3600

    @property
    def free(self) -> int:
        return int(getattr(settings, self.setting))

    def lets_in(self, request: HttpRequest) -> bool:
        """Count this request; True while it is one of the free ones or brings an answer not used before."""
        if throttle.allow(self._key(request), self.free, self.seconds):
            return True
        return self._solved(request.POST.get(SOLVED, "")) or self._waited(request)

    def before(self, request: HttpRequest) -> Challenge | None:
        """What the page has to show: a challenge where the next request would need one."""
        if throttle.spent(self._key(request), self.seconds) < self.free:
            return None
        expires = now() + timedelta(seconds=LASTS_SECONDS)
        options = altcha.ChallengeOptions(
            hmac_key=self._secret(), max_number=MAX_NUMBER, expires=expires, params={"for": self.name}
        )
        ticket = signing.dumps([secrets.token_urlsafe(12), now().timestamp()], salt=self._salt())
        return Challenge(json.dumps(altcha.create_challenge(options).__dict__), ticket)

    @staticmethod
    def sentence() -> str:
        return _(
            "这个网络在短时间内提交得很多，这一次还没有办成。内容都在：稍等验证完成，再按一次就可以，不用登录，也不用证件。"
        )

    def _solved(self, answer: str) -> bool:
        if not answer or len(answer) > 2000:
            return False
        try:
            good, _why = altcha.verify_solution(answer, self._secret(), check_expires=True)
            question = json.loads(base64.b64decode(answer))["challenge"]
        except (binascii.Error, ValueError, TypeError, KeyError, AttributeError):
            return False
        return bool(good) and _first_use(f"{self.name}:{question}")

    def _waited(self, request: HttpRequest) -> bool:
        try:
            nonce, made = signing.loads(request.POST.get(WAITED, "")[:300], salt=self._salt())
        except signing.BadSignature:
            return False
        if not WAIT_SECONDS <= now().timestamp() - made <= LASTS_SECONDS:
            return False
        key = f"waited:{self._key(request)}"
        return throttle.allow(key, WAITED_A_MINUTE, WAIT_SECONDS) and _first_use(nonce)

    def _key(self, request: HttpRequest) -> str:
        return f"{self.name}:{throttle.client_network(request)}"

    def _salt(self) -> str:
        return f"core.challenge.{self.name}"

    def _secret(self) -> str:
        return salted_hmac(self._salt(), "altcha", algorithm="sha256").hexdigest()


def _first_use(name: str) -> bool:
    """True once for each name, for all workers together; a cache that is away lets people through."""
    key = f"challenge:{hashlib.sha256(name.encode()).hexdigest()[:32]}"
    try:
        return bool(cache.add(key, 1, timeout=LASTS_SECONDS + WAIT_SECONDS))
    except Exception:
        log.exception("challenge_unreachable")
        return True
