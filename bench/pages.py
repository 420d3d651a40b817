"""Lists and the leader's page at 10 thousand and 1 million cases, in one run, the two databases asked in turn.

    python bench/pages.py [--small 10000] [--large 1000000] [--rounds 30]

The databases are kept under var/bench and used again. Prints median and p95 in ms, queries, and the ratio of medians.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.support.servers import ROOT, address, drop_database, make_database, servers

PAGES = [
    ("officer: to forward", "officer", "/cases/?view=forwarding"),
    ("officer: late", "officer", "/cases/?view=late"),
    ("officer: all", "officer", "/cases/?view=all"),
    ("officer: by channel", "officer", "/cases/?view=all&channel=letter"),
    ("handler: in hand", "handler", "/cases/?view=handling"),
    ("handler: all", "handler", "/cases/?view=all"),
    ("town: all", "town", "/cases/?view=all"),
    ("leader: first page", "leader", "/leaders/"),
]


def environment(url: str) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.test"}


class Worker:
    def __init__(self, url: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.support.pages_worker"],
            cwd=ROOT,
            env=environment(url),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, who: str, page: str) -> list[str]:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{who} {page}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().split()


def load(url: str, cases: int) -> str:
    name = f"bench_{cases}"
    target = address(url, name)
    if make_database(url, name):
        print(f"loading {cases:,} cases …", flush=True)
        done = subprocess.run(
            [sys.executable, "-m", "bench.support.bulk", str(cases)],
            cwd=ROOT,
            env=environment(target),
            check=False,
        )
        if done.returncode:
            drop_database(url, name)
            sys.exit("loading failed")
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, cwd=ROOT, env=environment(target), check=True)
    return target


def measure(
    small: Worker, large: Worker, who: str, page: str, rounds: int
) -> tuple[list[float], list[float]]:
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds + 3):
        for worker, kept in zip((small, large), times, strict=True):
            spent, status = worker.ask(who, page)
            assert status == "200", f"{page} answered {status}"
            if turn >= 3:  # warm-up
                kept.append(float(spent))
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    with servers() as url:
        workers = [Worker(load(url, cases)) for cases in (options.small, options.large)]
        print(
            f"| page | {options.small:,}: p50 (p95) ms | {options.large:,}: p50 (p95) ms | ratio | queries |"
        )
        print("|---|---|---|---|---|")
        for label, who, page in PAGES:
            few, many = measure(*workers, who, page, options.rounds)
            queries = "/".join(worker.ask(who, "?" + page)[0] for worker in workers)
            ratio = statistics.median(many) / statistics.median(few)
            print(f"| {label} | {_words(few)} | {_words(many)} | {ratio:.2f} | {queries} |", flush=True)
        for worker in workers:
            assert worker.process.stdin
            worker.process.stdin.close()
            worker.process.wait()


def _words(times: list[float]) -> str:
    ordered = sorted(times)
    return f"{statistics.median(ordered):.1f} ({ordered[int(len(ordered) * 0.95)]:.1f})"


if __name__ == "__main__":
    main()
