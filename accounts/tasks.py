"""Celery's way in; each task is one service call."""

from __future__ import annotations

import logging

from celery import shared_task

from accounts.services import audit

log = logging.getLogger(__name__)


@shared_task
def seal_audit() -> int:
    """Chain what the audit log took in since the last run; how many entries."""
    sealed = audit.seal()
    if sealed:
        log.info("audit entries sealed: %d", sealed)
    return sealed
