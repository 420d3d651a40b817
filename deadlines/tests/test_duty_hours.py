"""Rules that count duty hours only: lunch, nights, weekends and make-up days, each unit by its own hours."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from accounts.models import AuditEntry
from core.errors import Refusal
from core.timekeeping import local_day, now
from deadlines import selectors
from deadlines.duty import DutyTime, between, shift
from deadlines.enums import Hours, LengthUnit
from deadlines.models import ClockEntry, DutyHours, Rule
from deadlines.rules_table import THIRTY_MINUTES
from deadlines.services import (
    NewVersion,
    build,
    change_rule,
    checking,
    enter_hours,
    load_year,
    ruling,
    sweep,
)
from deadlines.services import calendar as calendar_services
from deadlines.services.calendar import DayRow
from deadlines.services.hours import read_spans
from deadlines.tests.conftest import moment
from deadlines.tests.models import Egg
from deadlines.working_calendar import CalendarBroken, WorkingCalendar
from petitions.enums import Status

pytestmark = pytest.mark.django_db
NOW = moment("2026-03-02T06:00")
CALL = NewVersion(
    code="call_30",
    basis="本区〔2026〕9号文：办公时间30分钟内电话约见",
    length=30,
    unit=LengthUnit.MINUTE,
    rolls=True,
    extension_limit=None,
    valid_from=local_day(NOW),
    ladder=THIRTY_MINUTES,
    hours=Hours.DUTY,
)
OFFICE = DutyTime(((510, 720), (840, 1050)))


@pytest.fixture(autouse=True)
def only_eggs(monkeypatch):
    for services in (ruling, calendar_services):
        monkeypatch.setattr(services, "clock_classes", lambda: [Egg])


@pytest.fixture
def by_duty(cast):
    def make(new=CALL, **changes):
        return change_rule(
            actor=cast.actor("sysadmin"), new=replace(new, **changes), running=False, reason="会议", at=NOW
        ).rule

    return make


def enter(cast, unit, spans, *, every_day=False, reason="区政府办通知", who="sysadmin"):
    return enter_hours(actor=cast.actor(who), unit=unit, spans=spans, every_day=every_day, reason=reason)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-03-03T09:00", "2026-03-03T09:30"),
        ("2026-03-03T11:40", "2026-03-03T14:10"),  # lunch
        ("2026-03-03T12:30", "2026-03-03T14:30"),
        ("2026-03-03T17:00", "2026-03-03T17:30"),  # to the very end of the day
        ("2026-03-03T17:20", "2026-03-04T08:50"),  # overnight
        ("2026-03-03T17:30", "2026-03-04T09:00"),
        ("2026-03-03T00:00", "2026-03-03T09:00"),
        ("2026-03-06T17:29:30", "2026-03-09T08:59:30"),  # a weekend; 2026-03-06 is a Friday
        ("2026-03-07T10:00", "2026-03-09T09:00"),
        ("2026-02-13T17:15", "2026-02-14T08:45"),  # 14 February 2026 is a Saturday that is worked (调休)
        ("2026-02-14T17:15", "2026-02-24T08:45"),  # the Spring Festival of 2026, 15 to 23 February
    ],
)
def test_thirty_minutes_of_duty(owner, start, due):
    rule = Rule.objects.get(code="call_30")
    rule.hours = Hours.DUTY
    from deadlines.arithmetic import due_at

    counted = due_at(rule, moment(start), selectors.rulebook().calendar, duty=OFFICE)
    assert counted.due_at == counted.raw_due_at == moment(due)
    assert "只计办公时间：工作日08:30—12:00、14:00—17:30。" in counted.steps[0]


def test_duty_time_is_the_same_forward_back_and_measured():
    calendar = selectors.rulebook().calendar
    start = moment("2026-03-06T16:00")
    for minutes in (1, 30, 89, 90, 91, 420, 1000, 5000):
        end = shift(start, timedelta(minutes=minutes), OFFICE, calendar)
        assert between(start, end, OFFICE, calendar) == timedelta(minutes=minutes)
        assert shift(end, -timedelta(minutes=minutes), OFFICE, calendar) <= moment("2026-03-06T16:00")


def test_a_calendar_without_a_working_day_cannot_hang_it():
    year = {date(2026, 1, 1) + timedelta(days=n): (False, "") for n in range(365)}
    with pytest.raises(CalendarBroken):
        shift(moment("2026-02-01T09:00"), timedelta(minutes=5), OFFICE, WorkingCalendar(year))


class TestWhoseHours:
    def test_a_unit_has_its_own_and_all_others_the_districts(self, cast, owner, by_duty):
        by_duty()
        hotline, other = cast.units.urban, cast.units.liuwan
        enter(cast, hotline, "00:00-24:00", every_day=True)

        def due(unit):
            at, facts = moment("2026-03-07T23:50"), {"unit": str(unit.pk)}
            return build(Egg, rule_code="call_30", at=at, facts=facts, owner=owner).due_at

        assert due(hotline) == moment("2026-03-08T00:20")
        assert due(other) == moment("2026-03-09T09:00")
        enter(cast, hotline, "")
        assert due(hotline) == moment("2026-03-09T09:00")

    def test_what_runs_keeps_its_hours_and_the_ledger_bears_them_out(self, cast, lay, by_duty):
        by_duty()
        (before,) = lay("call_30", "2026-03-03T17:20")
        enter(cast, None, "09:00-12:00、13:00-17:00")
        (after,) = lay("call_30", "2026-03-03T17:20")
        before.refresh_from_db()
        assert (before.due_at, after.due_at) == (moment("2026-03-04T08:50"), moment("2026-03-04T09:30"))
        assert len(set(ClockEntry.objects.values_list("hours", flat=True)) - {None}) == 2
        assert not list(checking.faults(Egg))
        Egg.objects.filter(pk=before.pk).update(due_at=moment("2026-03-04T08:51"))
        assert "应于2026年3月4日（周三）08:50到期" in next(iter(checking.faults(Egg)))

    def test_a_later_calendar_counts_it_again_by_its_own_hours(self, cast, lay, by_duty):
        by_duty()
        (clock,) = lay("call_30", "2027-02-05T17:20")
        assert clock.provisional
        enter(cast, None, "09:00-17:00")
        load_year(2027, [DayRow(date(2027, 2, 8), False, "放假")], source="通知", at=NOW)
        clock.refresh_from_db()
        assert (clock.due_at, clock.provisional) == (moment("2027-02-09T08:50"), False)
        assert not list(checking.faults(Egg))

    def test_a_case_counts_by_the_hours_of_the_unit_that_has_it(self, cast, make_case, by_duty):
        by_duty()
        enter(cast, cast.units.petition_office, "09:00-10:00")
        case = make_case(until=Status.REGISTERED, at=moment("2026-03-03T09:45"))
        clock = case.clocks.get(rule__code="call_30")
        assert clock.due_at == moment("2026-03-04T09:15")
        assert f"只计{cast.units.petition_office.label}的办公时间" in clock.explanation["steps"][0]


def test_reminders_and_reports_keep_to_the_hours_as_well(lay, by_duty):
    by_duty()
    (clock,) = lay("call_30", "2026-03-03T17:20")
    assert clock.next_at == moment("2026-03-04T08:40")  # ten minutes of duty before 08:50
    (late,) = lay("call_30", "2026-03-03T16:55")
    rungs = [rung.at for rung in selectors.explain(late).rungs]
    assert rungs[0] == moment("2026-03-03T17:15")
    assert rungs[3:5] == [moment("2026-03-04T08:35"), moment("2026-03-04T08:45")]  # not at 17:35 and 17:45
    assert sweep(Egg, now=moment("2026-03-04T08:34")).claimed == 1
    late.refresh_from_db()
    assert late.next_at == moment("2026-03-04T08:35")


def test_the_trial_hastens_duty_minutes_too(lay, by_duty, settings):
    settings.TRIAL_SPEED = 60
    by_duty()
    (clock,) = lay("call_30", "2026-03-03T17:29:45")
    assert (clock.speed, clock.due_at) == (60, moment("2026-03-04T08:30:15"))
    assert not list(checking.faults(Egg))


@pytest.mark.parametrize(
    ("spans", "sentence"),
    [
        ("8点到12点", "应形如08:30-12:00"),
        ("08:30-12:00、11:00-17:00", "不能重叠"),
        ("12:00-08:30", "结束在开始之后"),
        ("08:30-24:30", "不晚于24:00"),
        ("08:30-08:75", "不是一天里的时间"),
        ("08:30-09:00", "不到1小时"),
        ("", "请填写全区的办公时间"),
    ],
)
def test_hours_that_cannot_be_are_refused(cast, spans, sentence):
    before = DutyHours.objects.count()
    with pytest.raises(Refusal) as why:
        enter(cast, None, spans)
    assert sentence in why.value.sentence
    assert DutyHours.objects.count() == before


def test_they_are_read_as_people_type_them():
    assert read_spans("8:30-12:00，14：00—17：30") == [(510, 720), (840, 1050)]
    assert read_spans("00:00至24:00") == [(0, 1440)]


def test_days_know_no_duty_hours(by_duty):
    with pytest.raises(Refusal) as why:
        by_duty(code="reforwarding", unit=LengthUnit.WORKING_DAY)
    assert "只有按分钟、小时计的期限才分办公时间" in why.value.sentence
    with pytest.raises(IntegrityError, match="rule_duty_hours_of_minutes"), transaction.atomic():
        Rule.objects.filter(code="reforwarding").update(hours=Hours.DUTY)


def test_hours_once_entered_never_change():
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        DutyHours.objects.update(every_day=True)


def test_hours_are_entered_on_their_page(cast, client_as):
    admin = client_as(cast.sysadmin)
    page = admin.get("/staff/duty-hours/").content.decode()
    assert "工作日08:30—12:00、14:00—17:30" in page
    data = {"unit": str(cast.units.urban.pk), "spans": "00:00-24:00", "every_day": "on", "reason": "热线"}
    wrong = admin.post("/staff/duty-hours/", data | {"spans": "全天"})
    assert wrong.status_code == 422 and "应形如08:30-12:00" in wrong.content.decode()
    page = admin.post("/staff/duty-hours/", data, follow=True).content.decode()
    assert "每天00:00—24:00" in page and cast.units.urban.label in page
    assert AuditEntry.objects.get(act="hours.enter").detail["reason"] == "热线"
    assert client_as(cast.petition_officer).get("/staff/duty-hours/").status_code == 403


def test_a_rule_is_set_to_duty_hours_on_its_page(cast, client_as):
    data = {
        "basis": "本区文件",
        "length": "30",
        "unit": "minute",
        "hours": "duty",
        "valid_from": local_day(now()).isoformat(),
        "running": "keep",
        "reason": "会议",
        "rung-TOTAL_FORMS": "1",
        "rung-INITIAL_FORMS": "0",
        "rung-0-kind": "breach",
        "rung-0-number": "0",
        "rung-0-per": "minute",
        "rung-0-role": "handler",
        "confirmed": "1",
    }
    admin = client_as(cast.sysadmin)
    page = admin.post("/staff/rules/call_30/new/", data, follow=True).content.decode()
    assert "30分钟（办公时间）" in page and "只计责任单位的办公时间" in page
    assert Rule.objects.get(code="call_30", valid_until=None).hours == Hours.DUTY
