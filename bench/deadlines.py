"""What the deadline engine costs: the sweep that finds nothing, and the sweep that finds 10,000.

    python bench/deadlines.py [--small 10000] [--large 5000000] [--due 10000] [--fired 100000]
        [--rounds 3]

Starts a PostgreSQL of its own under var/bench, or takes the server of DATABASE_URL; either way in a scratch database
that is dropped at the end. What is compared takes turns within one run, so a noisy machine bends both sides alike:
read the ratios, not the milliseconds.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.support.servers import address, drop_database, make_database, servers


@contextmanager
def scratch_database() -> Iterator[None]:
    """Django set up on a fresh database that holds the rooms the engine stands on."""
    given = os.environ.get("DATABASE_URL")
    if given:
        os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")  # set for the settings' sake, never asked
        with _database(given):
            yield
        return
    with servers() as url, _database(url):
        yield


@contextmanager
def _database(url: str) -> Iterator[None]:
    name = f"bench_deadlines_{os.getpid()}"
    make_database(url, name)
    os.environ["DATABASE_URL"] = address(url, name)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    try:
        import django
        from django.core.management import call_command
        from django.db import connection

        django.setup()
        for app in ("accounts", "notifications", "deadlines"):
            call_command("migrate", app, verbosity=0, skip_checks=True)
        yield
        connection.close()
    finally:
        drop_database(url, name)


def row(*cells: object) -> None:
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def spread(values: Sequence[float], digits: int = 2) -> str:
    return f"{statistics.median(values):.{digits}f} [{min(values):.{digits}f}–{max(values):.{digits}f}]"


def p95(values: Sequence[float]) -> str:
    return f"{statistics.quantiles(values, n=20)[-1]:.2f}"


def report(small: int, large: int, due: int, fired: int, rounds: int) -> int:
    """Print the table; 1 where a target was missed."""
    from bench.support import clocks

    clocks.lay_tables(small, large)
    empty = clocks.empty_sweeps(rounds)
    growth = statistics.median(empty["large"]) / statistics.median(empty["small"])
    rates = clocks.due_rates(due, large, rounds)
    gain = statistics.median(e / p for e, p in zip(rates["engine"], rates["loop"], strict=True))
    plain, marked = clocks.after_firing(fired, large, 2 * rounds)
    after = statistics.median(marked)
    row("deadline engine", "median", "p95 or spread", "target", "")
    row("---", "---", "---", "---", "---")
    for name, count in (("small", small), ("large", large)):
        row(
            f"empty sweep, {count:,} running, ms",
            f"{statistics.median(empty[name]):.2f}",
            p95(empty[name]),
            "",
            "",
        )
    row("growth", f"{growth:.2f}", "", "≤ 1.5", "met" if growth <= 1.5 else "MISSED")
    row(f"{due:,} due of {large:,}, clocks/s, engine", *spread(rates["engine"], 0).split(" ", 1), "", "")
    row(
        f"{due:,} due of {large:,}, clocks/s, loop with save()",
        *spread(rates["loop"], 0).split(" ", 1),
        "",
        "",
    )
    row("engine : loop", f"{gain:.1f}", "", "≥ 15", "met" if gain >= 15 else "MISSED")
    row(
        f"empty sweep after {fired:,} fired, no vacuum, old snapshot held, ms",
        f"{statistics.median(plain):.2f}",
        p95(plain),
        "",
        "",
    )
    row(
        "the same with a watermark, ms",
        f"{after:.2f}",
        p95(marked),
        "≤ 20",
        "met" if after <= 20 else "MISSED",
    )
    return int(growth > 1.5 or gain < 15 or after > 20)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=5_000_000)
    parser.add_argument("--due", type=int, default=10_000)
    parser.add_argument("--fired", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with scratch_database():
        return report(asked.small, asked.large, asked.due, asked.fired, asked.rounds)


if __name__ == "__main__":
    sys.exit(main())
