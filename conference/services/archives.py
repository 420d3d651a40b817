"""What this room tells the archives of a case. It keeps no sealed text about people."""

from __future__ import annotations

from collections.abc import Collection

from conference.models import Dispute, Order
from petitions.models import Petition


def unfinished(case_ids: Collection[int]) -> set[int]:
    """Cases over which units dispute, or out of which a decision grew that waits for its report. Two queries."""
    disputed = Dispute.objects.live().filter(petition__in=case_ids).values_list("petition_id", flat=True)
    ordered = Order.objects.open().filter(petition__in=case_ids).values_list("petition_id", flat=True)
    return {*disputed, *ordered}


def forget(petition: Petition) -> int:
    """Nothing: who sat in a meeting and who was talked to are officials."""
    return 0
