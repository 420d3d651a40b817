"""A calendar that is wrong neither hangs nor refuses anything: it is refused at the door, and got round where it is in."""

from datetime import date, timedelta

import pytest
from django.test import Client

from accounts.actor import Actor
from core.errors import Refusal
from core.timekeeping import local_day, now
from deadlines import ladder, selectors
from deadlines.models import CalendarTable, DutyHours
from deadlines.rulebook import rulebook
from deadlines.services import build, checking, extend, load_year, sweep
from deadlines.services import calendar as calendar_service
from deadlines.services.calendar import DayRow, foresee_year
from deadlines.tests.conftest import moment
from deadlines.tests.models import Egg
from petitions.enums import Channel
from petitions.models import Petition
from petitions.services.registering import NewPerson, NewPetition, register

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def off(first, count):
    """Rows of days off from a day on, by year."""
    days = [first + n * DAY for n in range(count)]
    return {
        year: [DayRow(day, False, "停工") for day in days if day.year == year]
        for year in sorted({day.year for day in days})
    }


def put_in(first, count):
    """As a statement past the door would."""
    for year, rows in off(first, count).items():
        days = {row.day.isoformat(): [False, "停工"] for row in rows}
        CalendarTable.objects.create(year=year, days=days, confirmed=True)


class TestAtTheDoor:
    @pytest.mark.parametrize(
        ("rows", "sentence"),
        [
            (off(date(2027, 1, 1), 65)[2027], "自2027-01-01起连续66天没有工作日"),
            (off(date(2027, 3, 1), 30)[2027], "自2027-02-27起连续"),  # the Saturday before counts
            ([DayRow(date(2027, 1, 1) + n * DAY, n > 0, "x") for n in range(365)], "有364个工作日"),
            ([DayRow(date(2027, 1, 2), True, "调休上班")], "没有一天放假"),
        ],
    )
    def test_a_table_that_cannot_be_is_refused_and_nothing_is_entered(self, rows, sentence):
        for enter in (
            lambda: foresee_year(2027, rows, at=moment("2026-11-01T09:00")),
            lambda: load_year(2027, rows, source="x"),
        ):
            with pytest.raises(Refusal) as why:
                enter()
            assert sentence in why.value.sentence
        assert not CalendarTable.objects.filter(year=2027).exists()

    def test_a_run_across_the_end_of_the_year_is_one_run(self):
        december, january = off(date(2027, 12, 11), 40).values()
        load_year(2027, december, source="x")
        with pytest.raises(Refusal, match="自2027-12-11起连续40天没有工作日"):
            load_year(2028, january, source="x")

    def test_a_wrong_year_beside_it_does_not_keep_a_good_one_out(self):
        put_in(date(2027, 3, 1), 70)
        load_year(2028, [DayRow(date(2028, 1, 3), False, "元旦")], source="x")

    def test_every_published_year_passes(self):
        calendar = rulebook().calendar
        assert [calendar.long_break(year) for year in range(2004, 2027)] == [None] * 23
        assert calendar.faults == ()

    def test_the_page_says_so(self, cast, client_as):
        text = "day,is_workday,note\n" + "".join(
            f"{row.day.isoformat()},0,x\n" for row in off(date(2027, 1, 1), 65)[2027]
        )
        page = client_as(cast.sysadmin).post(
            "/staff/calendar/new/", {"year": 2027, "source": "x", "table": text}
        )
        assert page.status_code == 422 and "连续66天没有工作日" in page.content.decode()


