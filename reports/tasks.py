"""Thin tasks: the jobs' rows say what to do."""

import logging

from celery import shared_task

from core.heavy import unhurried
from reports.models import BriefKind
from reports.services import briefs, exports, warning

log = logging.getLogger(__name__)


@shared_task
def run_exports() -> None:
    """Make the files that wait."""
    made = exports.run_waiting()
    if made:
        log.info("exports made: %d", made)


@shared_task
def delete_old_exports() -> None:
    """Delete files nobody came back for."""
    gone = exports.delete_old()
    if gone:
        log.info("old exports deleted: %d", gone)


@shared_task
def draft_brief() -> None:
    """Draft the day's brief and, on its days, the bulletin, when the hour has come; nothing where they are there."""
    for kind in BriefKind:
        with unhurried():
            made = briefs.draft_due(kind=kind)
        if made is not None:
            log.info("%s drafted: %s", made.kind, made.day)


@shared_task
def look_at_units() -> None:
    """Warn units by rule, and clear what is mended."""
    warned, cleared = warning.look()
    if warned or cleared:
        log.info("units warned: %d, cleared: %d", warned, cleared)
