"""The doors of this room."""

from notifications.services.digests import choose, choose_way, gather
from notifications.services.notices import (
    NoticeRow,
    mark_all_read,
    mark_read,
    notify,
    notify_many,
    stop,
    withdraw,
)
from notifications.services.outbox import SendResult, retry, send_due

__all__ = [
    "NoticeRow",
    "SendResult",
    "choose",
    "choose_way",
    "gather",
    "mark_all_read",
    "mark_read",
    "notify",
    "notify_many",
    "retry",
    "send_due",
    "stop",
    "withdraw",
]
