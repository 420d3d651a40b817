"""Lists and the leader's page at 10 thousand and 1 million cases, in one run, the two databases asked in turn.

    python bench/pages.py [--small 10000] [--large 1000000] [--rounds 30]

The databases are kept under var/bench and used again. Prints median and p95 in ms, queries, and the ratio of medians.
A month of the larger county holds a hundred times the cases of a month of the smaller one, and its figures add them
all up: of these rows read the milliseconds, their ratio has no target.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import psycopg2

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
    ("month: the county", "statistician", "/reports/month/?month={month}"),
    ("month: list behind a rate", "statistician", "/reports/month/acceptance/?month={month}"),
]
#: The newest month that is whole. A database kept from an earlier run ends when it was loaded.
LAST_MONTH = """
SELECT to_char(date_trunc('month', max(registered_at) AT TIME ZONE 'Asia/Shanghai') - interval '1 day', 'YYYY-MM')
FROM petitions_petition
"""


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


def last_month(url: str) -> str:
    """As addresses write it: 2026-10."""
    connection = psycopg2.connect(url)
    with connection.cursor() as cursor:
        cursor.execute(LAST_MONTH)
        (month,) = cursor.fetchone() or ("",)
    connection.close()
    return str(month)


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
        targets = [load(url, cases) for cases in (options.small, options.large)]
        month, workers = min(map(last_month, targets)), [Worker(target) for target in targets]
        print(
            f"| page | {options.small:,}: p50 (p95) ms | {options.large:,}: p50 (p95) ms | ratio | queries |"
        )
        print("|---|---|---|---|---|")
        for label, who, address_of in PAGES:
            page = address_of.format(month=month)
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
