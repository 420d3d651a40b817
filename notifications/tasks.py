"""Celery's way in; each task is one service call."""

from __future__ import annotations

import logging

from celery import shared_task

from notifications.services import digests, outbox

log = logging.getLogger(__name__)


@shared_task
def send_due() -> int:
    """Send what is due in the outbox; how many messages left."""
    result = outbox.send_due()
    if result.sent or result.failed:
        log.info("outbox: %d sent, %d failed", result.sent, result.failed)
    return result.sent


@shared_task
def gather_digests() -> int:
    """Make the day's mail of whoever chose one mail a day; how many."""
    return digests.gather()
