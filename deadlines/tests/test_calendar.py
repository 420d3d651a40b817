from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEntry
from core.errors import Refusal
from deadlines import rulebook, selectors, services
from deadlines.models import CalendarTable
from deadlines.services import calendar as calendar_service
from deadlines.services import extend, load_year, report_gaps, shipped
from deadlines.services.calendar import DayRow
from deadlines.tests.conftest import moment
from deadlines.tests.models import Egg
from notifications.models import Notice

pytestmark = pytest.mark.django_db

TABLE_2027 = """day,is_workday,note
2027-01-01,0,元旦
2027-01-02,0,元旦
2027-01-03,1,元旦调休上班
2027-02-05,0,春节
2027-02-06,0,春节
"""


@pytest.fixture
def table(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "table.csv"
        path.write_bytes(text.encode(encoding))
        return str(path)

    return write


@pytest.fixture(autouse=True)
def clock_classes_of_this_room(monkeypatch, request):
    """Only the test clock counts as a clock class, where its table is there."""
    classes = [Egg] if "lay" in request.fixturenames else []
    monkeypatch.setattr(calendar_service, "clock_classes", lambda: classes)


def load(path, year="2027"):
    out = StringIO()
    call_command("load_calendar", year=int(year), file=path, stdout=out)
    return out.getvalue()


def test_the_published_years_are_there_from_the_start():
    years = CalendarTable.objects.values_list("year", "confirmed")
    assert list(years) == [(year, True) for year in range(2004, 2027)]
    assert CalendarTable.objects.get(year=2026).days["2026-10-10"] == [True, "国庆节调休上班"]


def test_the_command_without_a_file_enters_only_what_is_missing(monkeypatch):
    known = shipped.published_years()
    new = {2027: [(date(2027, 1, 1), False, "元旦"), (date(2027, 1, 3), True, "元旦调休上班")]}
    monkeypatch.setattr(shipped, "published_years", lambda: known | new)
    out = StringIO()
    call_command("load_calendar", stdout=out)
    call_command("load_calendar", stdout=out)
    assert out.getvalue().splitlines() == ["已录入：2027年。", "已公布的年份均已录入。"]
    assert CalendarTable.objects.get(year=2027).days == {
        "2027-01-01": [False, "元旦"],
        "2027-01-03": [True, "元旦调休上班"],
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_year_is_entered_from_a_file_and_counts_from_then_on(table, encoding):
    assert load(table(TABLE_2027, encoding)) == "已录入2027年5天，0个运行中的期限随之变动。\n"
    calendar = selectors.rulebook().calendar
    assert calendar.is_confirmed(date(2027, 1, 1))
    assert (calendar.is_workday(date(2027, 1, 3)), calendar.note(date(2027, 1, 3))) == (True, "元旦调休上班")
    entry = AuditEntry.objects.get(act="calendar.load_year")
    assert (entry.object_id, entry.detail["year"]) == (str(CalendarTable.objects.get(year=2027).pk), 2027)


def test_the_sample_that_the_page_offers_is_taken_as_it_is():
    sample = Path(settings.BASE_DIR) / "static" / "samples" / "working-calendar.csv"
    rows = services.read_rows(services.decoded(sample.read_bytes()), 2027)
    assert [(one.day.isoformat(), one.is_workday) for one in rows] == [
        ("2027-01-01", False),
        ("2027-02-06", False),
        ("2027-02-20", True),
    ]
    by_spreadsheet = services.read_rows("日期,是否上班,说明\n2027/1/1,放假,元旦\n", 2027)
    assert by_spreadsheet[0].day == date(2027, 1, 1)


def test_a_year_entered_again_counts_and_what_was_entered_before_stays_to_be_read(table):
    load(table(TABLE_2027))
    before = selectors.rulebook().calendar.version
    load(table("day,is_workday,note\n2027-01-01,0,元旦\n"))
    assert [len(one.days) for one in CalendarTable.objects.filter(year=2027)] == [5, 1]
    assert selectors.rulebook().calendar.note(date(2027, 2, 5)) == ""
    assert selectors.read_calendar(before).note(date(2027, 2, 5)) == "春节"


def test_the_database_changes_no_table_that_was_entered(table):
    load(table(TABLE_2027))
    for change in (lambda rows: rows.update(confirmed=False), lambda rows: rows.delete()):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            change(CalendarTable.objects.filter(year=2027))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("day,is_workday,note\n2027-01-01,0,元旦\n2027-01-01,0,元旦\n", "第3行：2027-01-01与第2行重复。"),
        ("day,is_workday,note\n2026-01-01,0,元旦\n", "第2行：2026-01-01不在2027年。"),
        ("day,is_workday,note\n2027-02-30,0,春节\n", "第2行：“2027-02-30”不是形如2027-01-01的日期。"),
        (
            "day,is_workday,note\n2027-01-01,0,元旦\n2027-01-02,也许,元旦\n",
            "第3行：“是否上班”应为上班或放假（1或0），不能是“也许”。",
        ),
        ("day,is_workday,note\n2027-01-01,0\n", "第2行：应有3列，实有2列。"),
        (
            "日期,上班\n2027-01-01,0\n",
            "第1行：表头应为日期,是否上班,说明（或day,is_workday,note）。",
        ),
        ("", "第1行：表头应为日期,是否上班,说明（或day,is_workday,note）。"),
        ("day,is_workday,note\n", "2027年的日历表没有任何日期。"),
        (
            "day,is_workday,note\n"
            + "".join(f"2027-{m:02}-{d:02},0,\n" for m in range(1, 10) for d in range(1, 29)),
            "按此表2027年只有",
        ),
    ],
)
def test_a_table_with_a_fault_is_refused_with_the_line_and_changes_nothing(table, text, sentence):
    load(table(TABLE_2027))
    before = list(CalendarTable.objects.values_list("year", "days"))
    with pytest.raises(CommandError) as refused:
        load(table(text))
    assert str(refused.value).startswith(sentence)
    assert str(refused.value).endswith("未作任何更改。")
    assert list(CalendarTable.objects.values_list("year", "days")) == before


