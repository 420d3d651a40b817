"""Which texts tell of the same matter: pairs of Chinese signs that are rare among the texts, and nothing else.

Plain Python, no service outside, no chance: the same texts in the same order give the same groups. How it works and
how it was judged stands in docs/matters.md.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

#: Signs of a body that are looked at: what it is about is said at the beginning.
SIGNS = 600
#: Pairs kept of one text, the rarest first.
MOST_PAIRS = 60
#: Pairs no other text has that count against likeness, at most.
MOST_ALONE = 30
#: A pair in more than this share of the texts says nothing; below the least number of texts it still may (where little
#: comes in, one matter can be a fifth of it), above the most it never does.
COMMON_SHARE, COMMON_LEAST, COMMON_MOST = 0.10, 100, 1000
#: A pair in the subject weighs so much more; one in subject and body more again.
IN_SUBJECT, IN_BOTH = 2.0, 1.5
#: From the likeness of two texts this part of their longest common piece is taken off: one name that both know (an
#: estate, a road) is no common matter.
ONE_PIECE = 0.8
#: Mean likeness to the texts of a group from which a text joins it.
ALIKE = 0.06
#: Likeness among texts of the same place or category, and of different ones.
SAME, OTHER = 1.15, 0.8

HAN = re.compile(r"[\u3400-\u9fff]+")
#: Signs of grammar, not of matters: where few texts are there, no count could tell that they are common.
GRAMMAR = re.compile(
    "[的了是我你您他她它们这那有没不也都就在和与及或又很把被给让为因所还能可会吗呢吧啊着什么怎哪些个请到说想要一两几]"
)
#: Towns and streets: their name is said in a field of its own, and is common to all that happens there.
TOWNS = re.compile(r"[A-Z]\d*[市区县]|[\u4e00-\u9fff]{2}(?:街道|镇)(?!政府)")


@dataclass(frozen=True)
class Text:
    """``group``: the group it is in already, where it stays."""

    key: int
    at: datetime
    subject: str
    body: str
    place: int | None = None
    category: str | None = None
    group: int | None = None


@dataclass
class _Known:
    text: Text
    weights: dict[str, float]
    group: int


@dataclass
class Groups:
    """What came out. A group's number is that of a group given, or minus the key of its first text."""

    of: dict[int, int] = field(default_factory=dict)

    def made(self) -> dict[int, list[int]]:
        """Group → keys of the texts that joined it now, or that make it."""
        found: dict[int, list[int]] = defaultdict(list)
        for key, group in self.of.items():
            found[group].append(key)
        return dict(found)


def pairs(text: str, names: re.Pattern[str] | None = None) -> set[str]:
    """Two-sign pieces of the Chinese in a text, without the names of towns (and ``names``)."""
    text = TOWNS.sub(" ", text)
    if names is not None:
        text = names.sub(" ", text)
    text = GRAMMAR.sub(" ", text)
    return {run[n : n + 2] for run in HAN.findall(text) for n in range(len(run) - 1)}


def names_pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """What matches any of these names of places, the longest first; None where there are none."""
    words = sorted({name for name in names if len(name) >= 2}, key=lambda name: (-len(name), name))
    return re.compile("|".join(map(re.escape, words))) if words else None


def group(
    texts: Callable[[], Iterator[Text]],
    fresh: Collection[int],
    *,
    window: timedelta,
    names: re.Pattern[str] | None = None,
) -> Groups:
    """Put each of ``fresh`` (keys) into the group it is most like, in the order of the texts, the oldest first.

    ``texts`` gives all texts of the window, anew each time it is called (three times, so that none need be kept);
    those that are not fresh stay where they are: in their group, or as single texts that a fresh one may join.
    """
    spread, total = _spread(texts(), names)
    weigh = _weigher(spread, total, names)
    wanted = set(fresh)
    new = {text.key: weigh(text) for text in texts() if text.key in wanted}
    looked_up = {pair for weights in new.values() for pair in weights}
    known: list[_Known] = []
    holding: dict[str, list[tuple[int, float]]] = defaultdict(list)
    members: dict[int, list[int]] = defaultdict(list)
    groups = Groups()
    for text in texts():
        if text.key in wanted:
            weights = new[text.key]
            joined = _best(text, weights, known, holding, members, window)
            if joined is not None and joined < 0:
                groups.of[-joined] = joined
            if joined is not None:
                groups.of[text.key] = joined
            number = joined if joined is not None else -text.key
        else:
            # Pairs that no fresh text has cannot make it like one.
            weights = {pair: one for pair, one in weigh(text).items() if pair in looked_up}
            number = text.group if text.group is not None else -text.key
        place = len(known)
        known.append(_Known(text, weights, number))
        members[number].append(place)
        for pair, one in weights.items():
            holding[pair].append((place, one))
    return groups


