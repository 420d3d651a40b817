"""What the doors of this room share. Nothing outside ``papers.services`` calls it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from accounts.actor import Actor
from accounts.models import Post
from papers import rules
from papers.models import CasePaper, LetterCase
from petitions.services import telling
from petitions.services.stepping import lock


def locked(row: CasePaper, actor: Actor) -> CasePaper:
    """Case and link locked, in that order; the paper's own door locks the paper after them. Of a letter about several
    cases all of them, in the order of their ids.

    Raises Refusal: not this actor's to read, or no longer a paper that the case may have.
    """
    others = LetterCase.objects.filter(letter=row.pk).values_list("petition_id", flat=True)
    cases = {pk: lock(pk) for pk in sorted({row.petition_id, *others})}
    case = cases[row.petition_id]
    found: CasePaper = (
        CasePaper.objects.select_for_update(of=("self",))
        .select_related("paper__template", "paper__unit", "review__reply__unit", "review__body")
        .get(pk=row.pk)
    )
    found.petition = case
    rules.require_work(found, actor)
    return found


def tell(
    row: CasePaper, people: Iterable[Post | int], words: str, what: str, at: datetime, actor: Actor
) -> None:
    """``words`` takes the case's number and the kind of paper. Not whoever does it."""
    own = actor.user.pk if actor.user else None
    others = [one for one in people if (one.user_id if isinstance(one, Post) else one) != own]
    telling.notify_about(
        row.petition,
        others,
        text=words % {"number": row.petition.number, "paper": row.get_kind_display()},
        link=row.get_absolute_url(),
        dedupe_key=f"paper:{row.pk}:{what}:{row.revision}",
        at=at,
    )
