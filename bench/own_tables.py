"""Own tables over a year: every pair of keys in lines and columns, and every measure.

    python bench/own_tables.py [--cases 1000000] [--rounds 2]

Uses the databases of ``bench/pages.py``. Prints the slowest tables. Ends with 1 where one takes more than five seconds
in its slowest round, or where one is refused or stopped.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.pages import environment, load
from bench.support.servers import ROOT, servers

MOST_SECONDS = 5.0
SHOWN = 12


def asked(url: str, rounds: int) -> list[tuple[float, int, str]]:
    """Seconds, lines and name of every table, the slowest first."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.support.tabling", str(rounds)],
        cwd=ROOT,
        env=environment(url),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = [line.split("\t") for line in done.stdout.splitlines()]
    return sorted(((float(s), int(n), words) for s, n, words in found), reverse=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    with servers() as url:
        tables = asked(load(url, options.cases), options.rounds)
    print(f"{len(tables)} tables over a year, {options.cases:,} cases")
    print(f"median {statistics.median(seconds for seconds, _n, _words in tables):.2f} s")
    print("| table | lines | s |")
    print("|---|---|---|")
    for seconds, lines, words in tables[:SHOWN]:
        print(f"| {words} | {lines} | {seconds:.2f} |")
    missed = [words for seconds, lines, words in tables if seconds > MOST_SECONDS or lines < 0]
    if missed:
        sys.exit("missed: " + "; ".join(missed))


if __name__ == "__main__":
    main()
