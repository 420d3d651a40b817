"""The steps of ``bench/breaches.py``, each in a process of its own with DATABASE_URL set.

python -m bench.support.breaching people | due N | sweep | loop | count N
"""

from __future__ import annotations

import os
import sys
from datetime import date, datetime, timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django

django.setup()

from django.db import connection

from accounts.enums import Role, UnitKind
from accounts.models import Post, Unit, User
from core.timekeeping import SHANGHAI
from deadlines.enums import StepKind
from deadlines.ladder import DueStep, course_of, moment
from deadlines.models import ClockEntry
from deadlines.rulebook import rulebook
from deadlines.services import sweep
from notifications.models import Notice, OutboxMessage
from petitions.models import PetitionClock
from petitions.services import alerts

NOW = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)


def people() -> None:
    """A handler and a head in every department and town; everybody has an address."""
    User.objects.filter(email="").update(email="somebody@example.test")
    units = Unit.objects.filter(kind__in=[UnitKind.DEPARTMENT, UnitKind.TOWN])
    for unit in units:
        for role in (Role.HANDLER, Role.UNIT_HEAD):
            name = f"{role}-{unit.pk}"
            user = User.objects.create(username=name, name=name, email=f"{name}@example.test")
            Post.objects.create(user=user, unit=unit, role=role, valid_from=date(2010, 1, 1))


def make_due(count: int) -> None:
    """So many running clocks of the 60 days, one a case, are at their end; nothing else is due, nothing was told."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE notifications_outboxmessage, notifications_notice CASCADE")
        cursor.execute("ALTER TABLE petitions_petitionclock DISABLE TRIGGER note_clocks_changed")
        cursor.execute("UPDATE petitions_petitionclock SET next_at = NULL, breached_at = NULL")
        cursor.execute(
            """
            UPDATE petitions_petitionclock AS clock SET stopped_at = NULL, stopped_by = '', breached_at = NULL,
                started_at = %(now)s::timestamptz - interval '60 days', due_at = due.at, raw_due_at = due.at,
                next_at = due.at, step_no = 1, extended_days = 0
            FROM (SELECT min(id) AS id, %(now)s::timestamptz - petition_id * interval '1 microsecond' AS at
                  FROM petitions_petitionclock WHERE rule_id = %(rule)s
                  GROUP BY petition_id ORDER BY petition_id LIMIT %(count)s) AS due
            WHERE clock.id = due.id""",
            {"now": NOW, "rule": rulebook().rule("conclusion", NOW).pk, "count": count},
        )
        cursor.execute("ALTER TABLE petitions_petitionclock ENABLE TRIGGER note_clocks_changed")
        cursor.execute("VACUUM ANALYZE petitions_petitionclock")


def check(count: int) -> None:
    """Every one breached with a line and was told, both rungs, to somebody with a message each."""
    breached = PetitionClock.objects.filter(stopped_at=None, breached_at__isnull=False).count()
    keys = Notice.objects.filter(dedupe_key__startswith="petitions.petitionclock")
    rungs = {key.rsplit(":", 1)[0] for key in keys.values_list("dedupe_key", flat=True)}
    assert (breached, len(rungs)) == (count, 2 * count), (breached, len(rungs))
    assert OutboxMessage.objects.count() == Notice.objects.count()
    assert ClockEntry.objects.filter(kind="breach").count() >= count


def swept() -> int:
    """What this worker took, until nothing is left that nobody else holds."""
    taken = 0
    while claimed := sweep(PetitionClock, now=NOW).claimed:
        taken += claimed
    return taken


def looped() -> int:
    """What one writes first: a query, a loop, whom to tell, a notice and its message each, save()."""
    book, taken = rulebook(), 0
    due = PetitionClock.for_sweep().filter(next_at__lte=NOW).order_by("next_at")
    for clock in due:
        clock.rule = book.by_id[clock.rule_id]
        rungs, course = book.ladder(clock.rule_id), course_of(clock, book)
        while clock.step_no < len(rungs) and (at := moment(rungs[clock.step_no], course)) <= NOW:
            rung = rungs[clock.step_no]
            for line in alerts.lines([DueStep(clock, rung, at, timedelta())]):
                for recipient in line.recipients:
                    notice = Notice.objects.create(
                        recipient_id=recipient,
                        text=line.text,
                        link=line.link,
                        dedupe_key=f"{line.dedupe_key}:{recipient}",
                        level=line.level,
                        created_at=NOW,
                    )
                    OutboxMessage.objects.create(notice=notice, next_try_at=NOW)
            if rung.kind == StepKind.BREACH:
                clock.breached_at = clock.due_at
            clock.step_no += 1
        clock.next_at = moment(rungs[clock.step_no], course)
        clock.save()
        taken += 1
    return taken


def main(work: str, *options: str) -> None:
    match work:
        case "people":
            people()
        case "due":
            make_due(int(options[0]))
        case "count":
            check(int(options[0]))
        case _:
            connection.ensure_connection()
            rulebook()
            print("ready", flush=True)
            sys.stdin.readline()
            print(swept() if work == "sweep" else looped(), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
