"""A mistaken table of a year, a closure among them, is taken back: what runs moves back, and its ledger says why."""

from datetime import date, timedelta

import pytest

from accounts.models import AuditEntry
from core.errors import Refusal
from deadlines import selectors
from deadlines.models import CalendarTable, ClockEntry, SecondLook
from deadlines.services import calendar as calendar_service
from deadlines.services import (
    checking,
    foresee_taking_back,
    load_year,
    look_again,
    second_looks,
    stop,
    sweep,
    take_back,
    taking_back,
)
from deadlines.services.calendar import DayRow
from deadlines.tests.conftest import moment
from deadlines.tests.models import Egg
from notifications.models import Notice

pytestmark = pytest.mark.django_db
NOW = moment("2026-03-10T09:00")
#: The fifteen days from 2 March end on Tuesday the 17th.
CLOSED = (date(2026, 3, 17), date(2026, 3, 18))


@pytest.fixture(autouse=True)
def only_eggs(monkeypatch, request):
    if "client_as" in request.fixturenames:
        return
    for module in (calendar_service, taking_back, second_looks):
        monkeypatch.setattr(module, "clock_classes", lambda: [Egg])


def published():
    return [
        DayRow(date.fromisoformat(day), works, note)
        for day, (works, note) in CalendarTable.objects.filter(year=2026).first().days.items()
    ]


def close(*days, at=NOW):
    """A local closure, entered with the year's table."""
    shut = [DayRow(day, False, "停电停工") for day in days]
    load_year(2026, [*published(), *shut], source="本区停工通知", at=at)
    return CalendarTable.objects.filter(year=2026).latest("pk")


@pytest.fixture
def back(cast):
    def do(table, *, at=NOW, reason="停工取消"):
        return take_back(actor=cast.actor("sysadmin"), table=table, reason=reason, at=at)

    return do


def due(egg):
    egg.refresh_from_db()
    return egg.due_at.astimezone(NOW.tzinfo).date()


def test_what_it_put_off_comes_back_and_the_ledger_says_why(lay, back, cast):
    (egg,) = lay("notice", "2026-03-02T09:00")
    table = close(*CLOSED)
    assert due(egg) == date(2026, 3, 19)
    seen = foresee_taking_back(table, at=NOW)
    assert (seen.looked_at, seen.moving, seen.earlier) == (1, 1, 1)
    assert back(table).moved == 1
    assert due(egg) == date(2026, 3, 17)
    lines = [line.sentence for line in selectors.ledger_of(egg)]
    assert len(lines) == 3
    assert lines[1].endswith("依据：本区停工通知。")
    assert lines[2].endswith("依据：撤回“本区停工通知”：停工取消。")
    entry = AuditEntry.objects.get(act="calendar.take_back")
    assert (entry.user_id, entry.detail["clocks_moved"]) == (cast.sysadmin.pk, 1)
    assert not list(checking.faults(Egg))


def test_clocks_that_started_under_it_are_counted_by_what_is_so(lay, back):
    table = close(*CLOSED)
    (egg,) = lay("notice", "2026-03-02T09:00")
    assert due(egg) == date(2026, 3, 19)
    back(table)
    assert due(egg) == date(2026, 3, 17)


def test_a_date_of_before_the_mistake_is_never_brought_nearer(lay, back):
    """The year's first closure was given up by a later table; whoever relied on it goes on doing so."""
    close(*CLOSED)
    (egg,) = lay("notice", "2026-03-02T09:00")
    load_year(2026, published()[:-2], source="不再停工", at=NOW)
    assert due(egg) == date(2026, 3, 19)
    mistake = close(*CLOSED, date(2026, 3, 19))
    assert due(egg) == date(2026, 3, 20)
    back(mistake)
    assert due(egg) == date(
        2026, 3, 20
    )  # what is left of it harms nobody: its old date has no table any more


