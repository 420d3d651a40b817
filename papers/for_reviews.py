"""What the room of reviews shows of their papers (``reviews.papers``)."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q
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


def hands_on(
    replies: Collection[int], reviews: Collection[int]
) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    """Whoever wrote, checked or signed an issued paper of these answers and reviews, corrections too. One query."""
    kinds = [kind.value for about in ("reply", "review") for kind in SUBJECTS[about]]
    rows = CasePaper.objects.filter(
        Q(reply__in=replies) | Q(review__in=reviews), kind__in=kinds, paper__issued_at__isnull=False
    ).values_list(
        "reply", "review", "paper__drafted_by", "paper__checked_by", "paper__approved_by", "paper__issued_by"
    )
    of_replies: dict[int, set[int]] = {}
    of_reviews: dict[int, set[int]] = {}
    for reply, review, *people in rows:
        for found, pk in ((of_replies, reply), (of_reviews, review)):
            if pk is not None:
                found.setdefault(pk, set()).update(one for one in people if one is not None)
    return of_replies, of_reviews
