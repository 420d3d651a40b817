"""How long after its moment a deadline is on record: the sweep through a real beat and worker, and one Celery task with
an ETA for each deadline, as one would do it first.

    python bench/lag.py [--rate 200] [--seconds 60] [--tasks 4000] [--mail-seconds 0.5]

Clocks fall due at RATE a second for SECONDS; the lag is from the moment a clock is due to the commit of its notice
(``pg_xact_commit_timestamp``). The same once more with a mail server that thinks MAIL-SECONDS about each mail, and once
with one that takes connections and says nothing. Then TASKS tasks with an ETA, the worker killed half-way: what the broker holds, how long
after their time they run, how many run twice or not yet. Targets: p99 at most 1.5 s, worker at most 15 % of a core.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.support.servers import FOLDER, ROOT, in_a_database_of_its_own

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.support.lag_settings"
CELERY = [sys.executable, "-m", "celery", "--quiet", "-A", "config"]
LEAD = 15  # seconds from the rows to the first that is due: beat and worker are up by then
VISIBILITY = 20


def p(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@contextmanager
def process(*words: str, **environment: str) -> Any:
    child = subprocess.Popen([*CELERY, *words, "--loglevel", "ERROR"], cwd=ROOT, env=os.environ | environment)
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(30)
        except subprocess.TimeoutExpired:  # it ends its round of mails first, however slow the server
            child.kill()
            child.wait(10)


def worker(queue: str, **environment: str) -> Any:
    alone = ("--without-gossip", "--without-mingle", "-c", "1", "-n", f"{queue}{time.monotonic_ns()}@%h")
    return process("worker", "-Q", queue, *alone, **environment)


def cpu_seconds(pid: int) -> float:
    import psutil

    whole = psutil.Process(pid)
    every = [whole, *whole.children(recursive=True)]
    return sum(sum(one.cpu_times()[:2]) for one in every)


def lay(rate: int, seconds: int, name: str) -> int:
    """The id of whom the clocks of this run tell."""
    from django.db import connection

    from accounts.enums import Role, UnitKind
    from accounts.models import Post, Unit, User
    from bench.support.lagging.models import Falling
    from deadlines.models import Rule

    owner = User.objects.create(username=name, name="测", email=f"{name}@example.test")
    # Mails go to people in office alone.
    unit = Unit.objects.get(kind=UnitKind.PETITION_OFFICE)
    Post.objects.create(user=owner, unit=unit, role=Role.HANDLER, valid_from="2026-01-01")
    rule = Rule.objects.get(code="notice", valid_until=None, conditions={})
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {Falling._meta.db_table} (rule_id, started_at, raw_due_at, due_at, provisional, next_at,
                step_no, extended_days, speed, error_count, last_error, explanation, owner_id)
            SELECT %(rule)s, due - interval '15 days', due, due, false, due - interval '3 days', 0, 0, 1, 0, '',
                '{{}}', %(owner)s
            FROM (SELECT now() + interval '3 days' + (%(lead)s + n / %(rate)s::float) * interval '1 second' AS due
                  FROM generate_series(0, %(count)s - 1) AS n) AS made""",
            {"rule": rule.pk, "owner": owner.pk, "lead": LEAD, "rate": rate, "count": rate * seconds},
        )
    return int(owner.pk)


@contextmanager
def mail_server(seconds: float, *, hanging: bool) -> Any:
    """One of this machine that thinks so long about every mail, or says nothing at all; its port."""
    from tests.chaos.stage import Mails, MailServer, free_port

    logging.getLogger("mail.log").setLevel(logging.WARNING)
    server = MailServer(Mails(slow=seconds, hanging=hanging), free_port())
    server.start()
    try:
        yield server
    finally:
        server.stop()


