"""The month's page as it is counted and as it was frozen, and how long a freeze takes, at 10 thousand and 1 million cases.

    python bench/month.py [--small 10000] [--large 1000000] [--rounds 10]

Uses the databases of ``bench/pages.py``. Ends with 1 where the larger county's page takes more than half a second as it
is counted or as it was frozen (with what changed since beside it), or its freeze more than 30 seconds.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.pages import Worker, _words, environment, last_month, load, measure
from bench.support.servers import ROOT, servers

MOST_MS, MOST_FREEZE = 500.0, 30.0


def frozen(url: str, month: str) -> tuple[float, int]:
    """Seconds one freeze took, and the rows it kept."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.support.freezing", month],
        cwd=ROOT,
        env=environment(url),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    seconds, rows = done.stdout.split()
    return float(seconds), int(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    missed: list[str] = []
    with servers() as url:
        targets = [load(url, cases) for cases in (options.small, options.large)]
        month = min(map(last_month, targets))
        freezes = [frozen(target, month) for target in targets]
        workers = [Worker(target) for target in targets]
        print(f"| {month} | {options.small:,} cases | {options.large:,} cases |")
        print("|---|---|---|")
        print("| freeze, s (rows kept) | " + " | ".join(f"{s:.2f} ({n:,})" for s, n in freezes) + " |")
        page = f"/reports/month/?month={month}"
        for label, address in (
            ("page as counted today, p50 (p95) ms", f"{page}&today=1"),
            ("page as frozen, with what changed", page),
            ("list behind a frozen number", f"/reports/month/acceptance/?month={month}&version=1"),
        ):
            times = measure(workers[0], workers[1], "statistician", address, options.rounds)
            print(f"| {label} | {_words(times[0])} | {_words(times[1])} |", flush=True)
            if statistics.median(times[1]) > MOST_MS:
                missed.append(label)
        if freezes[1][0] > MOST_FREEZE:
            missed.append("freeze")
        for worker in workers:
            assert worker.process.stdin
            worker.process.stdin.close()
            worker.process.wait()
    if missed:
        sys.exit("missed: " + ", ".join(missed))


if __name__ == "__main__":
    main()
