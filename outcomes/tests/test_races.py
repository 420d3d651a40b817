"""Two people at once: one is done, the other is told."""

import threading

import pytest
from django.db import connection

from accounts.enums import Role
from accounts.models import Post, User
from core.errors import Refusal
from core.timekeeping import local_day, now
from outcomes.enums import ExecutionState
from outcomes.services import executing
from tests.cast import SINCE

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*doors):
    """What each door, called in its own thread and connection, came to."""
    gate, found = threading.Barrier(len(doors)), []

    def run(door):
        try:
            gate.wait(5)
            door()
            found.append("done")
        except Refusal as refusal:
            found.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(door,)) for door in doors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return sorted(found)


def test_two_who_confirm_at_once_confirm_once(reported, cast):
    from accounts.actor import Actor

    _case, row = reported()
    second = User.objects.create(username="second", name="乙", password="!")
    post = Post.objects.create(
        user=second, unit=cast.units.petition_office, role=Role.PETITION_OFFICER, valid_from=SINCE
    )
    actors = [cast.actor("petition_officer"), Actor.of(post)]
    came = at_once(
        *(
            lambda actor=actor: executing.confirm(
                execution=type(row).objects.get(pk=row.pk), actor=actor, done=True, word="看过"
            )
            for actor in actors
        )
    )
    row.refresh_from_db()
    assert came == ["done", "stale"] and row.state == ExecutionState.DONE


def test_two_reports_at_once_are_one(answered, cast):
    _case, row = answered()
    came = at_once(
        *(
            lambda who=who: executing.report(
                execution=type(row).objects.get(pk=row.pk),
                actor=cast.actor(who),
                text="已立牌。",
                done_on=local_day(now()),
            )
            for who in ("handler", "unit_head")
        )
    )
    assert came == ["done", "stale"] and row.reports.count() == 1
