"""The leader's own pages at 10 thousand and 1 million cases, in one run, the two databases asked in turn.

    python bench/leader_home.py [--small 10000] [--large 1000000] [--rounds 30]

Says what it found and ends with 1 where a page needs more than 12 queries, other queries in the larger county, more than
1.3 times the time, or more than a second. "cold" is the page after its kept figures were forgotten: that happens once
in five minutes, its time grows with the week, and only the second is asked of it.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.pages import Worker, _words, load, measure
from bench.support.servers import servers

MOST_QUERIES, MOST_RATIO, MOST_MS = 12, 1.3, 1000.0
PAGES = [
    ("first page", "/leaders/"),
    ("decisions", "/leaders/decisions/"),
    ("packages", "/leaders/packages/"),
    ("instructions", "/leaders/instructions/"),
    ("to be read", "/leaders/readings/"),
]


def cold(workers: list[Worker], rounds: int) -> tuple[list[float], list[float]]:
    """The first page, each time after the kept figures were forgotten."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds + 1):
        for worker, kept in zip(workers, times, strict=True):
            worker.ask("leader", "!")
            spent, status = worker.ask("leader", "/leaders/")
            assert status == "200", f"the first page answered {status}"
            if turn:
                kept.append(float(spent))
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    missed: list[str] = []
    with servers() as url:
        workers = [Worker(load(url, cases)) for cases in (options.small, options.large)]
        print(f"| page | {options.small:,}: p50 (p95) ms | {options.large:,} | ratio | queries |")
        print("|---|---|---|---|---|")
        for label, page in PAGES:
            few, many = measure(*workers, "leader", page, options.rounds)
            queries = [int(worker.ask("leader", f"?{page}")[0]) for worker in workers]
            ratio = statistics.median(many) / statistics.median(few)
            print(
                f"| {label} | {_words(few)} | {_words(many)} | {ratio:.2f} | {queries[0]}/{queries[1]} |",
                flush=True,
            )
            if max(queries) > MOST_QUERIES or queries[0] != queries[1] or ratio > MOST_RATIO:
                missed.append(label)
            if statistics.median(many) > MOST_MS:
                missed.append(f"{label} (a second)")
        few, many = cold(workers, max(3, options.rounds // 5))
        ratio = statistics.median(many) / statistics.median(few)
        print(f"| first page, cold | {_words(few)} | {_words(many)} | {ratio:.2f} | |", flush=True)
        if statistics.median(many) > MOST_MS:
            missed.append("first page, cold (a second)")
        for worker in workers:
            assert worker.process.stdin
            worker.process.stdin.close()
            worker.process.wait()
    if missed:
        sys.exit("missed: " + ", ".join(missed))


if __name__ == "__main__":
    main()