class TestOnceItIsIn:
    def test_a_case_is_registered_all_the_same(self, cast):
        put_in(local_day(now()), 120)
        new = NewPetition(
            channel=Channel.ONLINE,
            subject="夜市噪音",
            body="河边的夜市每天营业到凌晨两点",
            requests=["请规定"],
            persons=[NewPerson(name="测某", phone="13800000000")],
        )
        register(actor=Actor.petitioner(), new=new, unit=cast.actor("petition_officer").unit)
        clock = Petition.objects.latest("pk").clocks.get(rule__code="forwarding")
        assert clock.provisional
        assert "工作日历自" in clock.explanation["steps"][-1]

    def test_the_date_is_that_of_plain_weeks_and_follows_from_the_ledger(self, lay):
        (plain,) = lay("conclusion", "2027-01-20T09:00")
        put_in(date(2027, 1, 1), 300)
        (egg,) = lay("conclusion", "2027-01-20T09:00")
        assert (egg.due_at, egg.provisional) == (plain.due_at, True)
        assert "此日期为暂定" in egg.explanation["steps"][-1]
        assert not any("尚未录入" in step for step in egg.explanation["steps"])
        extend(egg, 30, moment("2027-01-21T09:00"))
        assert egg.provisional
        assert not list(checking.faults(Egg, moment("2027-01-21T09:00")))

    def test_duty_hours_are_counted_too(self, lay, cast):
        put_in(date(2027, 1, 1), 300)
        calendar = rulebook().calendar
        duty = rulebook().duty_of[None]
        course = ladder.Course(moment("2027-06-01T09:00"), moment("2027-06-01T10:00"), 1, duty, calendar)
        assert course.from_due(-30) == moment("2027-06-01T09:30")
        assert course.after_share(50) == moment("2027-06-01T09:30")

    def test_it_is_shown_and_mended_by_entering_the_year_anew(self, lay, cast, client_as, monkeypatch):
        monkeypatch.setattr(calendar_service, "clock_classes", lambda: [Egg])
        put_in(date(2027, 1, 1), 300)
        (egg,) = lay("conclusion", "2027-01-20T09:00")
        admin: Client = client_as(cast.sysadmin)
        for page in ("/staff/engine/", "/staff/calendar/"):
            assert "自2027-01-01起连续" in admin.get(page).content.decode()
        load_year(2027, [DayRow(date(2027, 1, 1), False, "元旦")], source="x", at=moment("2027-01-21T09:00"))
        egg.refresh_from_db()
        assert not egg.provisional and egg.due_at.date() == date(2027, 3, 22)
        assert selectors.calendar_trouble() == []

    def test_provisional_dates_are_counted_in_words(self, make_case, cast, client_as):
        put_in(local_day(now()), 120)
        make_case(at=now())
        assert (
            "到期日暂定的期限：不到 10 条" in client_as(cast.sysadmin).get("/staff/engine/").content.decode()
        )


class TestOneWrongRow:
    @pytest.mark.parametrize(
        "days",
        [
            {"2031-02-30": [False, "x"]},
            {"2031-02-03": "x"},
            {"2030-02-03": [False, "x"]},
            ["2031-02-03"],
            "x",
        ],
    )
    def test_in_a_table_stops_no_clock_and_is_shown(self, lay, days):
        (egg,) = lay("respond_10", "2026-03-10T08:00")
        CalendarTable.objects.create(year=2031, days=days, confirmed=True)
        result = sweep(Egg, now=egg.due_at + timedelta(minutes=1))
        assert (result.alerts, result.failed) == (3, ())
        calendar = rulebook().calendar
        assert not calendar.is_confirmed(date(2031, 6, 2)) and calendar.is_confirmed(date(2026, 6, 2))
        assert "2031年的日历表里" in selectors.calendar_trouble()[0]
        assert selectors.years()[0].days_off == 0

    def test_of_duty_hours_leaves_the_districts(self, cast):
        DutyHours.objects.create(unit=cast.units.urban, spans=[["x", "y"]], reason="x")
        DutyHours.objects.create(unit=cast.units.housing, spans=[["12:00", "08:00"]], reason="x")
        book = rulebook()
        assert {None} == set(book.duty_of) & {None, cast.units.urban.pk, cast.units.housing.pk}


def test_building_never_raises_for_the_calendar(eggs, owner):
    put_in(date(2027, 1, 1), 365)
    for code in ("conclusion", "objection", "forwarding", "respond_10"):
        assert build(Egg, rule_code=code, at=moment("2027-01-05T09:00"), owner=owner).due_at
