"""Finding cases by number or by words. Narrows a queryset that already starts from ``visible_to``."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import BooleanField, CharField, Func, Q, Value
from django.db.models.expressions import Expression

from petitions.models import Petition
from petitions.models.petition import SEARCH_TEXT, ZhBigrams
from petitions.querysets import PetitionQuerySet

LEAST_SIGNS = 2
#: More hits than this are not words but noise; the fence keeps the planner on the GIN index.
MOST_HITS = 200_000
WORD_ENDS = re.compile(r"\W+")
NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{3,31}")


class Matches(Func):
    """``tsvector @@ tsquery``; the left side is the very expression of the index petition_text_bigrams."""

    arity = 2
    template = "(%(expressions)s::tsquery)"
    arg_joiner = " @@ "
    output_field = BooleanField()
    conditional = True


def bigram_query(words: str) -> str:
    """The pieces of the words as a tsquery in text form: 噪音扰民 → '噪音' & '音扰' & '扰民'. Empty without words."""
    lexemes: list[str] = []
    for word in filter(None, WORD_ENDS.split(words.lower())):
        pieces = [word[n : n + 2] for n in range(len(word) - 1)]
        # A lone sign is the first half of a piece: every piece that begins with it.
        lexemes += [_quoted(piece) for piece in pieces] or [f"{_quoted(word)}:*"]
    return " & ".join(dict.fromkeys(lexemes))


def _quoted(piece: str) -> str:
    doubled = piece.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"


def looks_like_number(words: str) -> bool:
    return NUMBER.fullmatch(words) is not None and any(sign.isdigit() for sign in words)


def narrow(cases: PetitionQuerySet, words: str) -> PetitionQuerySet:
    """Only the cases whose number begins with ``words``, or whose subject or text holds them.

    ``words`` has at least two signs (the filter form sees to it). The words' pieces are looked up in the GIN index
    first, behind a LIMIT that the planner may not push anything through (a walk along the date index with the
    function evaluated per row takes seconds); what they find is compared letter by letter.
    """
    if looks_like_number(words):
        return cases.filter(Q(number__startswith=words.upper()) | Q(national_number=words))
    wanted = bigram_query(words)
    if not wanted:
        return cases.none()
    hits = Petition.objects.filter(_match(wanted)).values("pk")[:MOST_HITS]
    found = cases.filter(pk__in=hits)
    for word in filter(None, WORD_ENDS.split(words)):
        if len(word) > LEAST_SIGNS:
            found = found.filter(Q(subject__icontains=word) | Q(body__icontains=word))
    return found


def _match(wanted: str) -> Expression | Any:
    return Matches(ZhBigrams(SEARCH_TEXT), Value(wanted, output_field=CharField()))


__all__ = ["LEAST_SIGNS", "bigram_query", "looks_like_number", "narrow"]
