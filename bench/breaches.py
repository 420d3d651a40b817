"""What it costs to tell of 10,000 breaches: clocks of cases, with the posts looked up, lines of the ledger and messages.

    python bench/breaches.py [--due 10000] [--loop 500] [--rounds 3]

``bench/deadlines.py`` measures the engine itself, with clocks that tell one person. Here the clocks are those of cases
(``PetitionClock``), their 60 days have passed, and the breach is told to the handlers and heads in office: by one worker,
by two (processes that sweep the same clocks, each taking what the other does not hold), and by a plain loop with
``save()`` that asks for the same people clock by clock. All in one run, in turn; what fired is counted each time.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.support.servers import ROOT, address, drop_database, in_a_database_of_its_own, make_database

TARGET = 15


def workers(count: int, work: str, due: int) -> float:
    """Clocks a second; all begin together once each has said that it is ready."""
    command = [sys.executable, "-m", "bench.support.breaching", work]
    crowd = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(count)
    ]
    for one in crowd:
        assert one.stdout and one.stdout.readline().strip() == "ready"
    began = time.perf_counter()
    for one in crowd:
        assert one.stdin
        one.stdin.write("go\n")
        one.stdin.flush()
    claimed = sum(int(one.communicate()[0]) for one in crowd)
    assert claimed == due, f"{claimed} of {due} clocks"
    return due / (time.perf_counter() - began)


def step(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "bench.support.breaching", *words], cwd=ROOT, check=True)


def measure(due: int, loop: int, rounds: int) -> int:
    subprocess.run([sys.executable, "-m", "bench.support.bulk", str(due)], cwd=ROOT, check=True)
    step("people")
    ways = {"one worker": (1, "sweep", due), "two workers": (2, "sweep", due), "loop": (1, "loop", loop)}
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _round in range(rounds):
        for name, (count, work, clocks) in ways.items():
            step("due", str(clocks))
            rates[name].append(workers(count, work, clocks))
            step("count", str(clocks))
    found = {name: statistics.median(kept) for name, kept in rates.items()}
    print(f"| {due:,} breaches of cases, clocks a second | median [all] |\n|---|---|")
    for name, kept in rates.items():
        print(f"| {name} | {found[name]:.0f} {[round(one) for one in kept]} |")
    gain = found["one worker"] / found["loop"]
    print(
        f"| one worker : loop, target at least {TARGET} | {gain:.1f} {'met' if gain >= TARGET else 'MISSED'} |"
    )
    print(f"| two workers : one | {found['two workers'] / found['one worker']:.2f} |")
    return int(gain < TARGET)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--due", type=int, default=10_000)
    parser.add_argument("--loop", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        return measure(asked.due, asked.loop, asked.rounds)
    options = [f"--due={asked.due}", f"--loop={asked.loop}", f"--rounds={asked.rounds}"]
    if given := os.environ.get("DATABASE_URL"):
        return _on_a_server(given, options)
    in_a_database_of_its_own(__file__, "bench_breaches", *options)
    return 0


def _on_a_server(url: str, options: list[str]) -> int:
    name = f"bench_breaches_{os.getpid()}"
    make_database(url, name)
    environment = {**os.environ, "DATABASE_URL": address(url, name)}
    try:
        command = [sys.executable, __file__, "--inside", *options]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    finally:
        drop_database(url, name)


if __name__ == "__main__":
    sys.exit(main())
