"""Real messages and their answers, taken through registration, forwarding, acceptance, answer and service at their real
times; then the figures of lateness, by the system and by a count of this script from the file alone.

    python bench/replies.py replies.csv [--rows 1000]

The file gives two moments of each message: ``posted_at`` and ``replied_at`` (Asia/Shanghai). Between them the case is
forwarded after a sixth and accepted after a third of the time, and served with the answer. Every third case goes another
way than path six and has no 60 days. The script counts with dates alone: the day after the first is day one, and a last
day that is a day off moves to the next working day, by the package ``chinese_calendar``, which fills the calendar's rows
too (a test holds those to the published notices). Ends with exit code 1 where any two counts differ.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.support.servers import in_a_database_of_its_own

NAME = "bench_replies"
DAY = timedelta(days=1)
NOTICE_DAYS, ANSWER_DAYS = 15, 60
NO_SIXTY_DAYS = 3  # every third


@dataclass(frozen=True)
class Story:
    """One message with the moments of its steps, naive, in Shanghai's time."""

    subject: str
    body: str
    user: str
    reply: str
    posted: datetime
    replied: datetime
    place: int

    @property
    def on_six(self) -> bool:
        return self.place % NO_SIXTY_DAYS != 0

    @property
    def forwarded(self) -> datetime:
        return self.posted + (self.replied - self.posted) / 6

    @property
    def accepted(self) -> datetime:
        return self.posted + (self.replied - self.posted) / 3


def stories(path: Path, rows: int) -> Iterator[Story]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for place, row in enumerate(csv.DictReader(file)):
            if place >= rows:
                return
            posted, replied = (datetime.fromisoformat(row[name]) for name in ("posted_at", "replied_at"))
            yield Story(row["subject"], row["body"], row["user"], row["reply"], posted, replied, place)


def late(start: datetime, days: int, done: datetime) -> bool:
    """Done on a later day than the last one."""
    import chinese_calendar

    last: date = start.date() + days * DAY
    while not chinese_calendar.is_workday(last):
        last += DAY
    return done.date() > last


def counted(told: list[Story]) -> dict[str, tuple[int, int]]:
    """Clock → (late, all), from the file alone."""
    six = [one for one in told if one.on_six]
    return {
        "forwarding": (sum(late(one.posted, NOTICE_DAYS, one.forwarded) for one in told), len(told)),
        "notice": (sum(late(one.forwarded, NOTICE_DAYS, one.accepted) for one in told), len(told)),
        "conclusion": (sum(late(one.accepted, ANSWER_DAYS, one.replied) for one in six), len(six)),
    }


def measure(path: Path, rows: int) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from bench.support.replaying import County, clocks_by_the_system, months_by_the_system

    told = list(stories(path, rows))
    county = County()
    began = time.perf_counter()
    for one in told:
        county.live(one)
    taken = time.perf_counter() - began
    own = counted(told)
    clocks, months = clocks_by_the_system(), months_by_the_system(county.district, told)
    print(f"{len(told)} messages, {taken:.0f} s, {5 * len(told) / taken:.0f} steps/s")
    print("| clock | all | late: the file | late: the clocks | late: the months |\n|---|---|---|---|---|")
    for name, (behind, whole) in own.items():
        print(f"| {name} | {whole} | {behind} | {clocks[name][0]} | {months[name][0]} |", flush=True)
    return 0 if own == clocks == months else 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "file", type=Path, nargs="?", help="CSV of messages and answers; none is part of the project"
    )
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.file is None:
        print("Nothing to replay: name a file of messages and answers.")
        return
    if options.inside:
        sys.exit(measure(options.file, options.rows))
    in_a_database_of_its_own(__file__, NAME, str(options.file.resolve()), "--rows", str(options.rows))


if __name__ == "__main__":
    main()