def test_a_missing_file_half_the_options_and_an_impossible_year_are_refused(table, tmp_path):
    for options, sentence in [
        ({"year": 2027, "file": tmp_path / "none.csv"}, "读不了文件"),
        ({"year": 2027}, "须一起给出"),
        ({"year": 99999, "file": table(TABLE_2027)}, "不在1949至2200之间"),
    ]:
        with pytest.raises(CommandError, match=sentence):
            call_command("load_calendar", **options)


def test_a_day_twice_or_of_another_year_is_refused_at_the_door_too():
    day = DayRow(date(2027, 1, 1), False)
    for rows in ([day, day], [day, DayRow(date(2026, 1, 1), False)]):
        with pytest.raises(Refusal):
            load_year(2027, rows, source="")
    assert not CalendarTable.objects.filter(year=2027).exists()


def test_provisional_clocks_are_counted_again_when_their_year_is_entered(lay, table):
    (moved,) = lay("objection", "2026-12-29T16:50")
    (kept,) = lay("objection", "2026-12-01T16:50")
    assert (moved.due_at.date(), moved.provisional) == (date(2027, 1, 6), True)
    assert "1个运行中的期限随之变动" in load(table(TABLE_2027))
    moved.refresh_from_db()
    # 30 and 31 December, then 3 (made up), 4 and 5 January.
    assert moved.due_at == moment("2027-01-05T23:59:59.999999")
    assert moved.next_at == moment("2027-01-04T23:59:59.999999")
    assert moved.provisional is False
    assert moved.explanation["steps"][-1] == "第5个工作日为2027年1月5日（周二），至当日24:00届满。"
    before = kept.due_at
    kept.refresh_from_db()
    assert kept.due_at == before


def test_an_extended_provisional_clock_keeps_its_extension(lay, table):
    (egg,) = lay("conclusion", "2026-11-04T09:00")  # 60 days: 3 January 2027, a Sunday that is made up
    assert (egg.raw_due_at.date(), egg.due_at.date()) == (date(2027, 1, 3), date(2027, 1, 4))
    extend(egg, 30, moment("2026-12-30T09:00"))
    load(table(TABLE_2027))
    egg.refresh_from_db()
    assert (egg.raw_due_at.date(), egg.due_at.date()) == (date(2027, 2, 2), date(2027, 2, 2))
    assert (egg.extended_days, egg.provisional) == (30, False)


@pytest.mark.parametrize(
    ("now", "gaps"),
    [
        ("2026-09-02T23:59", []),
        ("2026-09-03T00:00", [(2027, 120)]),
        ("2026-11-21T09:00", [(2027, 41)]),
        ("2027-01-01T00:00", [(2027, 0)]),
        ("2027-10-01T00:00", [(2027, -273), (2028, 92)]),
    ],
)
def test_a_missing_year_is_reported_from_a_hundred_and_twenty_days_before(now, gaps):
    assert [(gap.year, gap.days_left) for gap in selectors.calendar_gaps(moment(now))] == gaps


def test_the_gap_says_what_to_do():
    (gap,) = selectors.calendar_gaps(moment("2026-11-21T09:00"))
    assert gap.sentence == (
        "2027年放假安排尚未录入（距2027年1月1日还有41天），"
        "涉及该年的期限暂按普通周和固定日期节日计算并标为暂定，请录入。"
    )


def test_an_entered_year_is_no_gap(table):
    load(table(TABLE_2027))
    assert selectors.calendar_gaps(moment("2026-11-21T09:00")) == []


def test_a_system_check_warns_of_the_missing_year(monkeypatch, table):
    monkeypatch.setattr("deadlines.checks.now", lambda: moment("2026-11-21T09:00"))

    def found():
        return [m.hint for m in run_checks(databases=["default"]) if m.id == "deadlines.W001"]

    assert found() == ["manage.py load_calendar --year 2027 --file FILE.csv"]
    load(table(TABLE_2027))
    assert found() == []


def test_the_system_administrators_are_told_once_a_day(cast):
    now = moment("2026-11-21T09:00")
    assert report_gaps(now=now) == 1
    assert report_gaps(now=moment("2026-11-21T20:00")) == 0
    assert report_gaps(now=moment("2026-11-22T09:00")) == 1
    notice = Notice.objects.first()
    assert (notice.recipient, notice.level) == (cast.sysadmin, "soon")


@pytest.mark.parametrize(
    ("table", "column"), [("deadlines_rule", "hours"), ("deadlines_calendartable", "days")]
)
def test_the_check_before_a_migration_reads_no_table_that_it_has_yet_to_change(db, table, column):
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME COLUMN {column} TO not_there_yet")
    rulebook._kept.clear()
    assert not [m for m in run_checks(databases=["default"]) if m.level >= 40]
