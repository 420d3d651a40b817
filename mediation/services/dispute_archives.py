"""What is sealed of a dispute is emptied when its term is over. That it came, when, and how it was settled stays."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists

from core.timekeeping import now
from mediation.dispute_enums import SETTLED, DisputeState
from mediation.models import Consent, Dispute, DisputeEvent, Party
from mediation.services import agreement_keeping, session_keeping
from mediation.services.archives import FORGOTTEN, NOBODY
from petitions.models import Petition

#: In one run; the next takes the rest.
MOST = 500
EMPTIED = ("name", "phone", "address", "other_name", "other_phone", "words", "answer")


def forget_old(at: datetime) -> int:
    """How many. Those settled ``DISPUTE_KEPT_DAYS`` ago or longer; one that is mediated again waits again. The number
    opens nothing any more. What became a petition has its own term there (``petitions.services.anonymising``)."""
    before = at - timedelta(days=settings.DISPUTE_KEPT_DAYS)
    due = Dispute.objects.filter(
        ~Exists(agreement_keeping.unfinished_disputes()),
        forgotten_at=None,
        state__in=SETTLED,
        settled_at__lt=before,
    )
    done = 0
    for pk in list(due.order_by("settled_at").values_list("pk", flat=True)[:MOST]):
        with transaction.atomic():
            row = due.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
            if row is not None:
                _forget(row, at)
                done += 1
    return done


def unfinished(case_ids: Collection[int]) -> set[int]:
    """Cases that a dispute became, while that dispute is mediated still. One query."""
    running = Dispute.objects.filter(petition__in=case_ids, state=DisputeState.MEDIATING)
    return set(running.values_list("petition_id", flat=True))


def forget_with(petition: Petition) -> int:
    """When the people of a case are anonymised, so are they in the dispute it was before."""
    rows = list(Dispute.objects.select_for_update(of=("self",)).filter(petition=petition, forgotten_at=None))
    for row in rows:
        _forget(row, now())
    return len(rows)


def _forget(row: Dispute, at: datetime) -> None:
    for name in EMPTIED:
        setattr(row, name, "")
    row.query_code_hash, row.reference, row.forgotten_at = "", "", at
    row.save(update_fields=[*EMPTIED, "query_code_hash", "reference", "forgotten_at"])
    DisputeEvent.objects.filter(dispute=row).update(text=b"")
    agreement_keeping.forget(row)
    session_keeping.forget(row)
    for consent in Consent.objects.filter(mediation__dispute=row):
        consent.who = NOBODY
        consent.save(update_fields=["who"])
    for party in Party.objects.filter(mediation__dispute=row):
        party.name = "" if party.is_petitioner else NOBODY
        party.phone = party.address = party.represented_by = ""
        party.slip, party.slip_hash = None, ""
        party.save(update_fields=FORGOTTEN)
