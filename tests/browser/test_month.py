"""The month and the lists behind its numbers on a phone and on a desk."""

from datetime import datetime, timedelta

import pytest

from core.timekeeping import SHANGHAI, now
from petitions.enums import Status
from tests.browser.screens import fits, shoot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
FIRST = datetime(2026, 9, 1, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
def september(make_case):
    at = FIRST if now() > FIRST + timedelta(days=40) else now() - timedelta(days=40)
    make_case(until=Status.ACCEPTED, at=at)
    make_case(until=Status.CLOSED, at=at + timedelta(hours=1))
    make_case(at=at + timedelta(hours=2))
    return f"/reports/month/?month={at:%Y-%m}"


@pytest.mark.parametrize("width", [390, 1280])
def test_a_rate_opens_its_misses_and_the_way_back(cast, september, open_page, client_as, live_server, width):
    page = open_page(width)
    key = client_as(cast.petition_officer).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
    page.goto(september)
    fits(page)
    shoot(page, f"month_{width}")
    box = page.locator(".report-scroll").first
    assert page.locator(".report-total th").bounding_box()["width"] < width / 3
    if width == 390:
        assert box.get_attribute("data-more") == "end"
        box.evaluate("e => { e.scrollLeft = e.scrollWidth; }")
        page.locator(".report-scroll[data-more='start']").first.wait_for()
    page.locator("details.definitions > summary").click()
    fits(page)
    shoot(page, f"month_definitions_{width}")
    with page.expect_navigation():
        page.locator(".report-total a.rate-rest").first.click()
    page.locator("h1").wait_for()
    fits(page)
    shoot(page, f"behind_{width}")
    number = page.locator(".tabs a[aria-current] .count").inner_text()
    assert page.locator("table tbody tr").count() == int(number)
    page.get_by_text("返回月报").click()
    page.locator(".report-total").wait_for()
