"""Filing online with heavy reports running beside it and without, in turn.

    python bench/report_load.py [--cases 1000000] [--seconds 20] [--rounds 3] [--every 0.25] [--kinds month,table,…]

Two clients send forms through granian as the trial runs it (two processes of ``WEB_THREADS`` threads), each begun every ``--every``
seconds whatever the one before took: more than any counter of a county, less than the machine can do. Beside them, of
each kind one after another without a pause: the month's page as counted, an own table over a year, a freeze (all
three in the web server, within REPORT_SECONDS a statement), an export of 100,000 cases × 30 columns in a Celery worker
of the queue ``report``; then all four at the same time. Every turn with a report has one without beside it, before or
after it in turn. Prints p95 of each and the median ratio of the pairs. Ends with 1 where it is over 1.3.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import psycopg2

from bench.filing import PORT, environment, start_web, stop_web
from bench.pages import last_month, load
from bench.support.servers import ROOT, address, drop_database, servers
from config.supervisor import REPORT_NICE, WEB_THREADS

KINDS = ("month", "table", "freeze", "export")
ALL = "all at once"
MOST_RATIO = 1.3
CLIENTS = 2
DATABASE = "bench_report_load"
#: A report is under way before anybody files, and no client waits for one that was asked for when the turn is over.
LEAD = 1.0


@contextmanager
def program(command: list[str], url: str, **more: int) -> Iterator[subprocess.Popen[str]]:
    started = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=environment(url),
        text=True,
        stdout=more.get("stdout", subprocess.DEVNULL),
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield started
    finally:
        os.killpg(started.pid, signal.SIGTERM)
        started.wait()


def file_for(seconds: float, every: float) -> list[float]:
    """Seconds that each filing took."""
    command = [sys.executable, "-m", "bench.support.filing_client", str(PORT), str(seconds), str(every)]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(CLIENTS)]
    done = [json.loads(process.communicate()[0]) for process in running]
    assert all(answer["refused"] == 0 for answer in done), done
    return [spent for answer in done for spent in answer["times"]]


def beside(
    url: str, kinds: tuple[str, ...], month: str, seconds: float, every: float
) -> tuple[list[float], int]:
    """Filings while reports run, and how many reports were made meanwhile."""
    with ExitStack() as stack:
        asking = [
            stack.enter_context(
                program(["bench.support.report_client", str(PORT), kind, month], url, stdout=subprocess.PIPE)
            )
            for kind in kinds
        ]
        time.sleep(LEAD + 3)  # until Django is up in the askers
        found = file_for(seconds, every)
        for one in asking:
            assert one.poll() is None, f"{one.args}: no report could be asked for"
            os.killpg(one.pid, signal.SIGTERM)
        made = [line for one in asking if one.stdout for line in one.stdout.read().splitlines()]
    assert not [line for line in made if line.startswith("answered")], made
    return found, len(made)


def p95(times: list[float]) -> float:
    return 1000 * sorted(times)[int(len(times) * 0.95)]


def settle(url: str) -> None:
    """Until what the last turn left running in the database is over: nobody may measure it as the next one's."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for _ in range(300):
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND state <> 'idle' AND pid <> pg_backend_pid()"
            )
            if cursor.fetchone() == (0,):
                break
            time.sleep(0.2)
    connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--every", type=float, default=0.25)
    parser.add_argument("--kinds", default=",".join((*KINDS, ALL)))
    options = parser.parse_args()
    missed = []
    with servers() as url, ExitStack() as stack:
        month = last_month(load(url, options.cases))
        drop_database(url, DATABASE)
        stack.callback(drop_database, url, DATABASE)
        _copy(url, f"bench_{options.cases}")
        target = address(url, DATABASE)
        web = start_web(target, threads=WEB_THREADS)
        stack.callback(stop_web, web)
        worker = [
            "celery",
            "-A",
            "config",
            "worker",
            "--without-gossip",
            "--without-mingle",
            "-Q",
            "report",
            "-c",
            "1",
        ]
        started = stack.enter_context(program(worker, target))
        os.setpriority(os.PRIO_PROCESS, started.pid, REPORT_NICE)
        file_for(5, options.every)  # warm-up
        print(f"{options.cases:,} cases, {CLIENTS} clients, each a form every {options.every} s")
        print(
            "| beside it | filings | p50 alone → with, ms | p95 alone → with, ms | ratios of p95 | median | reports made |"
        )
        print("|---|---|---|---|---|---|---|")
        for wish in options.kinds.split(","):
            kinds = KINDS if wish == ALL else (wish,)
            alone: list[list[float]] = []
            loaded: list[list[float]] = []
            reports = 0
            for turn in range(options.rounds):
                for with_reports in (turn % 2 == 0, turn % 2 == 1):
                    settle(target)
                    if with_reports:
                        times, made = beside(target, kinds, month, options.seconds, options.every)
                        loaded.append(times)
                        reports += made
                    else:
                        alone.append(file_for(options.seconds, options.every))
            ratios = [p95(one) / p95(other) for one, other in zip(loaded, alone, strict=True)]
            ratio = statistics.median(ratios)
            each = [*map(_flat, (alone, loaded))]
            print(
                f"| {wish} | {len(each[1])} | {' → '.join(f'{1000 * statistics.median(one):.0f}' for one in each)}"
                f" | {' → '.join(f'{p95(one):.0f}' for one in each)}"
                f" | {', '.join(f'{one:.2f}' for one in ratios)} | {ratio:.2f} | {reports} |",
                flush=True,
            )
            if ratio > MOST_RATIO:
                missed.append(f"{wish} {ratio:.2f}")
    if missed:
        sys.exit("missed: " + "; ".join(missed))


def _flat(turns: list[list[float]]) -> list[float]:
    return [spent for turn in turns for spent in turn]


def _copy(url: str, name: str) -> None:
    """Filing adds cases: those of the other benchmarks stay as they are."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{DATABASE}" TEMPLATE "{name}" STRATEGY file_copy')
    connection.close()


if __name__ == "__main__":
    main()
