"""What this room tells the archives of a case. It keeps no sealed text about people."""

from __future__ import annotations

from collections.abc import Collection

from petitions.models import Petition
from supervision.models import Supervision, UrgentResponse


def unfinished(case_ids: Collection[int]) -> set[int]:
    """Cases that are being supervised, or where something urgent runs. Two queries."""
    live = Supervision.objects.live().filter(petition__in=case_ids).values_list("petition_id", flat=True)
    urgent = UrgentResponse.objects.open().filter(petition__in=case_ids)
    return {*live, *urgent.values_list("petition_id", flat=True)}


def forget(petition: Petition) -> int:
    """Nothing: whom a call reached and who was met are officials; names written into texts stay, as in all texts."""
    return 0
