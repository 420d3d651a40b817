"""Stories of the statistician: a month is frozen, something comes late, the month is reported anew; two people at once;
months that are none."""

from datetime import datetime, timedelta

import pytest

from core.timekeeping import SHANGHAI, now
from petitions.enums import Channel, Status
from reports.models import Freeze
from reports.periods import Month
from tests.browser.screens import fits, shoot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
WIDTH = 1366
#: A month that is over, whatever the day.
LAST = Month.of(now().date()).previous
FIRST = datetime(LAST.year, LAST.month, 3, 9, 0, tzinfo=SHANGHAI)
COUNT = ".report-total td:nth-of-type(1) a"


@pytest.fixture
def page_of(open_page, client_as, live_server):
    def make(user, width=WIDTH):
        page = open_page(width)
        key = client_as(user).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        return page

    return make


@pytest.fixture
def cases(make_case):
    channels = (Channel.LETTER, Channel.ONLINE, Channel.PHONE)
    return [
        make_case(at=FIRST + timedelta(hours=n), until=Status.ACCEPTED, channel=channel)
        for n, channel in enumerate(channels)
    ]


def freeze_here(page, reason=""):
    page.locator("details.freezing > summary").click()
    if reason:
        page.get_by_label("重报原因").fill(reason)
    with page.expect_navigation():
        page.locator("details.freezing button").click()


def said(page):
    return page.locator("#notices .notice-strip").first.inner_text()


def test_a_month_is_frozen_something_comes_late_and_it_is_reported_anew(cast, cases, make_case, page_of):
    page = page_of(cast.statistician)
    page.goto(f"/reports/month/?month={LAST}")
    assert page.locator(COUNT).inner_text() == "3"
    freeze_here(page)
    assert f"已冻结{LAST.label}（第 1 版）" in said(page)
    assert page.get_by_text("冻结以后没有数变过。").is_visible()
    fits(page)
    shoot(page, "frozen_1366")

    # What was filed on paper then is entered today: the reported number stays, the other stands beside it.
    make_case(at=FIRST + timedelta(days=9), channel=Channel.LETTER)
    page.goto(f"/reports/month/?month={LAST}")
    assert page.locator(COUNT).inner_text() == "3"
    page.locator("summary", has_text="个数变了").click()
    row = page.locator("tr", has=page.get_by_role("rowheader", name="合计")).filter(
        has=page.get_by_role("cell", name="件次", exact=True)
    )
    assert row.locator("td").all_inner_texts() == ["件次", "3", "4"]
    shoot(page, "restated_1366")
    with page.expect_navigation():
        page.get_by_role("link", name="看今天重新计算的数").click()
    assert page.locator(COUNT).inner_text() == "4"
    assert page.get_by_text("不是上报的数").is_visible()
    with page.expect_navigation():
        page.get_by_role("link", name="看冻结的数").click()

    freeze_here(page, "补录一封来信")
    assert "第 2 版" in said(page)
    assert page.locator(COUNT).inner_text() == "4"
    assert page.get_by_text("重报原因：补录一封来信。").is_visible()
    assert page.get_by_text("以前的版本：第 1 版").is_visible()


def test_a_frozen_number_leads_to_its_list_and_to_the_case(cast, cases, page_of):
    page = page_of(cast.petition_officer)
    page.goto(f"/reports/month/?month={LAST}")
    freeze_here(page)
    with page.expect_navigation():
        page.locator(COUNT).click()
    fits(page)
    shoot(page, "frozen_list_1366")
    rows = page.locator("main table tbody tr")
    assert rows.count() == 3
    numbers = {case.number for case in cases}
    with page.expect_navigation():
        rows.first.locator("a").first.click()
    opened = page.url.rstrip("/").rpartition("/")[2]
    assert opened in numbers
    assert opened in page.locator("main").inner_text()


def test_of_two_who_freeze_at_once_one_is_told_what_happened(cast, cases, page_of):
    pages = [page_of(cast.statistician), page_of(cast.petition_officer)]
    for page in pages:
        page.goto(f"/reports/month/?month={LAST}")
    for page in pages:
        page.evaluate("() => { setTimeout(() => document.querySelector('.freezing form').submit(), 0); }")
    for page in pages:
        page.locator("#notices .notice-strip").first.wait_for()
    words = sorted(said(page) for page in pages)
    assert Freeze.objects.count() == 1
    assert sum("第 1 版" in one for one in words) == 1
    assert sum("冻结。要重报的，请写明原因" in one or "刚才已有人冻结" in one for one in words) == 1
    for page in pages:  # both see the one that holds
        assert "第 1 版" in page.locator("main").inner_text()


@pytest.mark.parametrize("width", [390, WIDTH])
def test_month_thirteen_and_a_month_to_come_are_refused_with_a_sentence(cast, page_of, width):
    page = page_of(cast.statistician, width)
    coming = Month.of(now().date()).next
    for asked, sentence in (
        ("2026-13", "月份请写成 2026-10 这样。"),
        (str(coming), f"{coming.label}还没有到，请选本月或以前的月份。"),
    ):
        for address in ("/reports/month/", "/reports/charts/"):
            assert page.goto(f"{address}?month={asked}").status == 422
            assert sentence in page.locator("main").inner_text()
            assert page.locator("#id_month").get_attribute("value") == asked
            fits(page)
    # A form that was opened for one month and is sent for another.
    for asked, sentence in (
        ("2026-13", "月份请写成 2026-10 这样。"),
        (str(Month.of(now().date())), "还没有结束，下月 1 日起才能冻结。"),
    ):
        page.goto(f"/reports/month/?month={LAST}")
        page.locator(".freezing [name=month]").evaluate("(e, month) => { e.value = month; }", asked)
        freeze_here(page)
        assert sentence in said(page)
    assert not Freeze.objects.exists()
