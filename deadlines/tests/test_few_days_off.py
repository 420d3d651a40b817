"""A table that forgets holidays is asked about, and a year's first table can be taken back as well."""

import sys
from datetime import date

import pytest

from core.errors import Refusal
from deadlines import selectors
from deadlines.models import CalendarTable
from deadlines.services import (
    calendar as calendar_service,
)
from deadlines.services import (
    foresee_taking_back,
    load_published,
    load_year,
    second_looks,
    shipped,
    take_back,
    taking_back,
    too_few_off,
)
from deadlines.services.calendar import DayRow
from deadlines.tests.browsing import as_it_stands
from deadlines.tests.conftest import moment
from deadlines.tests.models import Egg

pytestmark = pytest.mark.django_db
PAGE = "/staff/calendar/new/"
TWO = "日期,是否上班,说明\n2027-01-01,放假,元旦\n2027-02-08,放假,春节\n2027-02-06,放假,春节\n"
ANOTHER = "日期,是否上班,说明\n2027-01-01,放假,元旦\n2027-05-04,放假,劳动节\n"
NOW = moment("2026-12-30T09:00")


@pytest.fixture
def admin(cast, client_as):
    return client_as(cast.sysadmin)


@pytest.mark.parametrize(("year", "days"), sorted(shipped.published_years().items()))
def test_no_published_year_is_asked_about(year, days):
    assert too_few_off(year, [DayRow(*day) for day in days]) == ""


@pytest.mark.parametrize(("year", "least"), [(2027, 13), (2025, 13), (2024, 11), (2008, 11), (2007, 10)])
def test_days_off_from_monday_to_friday_are_held_against_the_law(year, least):
    days = [date(year, 3, n) for n in range(1, 32)]
    rows = [DayRow(day, False) for day in days if day.weekday() < 5][:least]
    weekend = [DayRow(day, False) for day in days if day.weekday() >= 5]
    assert too_few_off(year, rows) == ""
    asked = too_few_off(year, rows[1:] + weekend)
    assert f"周一至周五放假的只有{least - 1}天" in asked and f"不应少于{least}天" in asked


class TestThePage:
    def look(self, admin, table=TWO, **more):
        return admin.post(PAGE, {"year": "2027", "source": "国办通知", "table": table} | more)

    def test_it_tells_at_the_first_look_and_enters_only_what_was_ticked(self, admin):
        page = self.look(admin)
        text = page.content.decode()
        assert page.status_code == 200
        assert "周一至周五放假的只有2天" in text and "不应少于13天" in text and 'name="few"' in text
        again = admin.post(PAGE, as_it_stands(page) | {"confirmed": "1"})
        assert again.status_code == 422
        assert "请核对放假的天数；确实要这样录入的，请勾选。" in again.content.decode()
        assert "国办通知" in again.content.decode() and "确认录入" in again.content.decode()
        assert not CalendarTable.objects.filter(year=2027).exists()
        done = admin.post(PAGE, as_it_stands(again) | {"confirmed": "1", "few": "on"}, follow=True)
        assert "2027 年已录入 3 天" in done.content.decode()

    def test_the_tick_was_for_the_table_that_was_seen(self, admin):
        sent = as_it_stands(self.look(admin)) | {"confirmed": "1", "few": "on", "table": ANOTHER}
        page = admin.post(PAGE, sent)
        assert "周一至周五放假的只有2天" in page.content.decode() and "few" not in as_it_stands(page)
        assert not CalendarTable.objects.filter(year=2027).exists()

    def test_a_whole_year_is_not_asked_about(self, admin):
        rows = "".join(
            f"{day},{'上班' if works else '放假'},{note}\n"
            for day, (works, note) in CalendarTable.objects.get(year=2026).days.items()
        )
        page = self.look(admin, "日期,是否上班,说明\n" + rows, year="2026")
        assert page.status_code == 200 and 'name="few"' not in page.content.decode()

    def test_the_first_entry_is_taken_back_and_the_year_is_missing_again(self, admin, monkeypatch):
        monkeypatch.setattr(sys.modules["deadlines.views.engine"], "now", lambda: NOW)
        self.look(admin, few="on", confirmed="1")
        assert "2027年放假安排尚未录入" not in admin.get("/staff/calendar/").content.decode()
        listed = admin.get("/staff/calendar/").content.decode()
        assert listed.count("撤回最近一次") == 1  # the years that came with the project stay
        (address,) = (part.split('"')[0] for part in listed.split('href="') if "take-back" in part[:60])
        page = admin.post(address, {"reason": "漏了春节"})
        assert "撤回以后又是没有放假安排的年份" in page.content.decode()
        done = admin.post(address, as_it_stands(page) | {"confirmed": "1"}, follow=True)
        text = done.content.decode()
        assert "2027 年又没有放假安排了" in text and "2027年放假安排尚未录入" in text
        assert "已撤回，没有日历" in text


class TestTheFirstTakenBack:
    @pytest.fixture(autouse=True)
    def only_eggs(self, monkeypatch):
        for module in (calendar_service, taking_back, second_looks):
            monkeypatch.setattr(module, "clock_classes", lambda: [Egg])

    def enter(self, cast):
        rows = [
            DayRow(date(2027, 1, 1), False),
            DayRow(date(2027, 1, 3), True),
            DayRow(date(2027, 1, 4), False),
        ]
        load_year(2027, rows, source="误", actor=cast.actor("sysadmin"), at=NOW)
        return CalendarTable.objects.get(year=2027)

    def test_what_leans_on_the_year_is_provisional_again(self, lay, cast):
        (egg,) = lay("objection", "2026-12-29T16:50")
        before = egg.due_at
        table = self.enter(cast)
        egg.refresh_from_db()
        assert not egg.provisional
        foresee_taking_back(table, at=NOW)
        take_back(actor=cast.actor("sysadmin"), table=table, reason="漏了", at=NOW)
        egg.refresh_from_db()
        assert (egg.due_at, egg.provisional) == (before, True)
        assert [gap.year for gap in selectors.calendar_gaps(NOW)] == [2027]

    def test_what_is_published_later_is_entered_over_it(self, lay, cast, monkeypatch):
        table = self.enter(cast)
        take_back(actor=cast.actor("sysadmin"), table=table, reason="漏了", at=NOW)
        known = shipped.published_years()
        monkeypatch.setattr(
            shipped, "published_years", lambda: known | {2027: [(date(2027, 1, 1), False, "元旦")]}
        )
        assert load_published() == [2027]
        assert selectors.calendar_gaps(NOW) == []

    def test_what_came_with_the_project_stays(self, cast):
        shipped_table = CalendarTable.objects.get(year=2026)
        with pytest.raises(Refusal, match="是随系统带来的，不能撤回"):
            take_back(actor=cast.actor("sysadmin"), table=shipped_table, reason="x", at=NOW)
