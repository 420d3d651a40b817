"""Thin tasks: what to do stands in the rows."""

import logging

from celery import shared_task

from matters.services import running

log = logging.getLogger(__name__)


@shared_task
def group_new() -> None:
    """Put the day's new cases into the matters they tell of."""
    run = running.run()
    log.info("matters: %d looked at, %d linked, %d made", run.looked, run.linked, run.made)
