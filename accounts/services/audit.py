"""Write to the audit log. ``audit_chain`` chains what was written, later, so that writers never wait."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models

from accounts.actor import Actor
from accounts.enums import AuditOutcome
from accounts.models import AuditEntry
from core.bulk import current_load
from core.timekeeping import now


def build(
    *,
    actor: Actor,
    act: str,
    obj: models.Model | None = None,
    detail: dict[str, Any] | None = None,
    outcome: str = AuditOutcome.DONE,
    at: datetime | None = None,
) -> AuditEntry:
    """An entry not saved yet, for ``record_many``. No personal data belongs in ``detail``."""
    return AuditEntry(
        at=at or now(),
        user=actor.user,
        post=actor.post,
        actor_label=actor.label[:120],
        act=act,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=str(getattr(obj, "audit_name", obj.pk)) if obj is not None else "",
        detail=detail or {},
        outcome=outcome,
    )


def record(
    *,
    actor: Actor,
    act: str,
    obj: models.Model | None = None,
    detail: dict[str, Any] | None = None,
    outcome: str = AuditOutcome.DONE,
    at: datetime | None = None,
) -> AuditEntry:
    """Append one entry, in the caller's transaction. One query; within a bulk load one for a thousand entries."""
    entry = build(actor=actor, act=act, obj=obj, detail=detail, outcome=outcome, at=at)
    if (load := current_load()) is not None:
        load.put(entry, record_many)
    else:
        entry.save(force_insert=True)
    return entry


def record_many(entries: Iterable[AuditEntry]) -> int:
    """Append many entries made by ``build``; for imports and demo data."""
    return len(AuditEntry.objects.bulk_create(list(entries), batch_size=1000))
