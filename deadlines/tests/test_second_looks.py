"""A clock that was being started while a table or a version was entered is counted again, once that is over."""

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import transaction

from core.timekeeping import local_day
from deadlines.models import ClockEntry, SecondLook
from deadlines.services import build, calendar, change_rule, load_year, look_again, ruling, second_looks
from deadlines.services.calendar import DayRow
from deadlines.tests.conftest import moment
from deadlines.tests.models import Egg
from deadlines.tests.test_ruling import CONCLUSION
from deadlines.tests.test_sweep_races import in_thread

pytestmark = pytest.mark.django_db
STARTED = moment("2027-02-01T09:00")
SPRING = [DayRow(date(2027, 2, day), False, "春节") for day in range(15, 23)] + [
    DayRow(date(2027, 1, 1), False, "元旦")
]


@pytest.fixture(autouse=True)
def only_eggs(monkeypatch):
    for room in (calendar, ruling, second_looks):
        monkeypatch.setattr(room, "clock_classes", lambda: [Egg])


@pytest.fixture
def meanwhile(owner):
    """``meanwhile(code, at, work)``: a clock is built, ``work`` is done, and only then is the clock committed."""

    def make(code, at, work, look=None):
        built, done = threading.Event(), threading.Event()

        def register():
            with transaction.atomic():
                egg = build(Egg, rule_code=code, at=at, owner=owner)
                egg.save(force_insert=True)
                built.set()
                done.wait(20)
            return egg.pk

        registered = in_thread(register)
        try:
            assert built.wait(20)
            work()
            if look:
                look()
        finally:
            done.set()
        return Egg.objects.get(pk=registered())

    return make


def settle(at):
    """What the next minutes would do: first the change is seen, then looked at."""
    return look_again(at) + look_again(at)


def test_a_table_entered_meanwhile_moves_the_clock_afterwards(shared_eggs, owner, meanwhile):
    at = moment("2026-12-01T09:00")
    settle(at)
    early = []
    egg = meanwhile(
        "notice",
        STARTED,
        lambda: load_year(2027, SPRING, source="通知", at=at),
        look=lambda: early.append((look_again(at), SecondLook.objects.filter(done_at=None).count())),
    )
    right = build(Egg, rule_code="notice", at=STARTED, owner=owner)
    assert (egg.due_at, egg.provisional) != (right.due_at, right.provisional)
    assert early == [(0, 1)], "while it is being started, the change waits"
    assert settle(at) == 1
    egg.refresh_from_db()
    assert (egg.due_at, egg.provisional) == (right.due_at, right.provisional) and not egg.provisional
    assert ClockEntry.objects.filter(clock_id=egg.pk, kind="move").count() == 1
    assert SecondLook.objects.get(year=2027).moved == 1
    assert settle(at) == 0 and not SecondLook.objects.filter(done_at=None).exists()


def test_a_clock_started_meanwhile_goes_over_to_the_rule_that_all_went_over_to(cast, shared_eggs, meanwhile):
    at = moment("2026-03-10T09:00")
    new = replace(CONCLUSION, valid_from=local_day(at))
    settle(at)
    egg = meanwhile(
        CONCLUSION.code,
        at - timedelta(hours=1),
        lambda: change_rule(actor=cast.actor("sysadmin"), new=new, running=True, reason="会议", at=at),
    )
    assert egg.rule.length != new.length
    assert settle(at) == 1
    egg.refresh_from_db()
    assert egg.rule.length == new.length
    assert settle(at) == 0


def test_what_was_to_keep_its_version_keeps_it(cast, shared_eggs, meanwhile):
    at = moment("2026-03-10T09:00")
    settle(at)
    new = replace(CONCLUSION, valid_from=local_day(at))
    egg = meanwhile(
        CONCLUSION.code,
        at - timedelta(hours=1),
        lambda: change_rule(actor=cast.actor("sysadmin"), new=new, running=False, reason="会议", at=at),
    )
    before = egg.rule_id
    assert settle(at) == 0
    egg.refresh_from_db()
    assert egg.rule_id == before


def test_two_looks_at_once_count_a_change_once(shared_eggs, owner, meanwhile):
    at = moment("2026-12-01T09:00")
    settle(at)
    meanwhile("notice", STARTED, lambda: load_year(2027, SPRING, source="通知", at=at))
    SecondLook.objects.filter(done_at=None).update(seen_at=second_looks.NOW_IN_SQL)
    with transaction.atomic():
        SecondLook.objects.select_for_update().get(done_at=None)
        assert in_thread(lambda: look_again(at))() == 0  # somebody else has it
    assert look_again(at) == 1
