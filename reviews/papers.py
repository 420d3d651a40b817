"""What a room above tells this one of its papers, in ``AppConfig.ready``: 复查意见书 and 复核意见书 that were issued,
and who made the papers that are complained about. Registering again replaces it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from accounts.actor import Actor


@dataclass(frozen=True)
class Issued:
    """The paper of a decision: its 文号, its page, and the very file that was issued (empty once it was forgotten)."""

    number: str
    url: str
    pdf: str


#: By the ids of reviews, only those that this reader may read; the queries do not grow with the reviews.
IssuedOf = Callable[[Collection[int], Actor], dict[int, Issued]]
_rooms: dict[str, IssuedOf] = {}
#: By the ids of answers and of reviews: whoever wrote, checked or signed their papers. Two mappings, in a query.
HandsOn = Callable[[Collection[int], Collection[int]], tuple[dict[int, set[int]], dict[int, set[int]]]]
_hands: dict[str, HandsOn] = {}


def register(room: str, issued: IssuedOf) -> None:
    _rooms[room] = issued


def issued_for(reviews: Collection[int], actor: Actor) -> dict[int, Issued]:
    """The issued paper of each of these reviews, as far as this reader may read it."""
    found: dict[int, Issued] = {}
    for issued in _rooms.values() if reviews else ():
        found |= issued(reviews, actor)
    return found


def register_hands(room: str, hands: HandsOn) -> None:
    _hands[room] = hands


def hands_on(
    replies: Collection[int], reviews: Collection[int]
) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    """User ids by answer and by review: whoever wrote, checked or signed a paper of theirs that was issued."""
    of_replies: dict[int, set[int]] = {}
    of_reviews: dict[int, set[int]] = {}
    for hands in _hands.values() if replies or reviews else ():
        for found, given in zip((of_replies, of_reviews), hands(replies, reviews), strict=True):
            for pk, people in given.items():
                found.setdefault(pk, set()).update(people)
    return of_replies, of_reviews