def by_the_sweep(rate: int, seconds: int, name: str, *, leave: bool = True, **environment: str) -> None:
    """Print what the sweep needs. ``leave``: whether mails can leave; that none did would mean that none was tried."""
    from django.db import connection

    from notifications.enums import OutboxState
    from notifications.models import OutboxMessage

    OutboxMessage.objects.all().delete()  # of the run before
    owner = lay(rate, seconds, f"lag{time.monotonic_ns()}")
    began = time.monotonic()
    schedule = str(FOLDER / "lag-beat")
    beat = process("beat", "--pidfile=", "--schedule", schedule, **environment)
    with worker("clock", **environment) as one, worker("send", **environment), beat:
        time.sleep(LEAD - (time.monotonic() - began))
        used, at = cpu_seconds(one.pid), time.monotonic()
        time.sleep(seconds + 3)
        share = (cpu_seconds(one.pid) - used) / (time.monotonic() - at)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT extract(epoch FROM pg_xact_commit_timestamp(notice.xmin) - (clock.due_at - interval '3 days'))
               FROM notifications_notice AS notice
               JOIN lagging_falling AS clock ON split_part(notice.dedupe_key, ':', 2) = clock.id::text
               WHERE notice.dedupe_key LIKE 'lagging.falling:%%' AND clock.owner_id = %s AND notice.recipient_id = %s""",
            [owner, owner],
        )
        lags = [float(lag) for (lag,) in cursor.fetchall()] or [float("inf")]
    sent = OutboxMessage.objects.filter(state=OutboxState.SENT).count()
    report(rate, seconds, name, lags, share, sent)
    given_up = OutboxMessage.objects.filter(state=OutboxState.GAVE_UP).count()
    if given_up or (leave and not sent):
        raise SystemExit(f"{given_up} mails were given up, {sent} left: this measured no mail server.")


def report(rate: int, seconds: int, name: str, lags: list[float], share: float, sent: int) -> None:
    p99 = p(lags, 0.99)
    print(f"\n| the sweep, {rate} a second for {seconds} s, {name} | |\n|---|---|")
    print(f"| due, told once, mails left meanwhile | {rate * seconds:,}, {len(lags):,}, {sent:,} |")
    print(
        f"| lag, median / p95 / p99 / worst, s | {statistics.median(lags):.2f} / {p(lags, 0.95):.2f} / ",
        end="",
    )
    print(f"{p99:.2f} / {max(lags):.2f} |")
    print(f"| p99, target at most 1.5 s | {'met' if p99 <= 1.5 else 'MISSED'} |")
    print(
        f"| worker, target at most 15 % of a core | {100 * share:.1f} % {'met' if share <= 0.15 else 'MISSED'} |",
        flush=True,
    )


def by_countdown(tasks: int) -> None:
    """Print what becomes of tasks with an ETA beyond the time the broker waits for them, with a worker killed."""
    from datetime import timedelta

    import redis

    from bench.support.lagging.models import Told
    from bench.support.lagging.tasks import tell
    from core.timekeeping import now

    broker = redis.Redis.from_url(os.environ["REDIS_URL"])
    before = broker.info("memory")["used_memory"]
    first = now() + timedelta(seconds=2 * VISIBILITY)
    for number in range(tasks):
        due = first + timedelta(milliseconds=5 * number)
        tell.apply_async((number, due.isoformat()), eta=due)
    held = (broker.info("memory")["used_memory"] - before) / tasks
    patience = {"VISIBILITY": str(VISIBILITY)}
    with worker("eta", **patience) as one, worker("eta", **patience):
        time.sleep(VISIBILITY)
        one.send_signal(signal.SIGKILL)
        time.sleep(2 * VISIBILITY + tasks * 0.005 + 10)
    rows = list(Told.objects.values_list("number", "due_at", "at"))
    lags = [(at - due).total_seconds() for _number, due, at in rows] or [0.0]
    there = {number for number, _due, _at in rows}
    print(
        f"\n| {tasks:,} tasks with an ETA, one of two workers killed, the broker waits {VISIBILITY} s | |\n|---|---|"
    )
    print(f"| broker memory for each, bytes | {held:,.0f} |")
    print(
        f"| runs, tasks that ran, not run 10 s after the last was due | {len(rows):,}, {len(there):,}, {tasks - len(there):,} |"
    )
    print(f"| run more than once | {len(rows) - len(there):,} times |")
    print(
        f"| lag, median / p99 / worst, s | {statistics.median(lags):.2f} / {p(lags, 0.99):.2f} / {max(lags):.2f} |"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--tasks", type=int, default=4000)
    parser.add_argument(
        "--mail-seconds", type=float, default=0.5, help="of a slow mail server, for each mail"
    )
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    numbers = ("--rate", str(asked.rate), "--seconds", str(asked.seconds), "--tasks", str(asked.tasks))
    numbers += ("--mail-seconds", str(asked.mail_seconds))
    if not asked.inside:
        in_a_database_of_its_own(__file__, "bench_lag", *numbers)
        return 0
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, skip_checks=True)
    from django.db import connection

    from bench.support.lagging.models import Falling, Told
    from deadlines import ledger
    from tests.cast import make_units

    with connection.schema_editor() as editor:
        editor.create_model(Falling)
        editor.create_model(Told)
    ledger.attach([Falling])
    make_units()
    by_the_sweep(asked.rate, asked.seconds, "mails go nowhere")
    servers = {
        f"a mail server takes {asked.mail_seconds} s for each": (asked.mail_seconds, False),
        "a mail server says nothing": (0.0, True),
    }
    for words, (thinks, hanging) in servers.items():
        with mail_server(thinks, hanging=hanging) as server:
            by_the_sweep(asked.rate, asked.seconds, words, leave=not hanging, EMAIL_PORT=str(server.port))
    by_countdown(asked.tasks)
    return 0


if __name__ == "__main__":
    sys.exit(main())
