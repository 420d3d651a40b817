"""A thin task: the schedules' rows say what to do."""

import logging

from celery import shared_task

from tables.services import scheduling

log = logging.getLogger(__name__)


@shared_task
def tell_of_tables() -> None:
    """Tell of the tables whose turn has come."""
    told = scheduling.run_due()
    if told:
        log.info("tables told of: %d", told)
