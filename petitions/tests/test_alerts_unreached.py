"""An alert that reaches nobody at all is not done: it stays due, is shown, and is told once somebody is there."""

from datetime import timedelta

import pytest

from accounts.enums import Role
from accounts.models import Post
from core.timekeeping import now
from deadlines.selectors import engine_state
from deadlines.services import checking, sweep
from deadlines.services.unreached import LONGEST_WAIT, NOBODY
from notifications.models import Notice
from petitions.enums import Status
from petitions.models import PetitionClock
from tests.cases import MORNING

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def everybody_leaves():
    Post.objects.update(valid_until=MORNING.date() + DAY)


def somebody_comes(user, role, unit):
    return Post.objects.create(user=user, role=role, unit=unit, valid_from=MORNING.date() + DAY)


@pytest.fixture
def clock(make_case):
    case = make_case(until=Status.FORWARDED)
    found = case.clocks.get(rule__code="notice")
    PetitionClock.objects.exclude(pk=found.pk).update(next_at=None)
    return found


def told(clock):
    return Notice.objects.filter(dedupe_key__startswith=f"{clock.key}:")


class TestNobodyAtAll:
    def test_the_rung_is_not_done_and_the_clock_is_not_looped_on(self, clock):
        everybody_leaves()
        due = clock.next_at
        waits = []
        for _n in range(8):
            result = sweep(PetitionClock, now=due)
            assert (result.claimed, result.alerts, result.failed) == (1, 0, ())
            assert sweep(PetitionClock, now=due).claimed == 0
            clock.refresh_from_db()
            waits.append(clock.next_at - due)
            due = clock.next_at
        assert clock.step_no == 0 and clock.last_error == NOBODY
        assert waits == sorted(waits) and waits[-1] == LONGEST_WAIT
        assert not told(clock).exists()

    def test_it_is_told_once_when_somebody_takes_the_post(self, clock, cast):
        everybody_leaves()
        sweep(PetitionClock, now=clock.next_at)
        clock.refresh_from_db()
        somebody_comes(cast.handler, Role.HANDLER, cast.units.urban)
        for _n in range(3):
            sweep(PetitionClock, now=clock.next_at)
        clock.refresh_from_db()
        assert told(clock).count() == 1
        assert told(clock).get().recipient == cast.handler
        assert (clock.step_no, clock.error_count, clock.last_error) == (1, 0, "")

    def test_late_is_late_whoever_was_told_and_each_rung_is_told_once_afterwards(self, clock, cast):
        everybody_leaves()
        late = clock.due_at + 6 * DAY
        sweep(PetitionClock, now=late)
        clock.refresh_from_db()
        assert (clock.breached_at, clock.step_no) == (clock.due_at, 0)
        somebody_comes(cast.handler, Role.HANDLER, cast.units.urban)
        somebody_comes(cast.inspector, Role.INSPECTOR, cast.units.petition_office)
        for _n in range(3):
            clock.refresh_from_db()
            if clock.next_at is not None:
                sweep(PetitionClock, now=clock.next_at)
        clock.refresh_from_db()
        keys = list(told(clock).values_list("dedupe_key", flat=True))
        assert clock.next_at is None and len(keys) == len(set(keys))
        assert {key.rsplit(":", 2)[1] for key in keys} == {"1", "2", "3", "4", "5", "6", "7"}
        assert list(checking.faults(PetitionClock, late + DAY)) == []

    def test_what_falls_due_meanwhile_is_told_at_its_own_time(self, clock, cast):
        """The reminder has nobody; the breach of the head's finds the head who came that very moment."""
        everybody_leaves()
        sweep(PetitionClock, now=clock.due_at - HOUR / 60)
        clock.refresh_from_db()
        assert clock.next_at == clock.due_at

    def test_the_pages_count_it_in_words_and_apart_from_faults(self, clock, cast, client_as):
        page = client_as(cast.sysadmin)
        officer = client_as(cast.petition_officer)
        assert "没有人可以通知" not in page.get("/staff/engine/").content.decode()
        PetitionClock.objects.filter(pk=clock.pk).update(
            error_count=3, last_error=NOBODY, next_at=now() + HOUR / 2
        )
        state = engine_state(now())
        assert (state.failed, state.unreached) == (0, 1)
        assert any("没有人可以通知" in sentence for sentence in state.trouble)
        assert "没有人可以通知的期限" in page.get("/staff/engine/").content.decode()
        assert "没有人可以通知" in officer.get("/desk/").content.decode()


class TestOneStepUp:
    def test_the_alert_says_that_nobody_held_the_post(self, clock, cast):
        Post.objects.filter(role=Role.HANDLER, unit=cast.units.urban).update(valid_until=MORNING.date() + DAY)
        sweep(PetitionClock, now=clock.next_at)
        found = told(clock).get()
        assert found.recipient == cast.unit_head
        assert found.text.endswith("（“城市管理局”没有人担任“承办人”，改报给您。）")
        assert Notice.objects.filter(dedupe_key__startswith="vacant:", recipient=cast.sysadmin).exists()

    def test_of_a_post_that_is_held_nothing_is_added(self, clock):
        sweep(PetitionClock, now=clock.next_at)
        assert not told(clock).filter(text__contains="改报给您").exists()