def _spread(texts: Iterator[Text], names: re.Pattern[str] | None) -> tuple[Counter[str], int]:
    """In how many texts each pair is, and how many texts there are."""
    spread: Counter[str] = Counter()
    total = 0
    for text in texts:
        spread.update(pairs(f"{text.subject} {text.body[:SIGNS]}", names))
        total += 1
    return spread, total


def _weigher(
    spread: Counter[str], total: int, names: re.Pattern[str] | None
) -> Callable[[Text], dict[str, float]]:
    most = min(max(total * COMMON_SHARE, COMMON_LEAST), COMMON_MOST)

    def weigh(text: Text) -> dict[str, float]:
        """The rarest pairs with their weights. With those that no other text has, which can make it like none and are
        left out, the squares add up to one: what a text says alone makes it less like every other."""
        subject, body = pairs(text.subject, names), pairs(text.body[:SIGNS], names)
        found: dict[str, float] = {}
        for pair in subject | body:
            if spread[pair] <= most:
                weight = math.log(total / (spread[pair] or 1)) + 0.1
                weight *= IN_SUBJECT if pair in subject else 1
                found[pair] = weight * (IN_BOTH if pair in subject and pair in body else 1)
        rarest = sorted(found.items(), key=lambda one: (-one[1], one[0]))
        shared = [(pair, weight) for pair, weight in rarest if spread[pair] > 1][:MOST_PAIRS]
        alone = [weight for pair, weight in rarest if spread[pair] == 1][:MOST_ALONE]
        length = (
            math.sqrt(sum(weight**2 for _pair, weight in shared) + sum(weight**2 for weight in alone)) or 1.0
        )
        return {pair: weight / length for pair, weight in shared}

    return weigh


def _best(
    text: Text,
    weights: dict[str, float],
    known: list[_Known],
    holding: dict[str, list[tuple[int, float]]],
    members: dict[int, list[int]],
    window: timedelta,
) -> int | None:
    """The group whose texts of the window are most like this one on average; None where none is like it enough."""
    like: dict[int, float] = defaultdict(float)
    for pair, one in weights.items():
        for place, other in holding.get(pair, ()):
            like[place] += one * other
    sums: dict[int, float] = defaultdict(float)
    for place, likeness in like.items():
        there = known[place]
        if text.at - there.text.at > window:
            continue
        # What is less than that is too little to matter, with or without its longest piece.
        piece = _longest_piece(weights, there.weights) if likeness > ALIKE / 2 else 0.0
        sums[there.group] += (likeness - ONE_PIECE * piece) * _beside(text, there.text)
    best, found = ALIKE, None
    for number in sorted(sums):
        count = sum(text.at - known[place].text.at <= window for place in members[number])
        if sums[number] / count >= best:
            best, found = sums[number] / count, number
    return found


def _longest_piece(one: dict[str, float], other: dict[str, float]) -> float:
    """The greatest likeness that comes of one piece: pairs of which each begins with the last one's second sign."""
    shared = {pair: weight * other[pair] for pair, weight in one.items() if pair in other}
    starting: dict[str, list[str]] = defaultdict(list)
    for pair in shared:
        starting[pair[0]].append(pair)
    ends: dict[str, str] = {pair: pair for pair in shared}

    def end_of(pair: str) -> str:
        while ends[pair] != pair:
            pair = ends[pair]
        return pair

    for pair in shared:
        for following in starting.get(pair[1], ()):
            ends[end_of(following)] = end_of(pair)
    pieces: dict[str, float] = defaultdict(float)
    for pair, likeness in shared.items():
        pieces[end_of(pair)] += likeness
    return max(pieces.values(), default=0.0)


def _beside(one: Text, other: Text) -> float:
    """Place and category: each says something where both texts have one."""
    factor = 1.0
    for mine, its in ((one.place, other.place), (one.category, other.category)):
        if mine is not None and its is not None:
            factor *= SAME if mine == its else OTHER
    return factor
