"""Write to the audit log, and chain what was written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, models, transaction

from accounts.actor import Actor
from accounts.enums import AuditOutcome
from accounts.models import AuditEntry, AuditPending, AuditSeal
from core.bulk import current_load
from core.timekeeping import now

#: Key of the advisory lock that lets one sealer work at a time.
SEAL_LOCK = 7_140_231
GENESIS = "0" * 64
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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


def canonical(entry: AuditEntry) -> str:
    """The one text of an entry that is hashed; the same in every time zone and after a restore."""
    micros = (entry.at - _EPOCH) // timedelta(microseconds=1)
    fields = [
        entry.pk,
        micros,
        entry.user_id,
        entry.post_id,
        entry.actor_label,
        entry.act,
        entry.object_type,
        entry.object_id,
        entry.detail,
        entry.outcome,
    ]
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def chain_hash(prev_hash: str, entry: AuditEntry) -> str:
    return hashlib.sha256(f"{prev_hash}\n{canonical(entry)}".encode()).hexdigest()


def seal(limit: int = 5000) -> int:
    """Chain entries that are committed and not chained yet, oldest first; how many were.

    One sealer at a time (advisory lock); a second one returns 0 at once. Writers are never held up.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEAL_LOCK])
            if not cursor.fetchone()[0]:
                return 0
        ids = list(AuditPending.objects.order_by("audit_id").values_list("audit_id", flat=True)[:limit])
        if not ids:
            return 0
        last = AuditSeal.objects.order_by("-id").first()
        prev = last.hash if last else GENESIS
        seals = []
        for entry in AuditEntry.objects.filter(pk__in=ids).order_by("pk"):
            digest = chain_hash(prev, entry)
            seals.append(AuditSeal(audit_id=entry.pk, prev_hash=prev, hash=digest))
            prev = digest
        AuditSeal.objects.bulk_create(seals, batch_size=1000)
        AuditPending.objects.filter(audit_id__in=ids).delete()
        return len(seals)


@dataclass(frozen=True)
class Fault:
    """The first place where the chain does not hold."""

    seal_id: int | None
    audit_id: int
    reason: str


@dataclass(frozen=True)
class Verdict:
    checked: int
    head: str
    fault: Fault | None


def verify(batch: int = 2000) -> Verdict:
    """Walk the whole chain in seal order, in constant memory; stop at the first fault."""
    prev, checked = GENESIS, 0
    for seals in _batches(batch):
        entries = AuditEntry.objects.in_bulk([link.audit_id for link in seals])
        for link in seals:
            reason = _why_bad(link, entries.get(link.audit_id), prev)
            if reason:
                return Verdict(checked, prev, Fault(link.pk, link.audit_id, reason))
            prev = link.hash
            checked += 1
    return Verdict(checked, prev, _unchained())


def _batches(size: int) -> Iterator[list[AuditSeal]]:
    last = 0
    while seals := list(AuditSeal.objects.filter(pk__gt=last).order_by("pk")[:size]):
        yield seals
        last = seals[-1].pk


def _why_bad(link: AuditSeal, entry: AuditEntry | None, prev: str) -> str:
    if link.prev_hash != prev:
        return "链条在此断开：前一环的摘要不符"
    if entry is None:
        return "记录已被删除"
    if chain_hash(prev, entry) != link.hash:
        return "记录内容被改动"
    return ""


def _unchained() -> Fault | None:
    """An entry neither chained nor waiting: its seal, or its place in the queue, was taken away."""
    sealed = AuditSeal.objects.filter(audit_id=models.OuterRef("pk"))
    waiting = AuditPending.objects.filter(audit_id=models.OuterRef("pk"))
    loose = (
        AuditEntry.objects.exclude(models.Exists(sealed))
        .exclude(models.Exists(waiting))
        .order_by("pk")
        .first()
    )
    return Fault(None, loose.pk, "记录既未入链，也不在待入链队列中") if loose else None
