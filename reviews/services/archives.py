"""What this room tells the archives of a case. It keeps no sealed text about people."""

from __future__ import annotations

from collections.abc import Collection

from petitions.models import Petition
from reviews.models import CareTask, Review, ReviewClock


def unfinished(case_ids: Collection[int]) -> set[int]:
    """Cases under review, whose window for 复核 is open, or with guidance or relief still to be done. Three queries."""
    under = Review.objects.open().filter(petition__in=case_ids).values_list("petition_id", flat=True)
    waiting = ReviewClock.objects.filter(review__petition__in=case_ids, stopped_at=None)
    cared_for = CareTask.objects.open().filter(petition__in=case_ids).values_list("petition_id", flat=True)
    return {*under, *waiting.values_list("review__petition_id", flat=True), *cared_for}


def forget(petition: Petition) -> int:
    """Nothing: who signed or applied is not kept here; names that people wrote into reasons stay, as in all texts."""
    return 0
