"""Which decisions of this room the petitioner may rate: those served by a body of this system (条例 21, 35, 36)."""

from __future__ import annotations

from petitions.models import Petition
from petitions.rateable import Served
from reviews.enums import State
from reviews.models import Review


def served(petition: Petition) -> list[Served]:
    """Each 复查 and 复核 that was served, of a body outside none: what it did was not done here. One query."""
    found = Review.objects.filter(petition=petition, state=State.SERVED, body__isnull=False)
    return [
        Served(review.level, review.body, review.served_at)
        for review in found.select_related("body").order_by("served_at", "id")
        if review.body is not None and review.served_at is not None
    ]
