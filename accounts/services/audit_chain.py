"""Chains the audit log, signs the chain's head now and then, and checks both.

Each link is SM3 (GB/T 32905) over the link before it and the entry's canonical text: a JSON array of its columns as
PostgreSQL writes it, the moment in microseconds since 1970 UTC, so the same in every time zone and after a restore.
Who rewrites an entry must rewrite every link after it, and then the signed heads, of which copies lie elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from django.db import connection, transaction

from accounts.models import AuditHead, AuditPending, AuditSeal
from core.sealing import sign, signed_by_a_retired_key, signed_rightly
from core.timekeeping import now

#: Key of the advisory lock that lets one sealer work at a time.
SEAL_LOCK = 7_140_231
GENESIS = "0" * 64
BATCH = 5000
CANONICAL = """json_build_array(entry.id, (extract(epoch FROM entry.at) * 1000000)::bigint, entry.user_id,
    entry.post_id, entry.actor_label, entry.act, entry.object_type, entry.object_id, entry.detail,
    entry.outcome)::text"""


def link_hash(prev_hash: str, text: str) -> str:
    digest = hashes.Hash(hashes.SM3())
    digest.update(f"{prev_hash}\n{text}".encode())
    return digest.finalize().hex()


def seal(limit: int = BATCH) -> int:
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
            cursor.execute(
                f"SELECT entry.id, {CANONICAL} FROM accounts_auditentry entry"  # noqa: S608 - names of our own tables and columns
                " WHERE entry.id = ANY(%s) ORDER BY entry.id",
                [ids],
            )
            rows = cursor.fetchall()
        prev, seals = last.hash if last else GENESIS, []
        for audit_id, text in rows:
            digest = link_hash(prev, text)
            seals.append(AuditSeal(audit_id=audit_id, prev_hash=prev, hash=digest))
            prev = digest
        AuditSeal.objects.bulk_create(seals, batch_size=1000)
        AuditPending.objects.filter(audit_id__in=ids).delete()
        return len(seals)


def sign_head() -> AuditHead | None:
    """Sign the last link, once; None where it is signed already or there is none."""
    last = AuditSeal.objects.order_by("-id").first()
    if last is None or AuditHead.objects.filter(seal_id=last.pk).exists():
        return None
    at = now()
    head = AuditHead(at=at, seal_id=last.pk, audit_id=last.audit_id, hash=last.hash)
    head.signature = sign(head.text)
    head.save(force_insert=True)
    return head


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
    #: Heads in their place on the chain whose signing key is no longer at hand.
    unproven: int = 0


def verify(*, batch: int = BATCH, kept_heads: Iterable[tuple[int, str]] = ()) -> Verdict:
    """Walk the whole chain in seal order, in constant memory; stop at the first fault.

    ``kept_heads``: (number of the link, its hash) of heads that were kept elsewhere, besides those in the database.
    """
    heads, unproven = dict(kept_heads), 0
    for head in AuditHead.objects.order_by("pk").iterator():
        if signed_by_a_retired_key(head.signature):
            unproven += 1
        elif not signed_rightly(head.text, head.signature):
            return Verdict(0, GENESIS, Fault(head.seal_id, head.audit_id, "签名的链头被改动"))
        if heads.setdefault(head.seal_id, head.hash) != head.hash:
            return Verdict(0, GENESIS, Fault(head.seal_id, head.audit_id, "与另存的链头不符"))
    prev, checked = GENESIS, 0
    for seal_id, audit_id, prev_hash, digest, text in _links(batch):
        reason = _why_bad(prev, prev_hash, digest, text, heads.pop(seal_id, None))
        if reason:
            return Verdict(checked, prev, Fault(seal_id, audit_id, reason))
        prev = digest
        checked += 1
    if heads:
        return Verdict(checked, prev, Fault(min(heads), 0, "链头已签名，这一环却不在链上"))
    return Verdict(checked, prev, _unchained(), unproven)


def _links(batch: int) -> Iterator[tuple[int, int, str, str, str | None]]:
    last = 0
    question = (
        "SELECT seal.id, seal.audit_id, seal.prev_hash, seal.hash,"  # noqa: S608 - names of our own tables and columns
        f" CASE WHEN entry.id IS NOT NULL THEN {CANONICAL} END"
        " FROM (SELECT * FROM accounts_auditseal WHERE id > %s ORDER BY id LIMIT %s) seal"
        " LEFT JOIN accounts_auditentry entry ON entry.id = seal.audit_id ORDER BY seal.id"
    )
    while True:
        with connection.cursor() as cursor:
            cursor.execute(question, [last, batch])
            rows = cursor.fetchall()
        if not rows:
            return
        yield from rows
        last = rows[-1][0]


def _why_bad(prev: str, prev_hash: str, digest: str, text: str | None, signed: str | None) -> str:
    if prev_hash != prev:
        return "链条在此断开：前一环的摘要不符"
    if text is None:
        return "记录已被删除"
    if link_hash(prev, text) != digest:
        return "记录内容被改动"
    if signed is not None and signed != digest:
        return "链条在签名之后被重写：与签名的链头不符"
    return ""


def _unchained() -> Fault | None:
    """An entry neither chained nor waiting: its seal, or its place in the queue, was taken away."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT entry.id FROM accounts_auditentry entry"
            " WHERE NOT EXISTS (SELECT FROM accounts_auditseal seal WHERE seal.audit_id = entry.id)"
            " AND NOT EXISTS (SELECT FROM accounts_auditpending pending WHERE pending.audit_id = entry.id)"
            " ORDER BY entry.id LIMIT 1"
        )
        found = cursor.fetchone()
    return Fault(None, found[0], "记录既未入链，也不在待入链队列中") if found else None
