"""Celery's way in; each task is one service call."""

from __future__ import annotations

import logging

from celery import shared_task

from accounts.services import audit_chain, logins
from core.timekeeping import now

log = logging.getLogger(__name__)


@shared_task
def seal_audit() -> int:
    """Chain what the audit log took in since the last run; how many entries."""
    sealed = audit_chain.seal()
    if sealed:
        log.info("audit entries sealed: %d", sealed)
    return sealed


@shared_task
def sign_audit_head() -> str:
    """Sign the chain's head; its line also goes to the log, so that copies of it lie where the database is not."""
    head = audit_chain.sign_head()
    if head is None:
        return ""
    line = f"{head.text} {head.signature}"
    log.warning("audit head: %s", line)
    return line


@shared_task
def end_idle_logins() -> int:
    """End the logins whose browsers never came back after their time; how many."""
    return logins.end_stale(now())


@shared_task
def forget_login_tries() -> int:
    """Remove what is kept of old tries to log in, beside the audit log; how many rows."""
    return logins.forget_tries(now())