def test_what_is_due_by_it_at_once_is_told_once(lay, back):
    (egg,) = lay("notice", "2026-03-02T09:00")
    table = close(*CLOSED)
    now = moment("2026-03-18T09:00")
    sweep(Egg, now=now)
    told = Notice.objects.count()
    back(table, at=now)
    egg.refresh_from_db()
    assert egg.breached_at == egg.due_at
    keys = list(Notice.objects.values_list("dedupe_key", flat=True))
    assert len(keys) == len(set(keys)) > told
    sweep(Egg, now=now)
    assert Notice.objects.count() == len(keys)
    assert not list(checking.faults(Egg, now))


def test_a_breach_noted_too_early_is_taken_back(lay, back):
    """A table that gave up a holiday: what it brought nearer was 暂定, and is put off again."""
    CalendarTable.objects.create(year=2026, days={"2026-03-17": [False, "x"], "2026-03-18": [False, "x"]})
    (egg,) = lay("notice", "2026-03-02T09:00")
    assert egg.provisional and due(egg) == date(2026, 3, 19)
    load_year(2026, [row for row in published() if row.day not in CLOSED], source="误", at=NOW)
    table = CalendarTable.objects.latest("pk")
    assert due(egg) == date(2026, 3, 17)
    now = moment("2026-03-18T09:00")
    sweep(Egg, now=now)
    back(table, at=now)
    egg.refresh_from_db()
    assert (egg.breached_at, due(egg)) == (None, date(2026, 3, 19))
    sweep(Egg, now=moment("2026-03-20T09:00"))
    keys = list(Notice.objects.values_list("dedupe_key", flat=True))
    assert len(keys) == len(set(keys))
    assert any("r1:" in key for key in keys)


def test_stopped_clocks_stay_and_the_one_started_meanwhile_is_looked_at_again(lay, back):
    table = close(*CLOSED)
    stopped, missed = lay("notice", "2026-03-02T09:00", count=2)
    stop(stopped, NOW)
    Egg.objects.filter(pk=missed.pk).update(stopped_at=NOW, next_at=None)
    back(table)
    # As if its transaction had begun before.
    Egg.objects.filter(pk=missed.pk).update(stopped_at=None, next_at=NOW + timedelta(days=3))
    SecondLook.objects.filter(year=2026).exclude(pk=SecondLook.objects.latest("pk").pk).delete()
    look_again(NOW)
    look_again(NOW)
    assert (due(stopped), due(missed)) == (date(2026, 3, 19), date(2026, 3, 17))
    assert ClockEntry.objects.filter(clock_id=stopped.pk).count() == 2


def test_only_the_last_and_never_the_only_one(lay, back, cast):
    first = CalendarTable.objects.get(year=2026)
    with pytest.raises(Refusal, match="2026年只录入过这一次"):
        back(first)
    table = close(*CLOSED)
    with pytest.raises(Refusal, match="请写明为什么撤回"):
        back(table, reason=" ")
    with pytest.raises(Refusal, match="由系统管理员录入"):
        take_back(actor=cast.actor("petition_officer"), table=table, reason="x", at=NOW)
    back(table)
    with pytest.raises(Refusal, match="后来又录入过"):
        back(table)
    assert CalendarTable.objects.filter(year=2026).count() == 3


def test_the_page_shows_what_would_move_and_then_does_it(cast, client_as, make_case):
    table = close(*CLOSED)
    admin = client_as(cast.sysadmin)
    listed = admin.get("/staff/calendar/").content.decode()
    assert "撤回最近一次" in listed
    (address,) = {part.split('"')[0] for part in listed.split('href="') if "take-back" in part.split('"')[0]}
    assert admin.get(address).status_code == 200
    page = admin.post(address, {"reason": "停工取消"})
    assert page.status_code == 200 and "确认撤回" in page.content.decode()
    assert CalendarTable.objects.filter(year=2026).count() == 2
    assert admin.post(address, {"reason": " ", "confirmed": "1"}).status_code == 422
    done = admin.post(address, {"reason": "停工取消", "confirmed": "1"}, follow=True)
    assert "2026 年按前一次录入的计" in done.content.decode()
    assert CalendarTable.objects.latest("pk").takes_back == table
    again = admin.post(address, {"reason": "停工取消", "confirmed": "1"})
    assert again.status_code == 422 and "后来又录入过" in again.content.decode()
