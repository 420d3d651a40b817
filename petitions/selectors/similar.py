"""Earlier cases whose text is much like a new one, beside the form while it is being typed.

The rarest two-character pieces of the text are looked up with OR in the GIN index; what they find is compared piece
by piece in Python. How rare a piece is comes from the statistics PostgreSQL keeps of that very index.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection
from django.db.models import F
from django.db.models.functions import Left

from accounts.actor import Actor
from petitions.models import Petition, PetitionWords
from petitions.models.words import SIGNS
from petitions.selectors.search import bigram_query, holding

CACHE_KEY, CACHE_SECONDS = "petitions.piece_rarity", 3600
MOST = 12  # pieces looked up in one go
LEAST = 4  # however common they are
CANDIDATES = 300
MOST_HITS = 20_000
FEW = 20  # with fewer candidates than this the next pieces are tried
LIKELY_HITS = 2000  # no more pieces once this many rows are expected
LEAST_ALIKE = 0.18
WORD_ENDS = re.compile(r"\W+")

STATISTICS = """
SELECT c.reltuples, s.most_common_elems::text::text[], s.most_common_elem_freqs
FROM pg_class AS c LEFT JOIN pg_stats AS s
    ON s.schemaname = current_schema() AND s.tablename = c.relname AND s.attname = 'pieces'
WHERE c.oid = to_regclass(%s)
"""


@dataclass(frozen=True)
class Alike:
    """An earlier case and the share (0 to 1) of the new text's weight that is found in it."""

    petition: Petition
    share: float

    @property
    def percent(self) -> int:
        return round(self.share * 100)


def pieces_of(text: str) -> set[str]:
    """What the SQL function ``zh_bigrams`` makes of a text."""
    found: set[str] = set()
    for word in WORD_ENDS.split(text.lower()):
        found.update(word[n : n + 2] for n in range(len(word)))
    return found


class Rarity:
    """How many of the cases hold a piece, known for common pieces and guessed for the others."""

    def __init__(self, rows: float, known: dict[str, float]) -> None:
        self.rows = max(rows, 1.0)
        self.known = known
        self.floor = min(known.values(), default=1 / self.rows)
        self.signs: dict[str, float] = {}
        for piece, share in known.items():
            for sign in piece:
                self.signs[sign] = self.signs.get(sign, 0.0) + share
        self.most = max(self.signs.values(), default=1.0)

    def share(self, piece: str) -> float:
        """Share of the cases (0 to 1). A piece that is not in the statistics is rarer than all that are; among those,
        one of two common signs is likelier to occur than one of two rare signs."""
        if piece in self.known:
            return self.known[piece]
        both = math.prod(self.signs.get(sign, self.floor) / self.most for sign in piece)
        return max(self.floor * both, 0.1 / self.rows)

    def weight(self, piece: str) -> float:
        return -math.log(min(self.share(piece), 0.9))

    def rounds(self, pieces: Iterable[str]) -> list[list[str]]:
        """The pieces to look up, in at most two goes: first those too rare for the statistics, then the rarest of the
        others. What no case holds at all, a slip of the pen say, is too rare for the statistics as well, so the first
        go may find nothing. A lone sign is looked up only for want of more.
        """
        whole = sorted(
            (piece for piece in pieces if len(piece) > 1), key=lambda piece: (self.share(piece), piece)
        )
        rare = [piece for piece in whole if piece not in self.known]
        common = [piece for piece in whole if piece in self.known]
        goes = [go for go in (self._chosen(rare), self._chosen(common)) if go]
        return goes or [sorted(pieces)[:1]]

    def _chosen(self, pieces: Sequence[str]) -> list[str]:
        chosen: list[str] = []
        expected = 0.0
        for piece in pieces[:MOST]:
            expected += self.share(piece) * self.rows
            if len(chosen) >= LEAST and expected > LIKELY_HITS:
                break
            chosen.append(piece)
        return chosen


def rarity() -> Rarity:
    """From the column's statistics, kept for an hour. One query when they are not in the cache."""
    kept = cache.get(CACHE_KEY)
    if kept is None:
        with connection.cursor() as cursor:
            cursor.execute(STATISTICS, [PetitionWords._meta.db_table])
            rows, pieces, shares = cursor.fetchone() or (0, None, None)
        # The last three numbers of the shares are their minimum, maximum and the share of NULLs.
        kept = (float(rows), dict(zip(pieces or [], (shares or [])[: len(pieces or [])], strict=False)))
        cache.set(CACHE_KEY, kept, CACHE_SECONDS)
    return Rarity(*kept)


def similar_cases(*, actor: Actor, text: str, limit: int = 5, without: Sequence[int] = ()) -> list[Alike]:
    """Cases this actor may see whose text is like ``text``, most alike first. At most four queries.

    ``without``: ids that stand beside the form already.
    """
    known = rarity()
    pieces = pieces_of(text[:SIGNS])
    if not pieces:
        return []
    compared = _compared(actor, pieces, known, without)
    # Among equals (a lone word is found wholly or not at all) the one that has it in the subject, then the newest.
    best = sorted(compared, key=lambda pk: (*(-share for share in compared[pk]), -pk))[:limit]
    cases = Petition.objects.visible_to(actor).select_related("lead_unit", "registered_unit").in_bulk(best)
    return [Alike(cases[pk], compared[pk][0]) for pk in best if pk in cases]


def _compared(
    actor: Actor, pieces: set[str], known: Rarity, without: Sequence[int]
) -> dict[int, tuple[float, float]]:
    """Per candidate the share found in its whole text and in its subject alone."""
    candidates: dict[int, tuple[str, str]] = {}
    for go in known.rounds(pieces):
        if len(candidates) < FEW:
            candidates |= _candidates(actor, go, without)
    weights = {piece: known.weight(piece) for piece in pieces if len(piece) > 1}
    total = sum(weights.values())
    if not total:  # One sign alone: every candidate has it somewhere.
        return {
            pk: (1.0, float(any(one in subject for one in pieces)))
            for pk, (subject, _b) in candidates.items()
        }
    found = {}
    for pk, (subject, body) in candidates.items():
        share = sum(weights[piece] for piece in pieces_of(f"{subject} {body}") & weights.keys()) / total
        if share >= LEAST_ALIKE:
            in_subject = sum(weights[piece] for piece in pieces_of(subject) & weights.keys())
            found[pk] = (share, in_subject / total)
    return found


def _candidates(actor: Actor, pieces: Sequence[str], without: Sequence[int]) -> dict[int, tuple[str, str]]:
    """The newest visible cases that hold one of ``pieces``: id to subject and body.

    The inner LIMIT is a fence: without it the planner walks the primary key and looks into the pieces of every row.
    It takes the newest by an expression, for the same reason: no index stands in that order.
    """
    words = " | ".join(filter(None, map(bigram_query, pieces)))
    newest = holding(words).order_by(F("pk") * -1)[:MOST_HITS]
    rows = (
        Petition.objects.visible_to(actor)
        .filter(pk__in=newest.values("pk"))
        .exclude(pk__in=without)
        .order_by("-pk")
        .values_list("pk", "subject", Left("body", SIGNS))[:CANDIDATES]
    )
    return {pk: (subject, body) for pk, subject, body in rows}
