"""Thin tasks: the jobs' rows say what to do."""

import logging

from celery import shared_task

from reports.services import exports

log = logging.getLogger(__name__)


@shared_task
def run_exports() -> None:
    """Make the workbooks that wait."""
    made = exports.run_waiting()
    if made:
        log.info("exports made: %d", made)
