"""Thin tasks: offers that lapse, reminders that are due, old bookings, what is proposed for a package, what is
watched no more. Nothing is kept in Celery."""

from __future__ import annotations

import logging

from celery import shared_task

from core.timekeeping import now
from leaders.services import archives, offers, watching
from leaders.services.proposing import propose

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def settle_bookings() -> None:
    """Idempotent, safe to run twice at once."""
    at = now()
    lapsed, reminded = offers.lapse(at), offers.remind(at)
    if lapsed or reminded:
        logger.info("visit bookings: %d offers lapsed, %d reminded", lapsed, reminded)


@shared_task(ignore_result=True)
def forget_old_bookings() -> None:
    """Idempotent, safe to run twice at once."""
    if emptied := archives.forget_old_bookings(now()):
        logger.info("visit bookings: %d emptied of who asked", emptied)


@shared_task(ignore_result=True)
def propose_packages() -> None:
    """Idempotent, safe to run twice at once."""
    if ended := watching.end_watch(now()):
        logger.info("packages watched no more: %d cases closed to their leaders", ended)
    if made := propose(now()):
        logger.info("packages proposed: %d", made)
