"""The rates of a month beside the month before and the same month of the year before."""

from datetime import datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from core.timekeeping import SHANGHAI
from petitions.services import forwarding
from reports.definitions import BY_CODE
from reports.periods import Month
from reports.rates import NO_RATE, Mean, Rate, points_text
from reports.selectors.compared import compared
from reports.selectors.figures import RATES
from reports.selectors.month import month_figures
from reports.services import exports
from reports.services.freezing import freeze

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI)
SEPTEMBER, AUGUST, LAST_YEAR = Month(2026, 9), Month(2026, 8), Month(2025, 9)
PAGE = {"month": "2026-09"}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def late_november():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def forwarded(cast, make_case):
    """Cases of a month that were forwarded in time and late ones."""

    def make(month, timely, late):
        officer = cast.actor("petition_officer")
        for n in range(timely + late):
            at = month.start + timedelta(days=1, hours=9)
            case = make_case(at=at)
            days = 1 if n < timely else 22
            forwarding.forward(
                petition=case, actor=officer, unit=cast.units.urban, at=at + timedelta(days=days)
            )

    return make


def rows_of(page):
    return {row.definition.code: row for row in page.context["compared"]}


def test_points_are_the_difference_of_the_printed_shares():
    assert points_text(Rate(2, 3), Rate(1, 2)) == "+16.67 个百分点"
    assert points_text(Rate(1, 2), Rate(1, 2)) == "+0.00 个百分点"
    assert points_text(Rate(0, 5), Rate(5, 5)) == "-100.00 个百分点"
    assert points_text(NO_RATE, Rate(1, 2)) == points_text(Rate(1, 2), NO_RATE) == "—"
    assert points_text(Mean(25, 2), Mean(10, 1)) == "+2.5 天"
    assert points_text(Mean(0, 0), Mean(10, 1)) == "—"


def test_the_page_says_them_on_asking_and_a_dash_where_nothing_is_known(cast, forwarded, client_as):
    forwarded(SEPTEMBER, 3, 1)
    forwarded(AUGUST, 1, 1)
    client = client_as(cast.statistician)
    plain = client.get(reverse("reports:month"), PAGE)
    assert "compared" not in plain.context
    asked = client.get(reverse("reports:month") + plain.context["compare_url"].split("#")[0])
    row = rows_of(asked)["forwarding"]
    assert (row.now.text, row.before.text, row.on_month) == ("75.00%", "50.00%", "+25.00 个百分点")
    assert (row.last_year.text, row.on_year) == ("—", "—")
    found = client.get(row.before.whole.url).context["found"]
    assert (found.rate.text, found.cases) == ("50.00%", 2)
    assert list(rows_of(asked)) == ["repeat_rate", *RATES]
    further = client.get(reverse("reports:indicators"), {**PAGE, "compare": 1})
    assert "各项比率与上月、去年同月比较" in further.content.decode()
    assert "receptions" not in rows_of(further), "heads have no share"


def test_a_frozen_month_is_compared_with_as_it_was_frozen(cast, forwarded, client_as):
    forwarded(SEPTEMBER, 1, 0)
    forwarded(LAST_YEAR, 1, 1)
    kept = freeze(actor=cast.actor("statistician"), month=LAST_YEAR)
    forwarded(LAST_YEAR, 2, 0)
    page = client_as(cast.statistician).get(reverse("reports:month"), {**PAGE, "compare": 1})
    row = rows_of(page)["forwarding"]
    assert (row.last_year.text, row.on_year) == ("50.00%", "+50.00 个百分点")
    assert f"version={kept.version}" in row.last_year.whole.url
    assert "2025年9月按冻结的数" in page.content.decode()
    freeze(actor=cast.actor("statistician"), month=SEPTEMBER)
    forwarded(SEPTEMBER, 0, 1)
    frozen = client_as(cast.statistician).get(reverse("reports:month"), {**PAGE, "compare": 1})
    assert rows_of(frozen)["forwarding"].now.text == "100.00%"
    today = client_as(cast.statistician).get(reverse("reports:month"), {**PAGE, "compare": 1, "today": 1})
    assert rows_of(today)["forwarding"].now.text == "50.00%"


def test_the_workbook_says_the_same_of_every_line(cast, forwarded):
    forwarded(SEPTEMBER, 3, 1)
    forwarded(AUGUST, 1, 1)
    actor, district = cast.actor("statistician"), cast.units.district
    job = exports.request_export(actor=actor, unit=district, month=SEPTEMBER)
    assert exports.run_waiting() == 1
    job.refresh_from_db()
    with job.file.open("rb") as file:
        sheet = CalamineWorkbook.from_filelike(BytesIO(file.read())).get_sheet_by_name("率的比较").to_python()
    parts = ["分子", "分母"]
    heads = ["本月", *parts, "上月", *parts, "环比", "去年同月", *parts, "同比"]
    assert sheet[0] == ["单位", "指标", *heads]
    total = next(row for row in sheet if row[0] == "合计" and row[1] == str(BY_CODE["forwarding"].name))
    assert total[2:] == [0.75, 3, 4, 0.5, 1, 2, "+25.00 个百分点", "—", "—", "—", "—"]
    figures = month_figures(actor=actor, unit=district, month=SEPTEMBER)
    found = compared(actor, district, figures, ("repeat_rate", *RATES))
    named = {row[0] for row in sheet[1:] if row[1]}
    lines = {
        unit.name
        for key, unit in figures.units.items()
        if any(one.now.whole or one.before.whole or one.last_year.whole for one in found.line(key))
        and (key in figures.by_unit or key in figures.rates_by_unit)
    }
    assert lines and lines <= named


def test_the_block_asks_the_same_of_few_and_of_many(cast, forwarded, client_as):
    client = client_as(cast.statistician)

    def queries():
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse("reports:month"), {**PAGE, "compare": 1}).status_code == 200
        return len(found)

    forwarded(SEPTEMBER, 1, 1)
    forwarded(AUGUST, 1, 0)
    queries()
    few = queries()
    forwarded(SEPTEMBER, 2, 1)
    forwarded(AUGUST, 2, 0)
    assert queries() == few
