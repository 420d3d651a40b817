"""Thin tasks: the jobs' rows say what to do."""

import logging

from celery import shared_task

from reports.services import briefs, exports

log = logging.getLogger(__name__)


@shared_task
def run_exports() -> None:
    """Make the workbooks that wait."""
    made = exports.run_waiting()
    if made:
        log.info("exports made: %d", made)


@shared_task
def draft_brief() -> None:
    """Draft the day's brief when its hour has come; nothing where it is there."""
    made = briefs.draft_due()
    if made is not None:
        log.info("brief drafted: %s", made.day)
