"""Which messages leave next: those that are due, as many as their way takes a minute, none before an earlier one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from notifications.enums import OutboxState
from notifications.models import OutboxMessage
from notifications.services import rates, subjects

#: How long a claim holds. A sender that dies in between gives its messages back after that.
LEASE = timedelta(minutes=5)
#: Moments a little ahead are no sign of a clock that was put back: clocks of two hosts differ, a catching up waits.
SLACK = timedelta(minutes=2)
MAX_ATTEMPTS = 6
#: Wait after the n-th failure, in minutes; the last failure gives up.
BACK_OFF_MINUTES = (1, 5, 15, 60, 240)
OPEN_STATES = (OutboxState.WAITING.value, OutboxState.SENDING.value)


def bring_back(at: datetime) -> None:
    """After the machine's clock was put back, moments written before lie ahead: no message waits for that."""
    waits = [timedelta(minutes=minutes) * 1.1 for minutes in (0, *BACK_OFF_MINUTES)]
    too_far = Q(pk__in=[])
    for attempts, wait in enumerate(waits):
        too_far |= Q(attempts=attempts, next_try_at__gt=at + wait + SLACK)
    beyond = OutboxMessage.objects.filter(state__in=OPEN_STATES, next_try_at__gt=at + SLACK)
    beyond.filter(too_far, state=OutboxState.WAITING).update(next_try_at=at)
    beyond.filter(state=OutboxState.SENDING, next_try_at__gt=at + LEASE + SLACK).update(
        next_try_at=at + LEASE
    )


def claim(at: datetime, limit: int) -> list[OutboxMessage]:
    """Take due messages, and those whose claim lapsed, up to ``limit`` of each channel: what many wait for must not
    starve the others. Each attempt is counted before it is made.

    No more of each channel than it takes now (``rates``). What tells somebody of a case waits, a round or longer, for
    what is to tell them of it before by the same way; what was given up holds up nothing.
    """
    with transaction.atomic():
        due = OutboxMessage.objects.filter(state__in=OPEN_STATES, next_try_at__lte=at)
        _give_up_lapsed(due.filter(state=OutboxState.SENDING, attempts__gte=MAX_ATTEMPTS), at)
        ids: list[int] = []
        for channel in due.order_by("channel").values_list("channel", flat=True).distinct():
            ids += _claim_of(channel, due.filter(channel=channel), at, limit)
        OutboxMessage.objects.filter(pk__in=ids).update(
            state=OutboxState.SENDING,
            attempts=F("attempts") + 1,
            next_try_at=at + LEASE,
        )
    # Key by key, in three reads: a join is planned by how many messages there were when the table was last counted,
    # and was quadratic where thousands had come since.
    claimed = OutboxMessage.objects.filter(pk__in=ids).order_by("pk")
    return list(claimed.prefetch_related("notice__recipient"))


def _give_up_lapsed(lapsed: QuerySet[OutboxMessage], at: datetime) -> None:
    """Messages with which every sender died."""
    ids = list(lapsed.select_for_update(skip_locked=True).values_list("pk", flat=True))
    if not ids:
        return
    given_up = OutboxMessage.objects.filter(pk__in=ids)
    given_up.update(state=OutboxState.GAVE_UP, last_error="发送途中多次中断")
    for message in given_up.select_related("notice__recipient"):
        subjects.tell_of_undelivered(message, at)


def _claim_of(channel: str, due: QuerySet[OutboxMessage], at: datetime, limit: int) -> list[int]:
    """Lock the oldest of one channel that may leave now."""
    free = rates.free(channel, at)
    most = limit if free is None else min(limit, free)
    if most <= 0:
        return []
    alone = due.filter(notice__about="").order_by("next_try_at", "pk").values_list("pk", flat=True)
    # More than fit, for another sender may hold some of them.
    ready = [*alone[: 4 * limit], *_firsts(channel, at)[: 4 * limit]]
    ids = list(
        due.filter(pk__in=ready)
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("next_try_at", "pk")
        .values_list("pk", flat=True)[:most]
    )
    rates.take(channel, len(ids), at)
    return ids


def _firsts(channel: str, at: datetime) -> list[int]:
    """Of what is to leave to one person about one thing the one written first, where that is due; the oldest first.
    One sort of what waits: to ask of each message whether there is an earlier one took minutes."""
    line = ("notice__recipient", "notice__about")
    waiting = OutboxMessage.objects.filter(state__in=OPEN_STATES, channel=channel).exclude(notice__about="")
    firsts = waiting.order_by(*line, "pk").distinct(*line).values_list("next_try_at", "pk")
    return [pk for moment, pk in sorted(firsts) if moment <= at]


def put_back(messages: Iterable[OutboxMessage], at: datetime) -> None:
    """Give up claims that were not used; the attempt does not count."""
    mine = OutboxMessage.objects.filter(pk__in=[message.pk for message in messages])
    mine.filter(state=OutboxState.SENDING).update(
        state=OutboxState.WAITING, attempts=F("attempts") - 1, next_try_at=at
    )
