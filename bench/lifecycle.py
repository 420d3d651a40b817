"""Whole lives of cases through the real doors: register, forward, accept, answer, serve, evaluate, check, close.

    python bench/lifecycle.py [--cases 1000000] [--clients 4] [--seconds 20] [--rounds 3]

Four processes live as many lives as they can, on a county that has next to no cases and on one with a million, the two
in turn. What counts is the ratio: a county that has used the system for ten years works as fast as a new one.
Target: at least 0.9 x. The databases are those of ``bench/pages.py``.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.pages import environment, load
from bench.support.servers import ROOT, servers

NEXT_TO_NONE = 10
TARGET = 0.9


def lives_a_second(url: str, clients: int, seconds: float) -> float:
    """All clients begin together once each has said that it is ready."""
    command = [sys.executable, "-m", "bench.support.living", str(seconds)]
    crowd = [
        subprocess.Popen(
            [*command, str(place)],
            cwd=ROOT,
            env=environment(url),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for place in range(clients)
    ]
    for one in crowd:
        assert one.stdout and one.stdout.readline().strip() == "ready"
    began = time.perf_counter()
    for one in crowd:
        assert one.stdin
        one.stdin.write("go\n")
        one.stdin.flush()
    lived = [int(one.communicate()[0]) for one in crowd]
    return sum(lived) / (time.perf_counter() - began)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    rates: tuple[list[float], list[float]] = ([], [])
    with servers() as url:
        targets = [load(url, cases) for cases in (NEXT_TO_NONE, asked.cases)]
        for _round in range(asked.rounds):
            for target, kept in zip(targets, rates, strict=True):
                kept.append(lives_a_second(target, asked.clients, asked.seconds))
    few, many = (statistics.median(kept) for kept in rates)
    print(f"| whole lives, {asked.clients} clients | lives a second, median [all] |\n|---|---|")
    for name, kept in zip((f"{NEXT_TO_NONE} cases", f"{asked.cases:,} cases"), rates, strict=True):
        print(f"| {name} | {statistics.median(kept):.1f} {[round(one, 1) for one in kept]} |")
    print(
        f"| ratio, target at least {TARGET} | {many / few:.2f} {'met' if many / few >= TARGET else 'MISSED'} |"
    )
    return 0 if many / few >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
