"""What the unit that handles a case wrote down of it, as the case page shows it."""

from __future__ import annotations

from typing import Any

from petitions.enums import ForwardKind, RecordKind
from petitions.models import Petition


def closing_reports(petition: Petition) -> list[Any]:
    """Every version of the report on what was assigned, newest first, each with the sender's word (``decided``). No
    query on what was not; else two."""
    if all(share.kind != ForwardKind.ASSIGN for share in petition.shares.all()):
        return []
    rows = petition.closing_reports.select_related("decision", "unit").prefetch_related("files")
    found: list[Any] = list(rows.order_by("-sent_at", "-id"))
    for row in found:
        row.word = getattr(row, "decision", None)
        row.decided = row.word.text if row.word is not None else ""
    return found


def records(petition: Petition) -> list[Any]:
    """Everything that was noted in handling it, newest first; of plans, the one made last is ``in_force``."""
    rows = petition.records.select_related("by", "unit", "talk", "reconciliation")
    found: list[Any] = list(rows.prefetch_related("steps__who").order_by("-at", "-id"))
    plans = [row for row in found if row.kind == RecordKind.PLAN]
    for row in found:
        row.in_force = plans[:1] == [row]
        row.afterwards = row.reconciliation.afterwards if hasattr(row, "reconciliation") else ""
    return found
