"""Hot matters out of real messages: the largest groups, to be judged by hand, and what a night of a busy year costs.

    python bench/matters.py messages.csv [--most 10] [--busy]

Groups the messages as the nightly run does, day by day, each day's messages against those of the last 90 days, and all
in one go; no database. Prints the largest groups of the nights by different writers: size, writers, first and last day,
and the words most of their subjects share. ``--busy``: 25,000 texts of 90 days (a year of 100 thousand), of which the
last day's are new. What people said of the groups is in ``matters.md`` beside this file.
"""

from __future__ import annotations

import argparse
import csv
import resource
import sys
import time
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from matters.grouping import HAN, TOWNS, Text, group

WINDOW = timedelta(days=90)
DAY = timedelta(days=1)
BUSY = 25_000


def messages(path: Path) -> tuple[list[Text], dict[int, str]]:
    """The messages in the order they came, and who wrote each."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (row["posted_at"], row["message_id"]))
    texts = [
        Text(n, datetime.fromisoformat(row["posted_at"]), row["subject"], row["body"])
        for n, row in enumerate(rows, start=1)
    ]
    return texts, {n: row["user"] for n, row in enumerate(rows, start=1)}


def nights(texts: list[Text]) -> dict[int, int]:
    """Text → group, as a run every night leaves it: what one night put together no later one moves."""
    found: dict[int, int] = {}
    days = sorted({text.at.date() for text in texts})
    for day in days:
        until = datetime.combine(day + DAY, datetime.min.time())
        there = [replace(one, group=found.get(one.key)) for one in texts if until - WINDOW <= one.at < until]
        fresh = [one.key for one in there if one.at.date() == day]
        # A group made in a night is one that is there the next: its number must not be a single text's any more.
        for key, number in group(lambda there=there: iter(there), fresh, window=WINDOW).of.items():
            found[key] = abs(number)
    return found


def words_of(subjects: list[str]) -> str:
    """Pieces of three and more signs that most of the subjects share, the longest first."""
    counts: Counter[str] = Counter()
    for subject in subjects:
        runs = HAN.findall(TOWNS.sub(" ", subject))
        counts.update({run[i : i + n] for run in runs for n in range(3, 7) for i in range(len(run) - n + 1)})
    common = sorted(counts, key=lambda piece: (-counts[piece] * len(piece), piece))
    chosen: list[str] = []
    for piece in common:
        if counts[piece] > 1 and not any(set(piece) & set(one) for one in chosen):
            chosen.append(piece)
    return " ".join(chosen[:3])


def busy(texts: list[Text]) -> None:
    """A night of a year of 100 thousand: the messages over and over within 90 days, the last day's new."""
    start = datetime(2026, 8, 1)
    many = [replace(texts[n % len(texts)], key=n + 1, at=start + WINDOW * n / BUSY) for n in range(BUSY)]
    fresh = [one.key for one in many if one.at >= start + WINDOW - DAY]
    began = time.perf_counter()
    group(lambda: iter(many), fresh, window=WINDOW)
    taken = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{BUSY} texts of 90 days, {len(fresh)} new: {taken:.1f} s, {memory:.0f} MB at most")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", help="CSV of messages; none is part of the project")
    parser.add_argument("--most", type=int, default=10)
    parser.add_argument("--busy", action="store_true")
    options = parser.parse_args()
    if options.file is None:
        print("Nothing to group: name a file of messages.")
        return
    texts, writers = messages(options.file)
    began = time.perf_counter()
    group(lambda: iter(texts), [one.key for one in texts], window=WINDOW)
    at_once = time.perf_counter() - began
    began = time.perf_counter()
    found = nights(texts)
    by_night = time.perf_counter() - began
    print(f"{len(texts)} messages: {at_once:.1f} s in one go, {by_night:.1f} s night by night")
    groups: dict[int, list[int]] = defaultdict(list)
    for key, number in sorted(found.items()):
        groups[number].append(key)
    by_key = {text.key: text for text in texts}

    def size(number: int) -> tuple[int, int]:
        return -len({writers[key] for key in groups[number]}), number

    print("| messages | writers | first | last | shared words |\n|---|---|---|---|---|")
    for number in sorted(groups, key=size)[: options.most]:
        keys = groups[number]
        days = [by_key[key].at.date() for key in keys]
        words = words_of([by_key[key].subject for key in keys])
        print(f"| {len(keys)} | {-size(number)[0]} | {min(days)} | {max(days)} | {words} |")
    if options.busy:
        busy(texts)


if __name__ == "__main__":
    main()
