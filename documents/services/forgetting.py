"""What becomes of papers when the people in them are anonymised (去标识)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from documents.models import Delivery, Paper, PaperFrozen


def forget(*, papers: Iterable[int], at: datetime) -> int:
    """Empty every sealed text of these papers (ids): what they said, their files, whom they were served on. Kind,
    number, days and hash stay. In the caller's transaction, who has asked whether it may be and writes the audit
    entry; how many papers there were.

    ``forgotten_at`` comes first: the triggers (migration 0003) let the texts go of such papers alone.
    """
    assert connection.in_atomic_block
    rows = Paper.objects.filter(pk__in=list(papers), forgotten_at=None)
    found = list(rows.values_list("pk", flat=True))
    rows.update(forgotten_at=at, fields_text=b"", sent_back=b"")
    PaperFrozen.objects.filter(paper__in=found).update(text=b"", pdf=b"")
    Delivery.objects.filter(paper__in=found).update(recipient=b"", place=b"", witnesses=b"", proof=b"")
    return len(found)
