"""A case that turns out to be a 检举控告 has no review any more: it follows the discipline route (条例 30)."""

from __future__ import annotations

from datetime import datetime

from petitions.models import Petition
from reviews.enums import State
from reviews.models import Review
from reviews.services import hearings, inside


def let_go(petition: Petition, at: datetime) -> None:
    """End what is open and stop every clock; the rows stay, and ``visible_to`` hides them. Reading by name has fallen
    with the seal."""
    for review in Review.objects.select_for_update(of=("self",)).filter(petition=petition):
        inside.stop_clocks(review, at)
        hearings.let_go(review, at)
        if review.is_open:
            review.state, review.ended_at = State.LAPSED, at
            review.save(update_fields=["state", "ended_at"])
