"""Send what the outbox holds: at least once, each message under one Message-ID."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.services import audit
from core.errors import Refusal
from core.timekeeping import now as current_moment
from notifications.enums import Channel, OutboxState
from notifications.models import Notice, OutboxMessage
from notifications.services import subjects, ways
from notifications.services.claiming import BACK_OFF_MINUTES, MAX_ATTEMPTS, bring_back, claim
from notifications.services.digests import CAUGHT_UP, DIGEST, gather_old
from notifications.services.entitled import LEFT_WORDS, still_there
from notifications.services.mailer import Mailer, is_for_good, of_server
from notifications.services.turns import in_turns
from notifications.services.ways import Failure

log = logging.getLogger(__name__)

#: A slow server must not outlast the claim, nor hold up what comes meanwhile: after this many seconds the rest is put
#: back, and the next round begins with what is oldest.
ROUND_SECONDS = 60
#: Notices that a day's mail spells out; the rest are counted in its first line.
MOST_LINES = 50


LEFT = Failure(LEFT_WORDS, for_good=True)


@dataclass(frozen=True)
class SendResult:
    sent: int = 0
    failed: int = 0
    gave_up: int = 0


def send_due(now: datetime | None = None, limit: int = 200) -> SendResult:
    """Claim up to ``limit`` messages of each channel due at ``now`` and send them.

    Claiming commits before sending, so that no lock is held while a mail server answers; two
    senders never claim the same message (SKIP LOCKED). A crash in between leaves the claim to
    lapse, and the message is sent again under the same Message-ID. What is old is gathered first.
    """
    at = now or current_moment()
    bring_back(at)
    gather_old(at)
    claimed = claim(at, limit)
    tally = {OutboxState.SENT: 0, OutboxState.WAITING: 0, OutboxState.GAVE_UP: 0}
    entitled = still_there(claimed, at)
    with Mailer() as mailer:

        def send(message: OutboxMessage) -> Failure | None:
            return _send_one(message, mailer) if message.pk in entitled else LEFT

        for message, failure, moment in in_turns(claimed, send, at, seconds=ROUND_SECONDS):
            state = _state_after(message, failure)
            tally[state] += _settle(message, state, failure.words if failure else "", moment)
    return SendResult(tally[OutboxState.SENT], tally[OutboxState.WAITING], tally[OutboxState.GAVE_UP])


def _state_after(message: OutboxMessage, failure: Failure | None) -> OutboxState:
    if failure is None:
        return OutboxState.SENT
    over = failure.for_good or message.attempts >= MAX_ATTEMPTS
    return OutboxState.GAVE_UP if over else OutboxState.WAITING


def _settle(message: OutboxMessage, state: OutboxState, error: str, at: datetime) -> int:
    """Write the outcome, unless the claim lapsed meanwhile and another sender has it."""
    mine = OutboxMessage.objects.filter(pk=message.pk, state=OutboxState.SENDING, attempts=message.attempts)
    wait = BACK_OFF_MINUTES[min(message.attempts, len(BACK_OFF_MINUTES)) - 1]
    with transaction.atomic():
        written = mine.update(
            state=state,
            last_error=error,
            sent_at=at if state is OutboxState.SENT else None,
            next_try_at=at + timedelta(minutes=wait) * _spread(message),
        )
        if written and state is OutboxState.GAVE_UP and error != LEFT_WORDS:
            subjects.tell_of_undelivered(message, at)
    return written


def _spread(message: OutboxMessage) -> float:
    """0.9 to 1.1, by message and attempt: what failed together does not come back together."""
    return 0.9 + crc32(f"{message.pk}:{message.attempts}".encode()) % 201 / 1000


def _send_one(message: OutboxMessage, mailer: Mailer) -> Failure | None:
    """Send; None, or what went wrong."""
    if message.channel != Channel.EMAIL:
        return ways.send(message)
    try:
        mailer.send(mail_for(message))
    except Exception as error:  # any fault is looked at later, and must not stop the others
        log.warning("outbox message %d failed: %s", message.pk, type(error).__name__)
        words = f"{type(error).__name__}: {error}"[:300]
        return Failure(words, for_good=is_for_good(error), of_server=of_server(error))
    return None


def retry(*, actor: Actor, message: OutboxMessage, at: datetime | None = None) -> None:
    """Try a message that was given up once more from the beginning.

    Raises Refusal: another than the system administrator, or it was not given up.
    """
    at = at or current_moment()
    if actor.role != Role.SYSTEM_ADMIN:
        raise Refusal(_("重发由系统管理员操作。"), code="forbidden")
    given_up = OutboxMessage.objects.filter(pk=message.pk, state=OutboxState.GAVE_UP)
    given_up = given_up.exclude(subjects.sealed())
    with transaction.atomic():
        if not given_up.update(state=OutboxState.WAITING, attempts=0, next_try_at=at):
            raise Refusal(_("这条消息没有放弃发送，不用重发。"), code="stale")
        audit.record(actor=actor, act="outbox.retry", obj=message, detail={"error": message.last_error})


def _message_id(key: str) -> str:
    """The same for a notice however often it is sent; says nothing of the case, the step and the person in the key."""
    return salted_hmac("notifications.message_id", key, algorithm="sha256").hexdigest()[:40]


def mail_for(message: OutboxMessage) -> EmailMessage:
    notice = message.notice
    site = getattr(settings, "SITE_URL", "").rstrip("/")
    host = site.split("//")[-1] or "huiying.local"
    one_line = " ".join(notice.text.split())
    return EmailMessage(
        subject=f"【回应】{one_line[:60]}",
        body=f"{notice.text}\n{_gathered(notice)}\n查看：{site}{notice.link}\n",
        to=[notice.recipient.email],
        headers={"Message-ID": f"<{_message_id(notice.dedupe_key)}@{host.replace(':', '.')}>"},
    )


def _gathered(notice: Notice) -> str:
    """What a digest stands for, a line each; what was withdrawn since, or may not be told any more, is left out.
    Nothing for another notice."""
    if not notice.dedupe_key.startswith(DIGEST):
        return ""
    caught_up = notice.dedupe_key.startswith(CAUGHT_UP)
    # A notice may stand behind it by several ways.
    mine = list(OutboxMessage.objects.filter(digest=notice).select_related("notice"))
    there = still_there(mine, current_moment())
    order = [Coalesce("meant_at", "created_at"), "pk"] if caught_up else ["-level", "created_at"]
    told = {message.notice_id for message in mine if message.pk in there}
    found = Notice.objects.filter(pk__in=told).order_by(*order)[:MOST_LINES]
    return "".join(f"· {one.text}\n" for one in found)
