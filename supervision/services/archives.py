"""What this room tells the archives of a case. It keeps no sealed text about people."""

from __future__ import annotations

from collections.abc import Collection

from petitions.models import Petition
from supervision.models import Suggestion, Supervision, UrgentResponse


def unfinished(case_ids: Collection[int]) -> set[int]:
    """Cases that are being supervised, where something urgent runs, or out of which a suggestion grew that waits for
    its answer. Three queries."""
    live = Supervision.objects.live().filter(petition__in=case_ids).values_list("petition_id", flat=True)
    urgent = UrgentResponse.objects.open().filter(petition__in=case_ids)
    asked = Suggestion.objects.open().filter(petition__in=case_ids).values_list("petition_id", flat=True)
    return {*live, *urgent.values_list("petition_id", flat=True), *asked}


def forget(petition: Petition) -> int:
    """Nothing: whom a call reached and who was met are officials; names written into texts stay, as in all texts."""
    return 0
