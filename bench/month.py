"""The month's page as it is counted and as it was frozen, and how long a freeze takes, at 10 thousand and 1 million cases.

    python bench/month.py [--small 10000] [--large 1000000] [--rounds 10]

Uses the databases of ``bench/pages.py``, or those under ``BENCH_FOLDER``. Ends with 1 where the larger county's page takes
more than half a second (two from ten million cases on) as it is counted or as it was frozen (with what changed since
beside it; the other pages have no target), or its freeze more than 30 seconds at a million, and where the freeze kept rows of fewer than ``LEAST_FIGURES``
figures: a figure without rows costs next to nothing, and such a bench would say nothing of it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.pages import Worker, _words, environment, last_month, load, measure
from bench.support.servers import ROOT, servers

MOST_MS, MOST_MS_OF_TEN_MILLION, MOST_FREEZE = 500.0, 2000.0, 30.0
TEN_MILLION = 10_000_000
#: Figures with rows in a month of the larger county, of those that are kept; ``unreached`` and all rates.
LEAST_FIGURES = 29


def said(module: str, url: str, month: str) -> Any:
    """What a process of its own says of the month."""
    done = subprocess.run(
        [sys.executable, "-m", f"bench.support.{module}", month],
        cwd=ROOT,
        env=environment(url),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def _kept(freeze: Any) -> str:
    rows = freeze["rows"]
    return f"{freeze['seconds']:.2f}, {freeze['busy']:.2f} ({sum(rows.values()):,}; {sum(map(bool, rows.values()))} of {len(rows)})"


def _processor(worker: Worker, address: str) -> float:
    """Median milliseconds of processor time that the page takes, whoever else is at work."""
    return statistics.median(float(worker.ask("statistician", f"={address}")[0]) for _round in range(3))


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
        freezes = [said("freezing", target, month) for target in targets]
        workers = [Worker(target) for target in targets]
        print(f"| {month} | {options.small:,} cases | {options.large:,} cases |")
        print("|---|---|---|")
        print(
            "| freeze, s, of the processors (rows kept; figures with rows) | "
            + " | ".join(map(_kept, freezes))
            + " |",
            flush=True,
        )
        most = MOST_MS if options.large < TEN_MILLION else MOST_MS_OF_TEN_MILLION
        empty = [code for code, rows in freezes[1]["rows"].items() if not rows]
        print(f"figures without rows at {options.large:,}: {', '.join(empty) or 'none'}")
        page = f"/reports/month/?month={month}"
        for label, address in (
            ("page as counted today, p50 (p95) ms, of the processors", f"{page}&today=1"),
            ("page as frozen, with what changed", page),
            ("further indicators as counted today", f"/reports/month/indicators/?month={month}&today=1"),
            (
                "volumes beside the same month of three years",
                f"/reports/month/volumes/?month={month}&by=place&today=1",
            ),
            ("charts of twelve months and the year before", f"/reports/charts/?month={month}"),
            ("list behind a frozen number", f"/reports/month/acceptance/?month={month}&version=1"),
        ):
            times = measure(workers[0], workers[1], "statistician", address, options.rounds)
            alone = [_processor(worker, address) for worker in workers]
            each = (f"{_words(took)}, {busy:.0f}" for took, busy in zip(times, alone, strict=True))
            print(f"| {label} | {' | '.join(each)} |", flush=True)
            if label.startswith("page as") and statistics.median(times[1]) > most:
                missed.append(label)
        years = [said("three_years", target, month) for target in targets]
        each = (
            f"{min(found['seconds']):.2f}, {min(found['busy']):.2f} ({found['count']:,})" for found in years
        )
        print(
            "| three years of monthly volumes, s, of the processors (件次) | " + " | ".join(each) + " |",
            flush=True,
        )
        if freezes[1]["seconds"] > MOST_FREEZE and options.large < TEN_MILLION:
            missed.append("freeze")
        if len(freezes[1]["rows"]) - len(empty) < LEAST_FIGURES:
            missed.append("figures with rows")
        for worker in workers:
            assert worker.process.stdin
            worker.process.stdin.close()
            worker.process.wait()
    if missed:
        sys.exit("missed: " + ", ".join(missed))


if __name__ == "__main__":
    main()
