"""Thin tasks: reminders that are due. Nothing is kept in Celery."""

from __future__ import annotations

import logging

from celery import shared_task

from core.timekeeping import now
from mediation.services import recording_files
from mediation.services.dispute_archives import forget_old
from mediation.services.duties import forget_old_notes
from mediation.services.reminding import remind

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def remind_of_sessions() -> None:
    """Idempotent, safe to run twice at once."""
    if reminded := remind(now()):
        logger.info("mediation sessions: %d reminded of", reminded)


@shared_task(ignore_result=True)
def forget_room_duties() -> None:
    """Idempotent, safe to run twice at once."""
    if emptied := forget_old_notes(now()):
        logger.info("mediation rooms: %d old notes emptied", emptied)


@shared_task(ignore_result=True)
def forget_disputes() -> None:
    """Idempotent, safe to run twice at once."""
    if emptied := forget_old(now()):
        logger.info("mediation disputes: %d emptied", emptied)


@shared_task(ignore_result=True)
def delete_old_recordings() -> None:
    """Idempotent, safe to run twice at once."""
    at = now()
    gone, strays = recording_files.delete_due(at), recording_files.remove_strays(at)
    if gone or strays:
        logger.info("recordings of mediations: %d deleted, %d without a row", gone, strays)
