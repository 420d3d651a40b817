"""Finding cases by number or by words. Narrows a queryset that already starts from ``visible_to``."""

from __future__ import annotations

import re

from django.conf import settings
from django.db.models import BooleanField, CharField, F, Func, Q, QuerySet, Value

from petitions.models import PetitionWords
from petitions.querysets import PetitionQuerySet

LEAST_SIGNS = 2
#: Up to here a word is rare enough to fetch every case that holds it.
MOST_HITS = 1_000
WORD_ENDS = re.compile(r"\W+")
NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{3,31}")


class Matches(Func):
    """``tsvector @@ tsquery``."""

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


def narrow(cases: PetitionQuerySet, words: str, *, covered: Q | None = None) -> PetitionQuerySet:
    """Only the cases whose number begins with ``words``, or whose subject or text holds them.

    ``covered``: cases the reader has under a veil (``veiling.veiled_from``). They are found by number alone: to find
    one by a name would tell that the name stands in it.

    ``words`` has at least two signs (the filter form sees to it). Rare words: the GIN index names at most 1,000 cases,
    and those are compared letter by letter. Common words: the caller's own order is walked and compared, which meets
    a page of them soon; sorting tens of thousands of hits would take seconds.
    """
    if looks_like_number(words):
        return cases.filter(_by_number(words))
    wanted = bigram_query(words)
    if not wanted:
        return cases.none()
    hits = _rare_hits(wanted)
    found = cases if hits is None else cases.filter(pk__in=hits)
    if covered is not None:
        found = found.exclude(covered)
    for word in filter(None, WORD_ENDS.split(words)):
        if hits is None or len(word) > LEAST_SIGNS:
            found = found.filter(_holds(word))
    return found


def _by_number(words: str) -> Q:
    """Own numbers by their beginning; anything else may be a whole number of the national platform."""
    if words.startswith(settings.DISTRICT_CODE):
        return Q(number__startswith=words.upper())
    return Q(number__startswith=words.upper()) | Q(national_number=words)


def _holds(word: str) -> Q:
    # Chinese has no case, and LIKE without UPPER() costs half.
    if word.upper() == word.lower():
        return Q(subject__contains=word) | Q(body__contains=word)
    return Q(subject__icontains=word) | Q(body__icontains=word)


def holding(wanted: str) -> QuerySet[PetitionWords]:
    """Of all cases, what holds the pieces of the tsquery ``wanted``, by the index petition_words_pieces. It starts no
    answer of its own: the caller narrows with it what the reader may see."""
    return PetitionWords.objects.filter(Matches(F("pieces"), Value(wanted, output_field=CharField())))


def _rare_hits(wanted: str) -> list[int] | None:
    """Ids of the cases that hold all the pieces, or None where they are more than 1,000."""
    hits = list(holding(wanted).values_list("pk", flat=True)[: MOST_HITS + 1])
    return hits if len(hits) <= MOST_HITS else None


__all__ = ["LEAST_SIGNS", "bigram_query", "holding", "looks_like_number", "narrow"]
