"""Thin tasks: no deadline is stored in Celery; beat only asks, every second, what has fallen due."""

from __future__ import annotations

import logging

from celery import shared_task

from core.timekeeping import now
from deadlines.services import look_again, report_gaps, sweep_all

logger = logging.getLogger(__name__)
#: A sweep that finds this much work hands the rest to the next tick, so that a worker's stop is never far
# away.
BUDGET_SECONDS = 20.0


@shared_task(ignore_result=True)
def sweep() -> None:
    """Handle what is due in every clock class; idempotent, safe to run twice at once."""
    for label, result in sweep_all(now=now(), budget_seconds=BUDGET_SECONDS, remember=True).items():
        if result.claimed:
            logger.info(
                "%s: %d clocks, %d alerts, %d put off, %.1f s late",
                label,
                result.claimed,
                result.alerts,
                len(result.failed),
                result.lag_seconds,
            )


@shared_task(ignore_result=True)
def look_at_changes_again() -> None:
    """Count again the clocks that were being started while a table or a version was entered."""
    moved = look_again(now())
    if moved:
        logger.warning("%d clocks that a change had not reached", moved)


@shared_task(ignore_result=True)
def report_calendar_gaps() -> None:
    """Tell the system administrators, once a day, which year's table is missing."""
    told = report_gaps(now=now())
    if told:
        logger.warning("%d notices about a missing calendar year", told)
