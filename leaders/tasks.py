"""A thin task: offers that lapse and reminders that are due. Nothing is kept in Celery."""

from __future__ import annotations

import logging

from celery import shared_task

from core.timekeeping import now
from leaders.services import offers

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def settle_bookings() -> None:
    """Idempotent, safe to run twice at once."""
    at = now()
    lapsed, reminded = offers.lapse(at), offers.remind(at)
    if lapsed or reminded:
        logger.info("visit bookings: %d offers lapsed, %d reminded", lapsed, reminded)
