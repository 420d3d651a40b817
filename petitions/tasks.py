"""Celery's way in; each task is one service call."""

from __future__ import annotations

import logging

from celery import shared_task

from core.timekeeping import now
from petitions.services import archiving, attaching, holding, succession

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def reappoint_holders() -> None:
    """Sealed cases held by name whose holders have left; idempotent."""
    count = holding.reappoint(now())
    if count:
        logger.info("%d cases given to a new holder", count)


@shared_task(ignore_result=True)
def follow_ended_units() -> None:
    """Cases of units that were split, merged or abolished go to whoever took over; idempotent."""
    count = succession.follow(now())
    if count:
        logger.info("%d cases passed on to a successor", count)


@shared_task(ignore_result=True)
def remove_stray_files() -> None:
    """Stored files that no row names and that are older than a day; idempotent."""
    count = attaching.remove_strays(now())
    if count:
        logger.info("%d stray files removed", count)


@shared_task(ignore_result=True)
def file_closed_cases() -> None:
    """Archive classes of cases closed since yesterday, and word to the petition office of terms that are over;
    idempotent."""
    at = now()
    count = archiving.file_closed(at)
    if count:
        logger.info("%d closed cases filed", count)
    archiving.tell_of_terms(at)
