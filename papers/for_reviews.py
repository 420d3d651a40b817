"""What the room of reviews shows of their papers (``reviews.papers``)."""

from __future__ import annotations

from collections.abc import Collection

from django.urls import reverse

from accounts.actor import Actor
from documents.enums import FROZEN
from papers.enums import SUBJECTS
from papers.models import CasePaper
from petitions.selectors.desk import READER_ROLES
from reviews.papers import Issued


def issued_for(reviews: Collection[int], actor: Actor) -> dict[int, Issued]:
    """The newest issued paper of each; a correction stands in the place of what it corrects. One query."""
    if actor.role not in READER_ROLES:
        return {}
    rows = CasePaper.objects.visible_to(actor).filter(
        review__in=reviews,
        kind__in=[kind.value for kind in SUBJECTS["review"]],
        paper__state__in=[state.value for state in FROZEN],
        discarded_at=None,
    )
    return {
        row.review_id: Issued(
            number=row.paper.number,
            url=row.get_absolute_url(),
            pdf="" if row.paper.forgotten_at else reverse("papers:pdf", args=[row.paper.key]),
        )
        for row in rows.select_related("paper").order_by("id")
    }
