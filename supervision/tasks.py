"""A thin task: what is to be supervised by rule. Nothing is kept in Celery."""

from __future__ import annotations

import logging

from celery import shared_task

from core.timekeeping import now
from supervision.services.sweeping import sweep

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def find_what_to_supervise() -> None:
    """Open what the rules find; idempotent, safe to run twice at once."""
    result = sweep(at=now())
    if result.made or not result.finished:
        logger.info("supervision by rule: %s, %d passed over", result.made, result.passed)
