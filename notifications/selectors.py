"""Reads of one person's own notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet

from accounts.models import User
from notifications.enums import OutboxState
from notifications.models import DailyMail, Notice, OutboxMessage

UNREAD_CAP = 99


def notices_of(user: User) -> QuerySet[Notice]:
    """The only start of a query for notices: one's own."""
    return Notice.objects.filter(recipient=user)


def has_daily_mail(user: User) -> bool:
    return DailyMail.objects.filter(user=user).exists()


def unread_count(user: User) -> str:
    """Unread notices as the bell shows them: "", "7", "99+". One query that stops counting at 100."""
    found = len(notices_of(user).filter(read_at=None).values_list("pk")[: UNREAD_CAP + 1])
    if not found:
        return ""
    return f"{UNREAD_CAP}+" if found > UNREAD_CAP else str(found)


@dataclass(frozen=True)
class Queue:
    """The outbox: messages ``waiting``, the ``oldest`` moment at which one was to leave, ``failing`` ones that were
    tried in vain, and those ``given_up``."""

    waiting: int
    oldest: datetime | None
    failing: int
    given_up: int


def queue() -> Queue:
    """Two queries, each over a partial index: what has left is not looked at."""
    open_ones = OutboxMessage.objects.filter(state__in=[OutboxState.WAITING, OutboxState.SENDING])
    found = open_ones.aggregate(
        waiting=Count("pk"),
        oldest=Min("notice__created_at"),
        failing=Count("pk", filter=~Q(last_error="")),
    )
    return Queue(**found, given_up=given_up().count())


def given_up() -> QuerySet[OutboxMessage]:
    """What did not leave and is not tried again: whom, by what way, why. What it says is left out: whoever keeps the
    machine reads no cases."""
    rows = OutboxMessage.objects.filter(state=OutboxState.GAVE_UP)
    return rows.select_related("notice__recipient").defer("notice__text", "notice__link")
