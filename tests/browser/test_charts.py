"""The charts: drawn from their own tables, on a phone, at a desk and on paper; the tables are all there without them."""

import json
from datetime import datetime, timedelta

import pytest

from core.timekeeping import SHANGHAI, now
from petitions.enums import Channel, Status
from tests.browser.screens import fits, shoot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
FIRST = datetime(2026, 9, 1, 9, 0, tzinfo=SHANGHAI)
SQUARES = {"东溪镇": 0, "西岭街道": 2}


@pytest.fixture
def september(make_case):
    at = FIRST if now() > FIRST + timedelta(days=40) else now() - timedelta(days=40)
    for n in range(6):
        make_case(
            until=Status.ACCEPTED,
            at=at + timedelta(days=n, hours=n),
            channel=(Channel.VISIT, Channel.ONLINE)[n % 2],
        )
    return f"/reports/charts/?month={at:%Y-%m}"


@pytest.fixture
def map_file(settings, tmp_path):
    def square(x):
        return {"type": "Polygon", "coordinates": [[[x, 0], [x, 2], [x + 2, 2], [x + 2, 0], [x, 0]]]}

    rows = [
        {"type": "Feature", "properties": {"name": name}, "geometry": square(x)}
        for name, x in SQUARES.items()
    ]
    file = tmp_path / "towns.json"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), "utf-8")
    settings.DIVISIONS_GEOJSON = str(file)


def page_of(open_page, client_as, live_server, user, width):
    page = open_page(width)
    key = client_as(user).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
    return page


#: How many points of a picture are drawn.
INK = """canvas => {
    const all = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    let ink = 0;
    for (let i = 0; i < all.length; i += 4) if (all[i + 3] > 0 && all[i] + all[i + 1] + all[i + 2] < 700) ink++;
    return ink;
}"""


@pytest.mark.parametrize("width", [390, 1366])
def test_every_chart_is_drawn_beside_its_table(
    cast, september, map_file, open_page, client_as, live_server, width
):
    page = page_of(open_page, client_as, live_server, cast.statistician, width)
    page.goto(september)
    page.locator("[data-chart][data-drawn]").nth(4).wait_for()
    assert page.locator("[data-chart]").count() == 5
    for n in range(5):
        assert page.locator("[data-chart] canvas").nth(n).evaluate(INK) > 500
        assert page.locator("[data-chart] table").nth(n).is_visible()
    fits(page)
    shoot(page, f"charts_{width}")
    page.emulate_media(media="print")
    shoot(page, f"charts_print_{width}")
    page.emulate_media(media="screen")
    with page.expect_navigation():
        page.locator("#chart-months td a").last.click()
    page.locator("h1").wait_for()


def test_without_scripts_the_tables_and_sentences_are_all_there(
    cast, september, browser, client_as, live_server
):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    key = client_as(cast.statistician).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
    page = context.new_page()
    page.goto(september)
    assert page.locator("[data-chart] table").count() == 5
    assert page.locator("[data-chart-picture]:visible").count() == 0
    assert "登记 6 件次" in page.locator("#chart-months .chart-sentence").inner_text()
    context.close()


def test_a_library_that_does_not_come_leaves_the_tables(cast, september, open_page, client_as, live_server):
    page = page_of(open_page, client_as, live_server, cast.statistician, 1366)
    page.route("**/echarts*.js", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.goto(september)
    assert page.locator("[data-chart-picture]:visible").count() == 0
    assert page.locator("#chart-channels table").is_visible()


def test_no_other_page_of_the_month_fetches_the_library(cast, september, open_page, client_as, live_server):
    page = page_of(open_page, client_as, live_server, cast.statistician, 1366)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(september.replace("charts", "month"))
    page.locator(".report-total").wait_for()
    assert asked and not [url for url in asked if "echarts" in url]
