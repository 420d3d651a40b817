"""The wall display: one screen without scrolling, big enough, that goes on by itself whatever happens to the server."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from petitions.enums import Status
from reports.services import walls
from tests.browser.screens import fits, shoot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def address(cast, make_case):
    cache.clear()
    for _n in range(5):
        make_case(until=Status.ACCEPTED)
    link, token = walls.make_link(actor=cast.actor("petition_officer"), name="一楼大厅")
    yield link, reverse("reports:wall", args=[token])
    cache.clear()


def ask(page):
    """What the screen does every half minute, now."""
    where = "{source: '#wall', target: '#wall', swap: 'outerHTML'}"
    page.evaluate(f"() => {{ htmx.ajax('GET', location.pathname, {where}).catch(() => null); }}")


def test_six_tiles_fill_the_screen_and_can_be_read_from_five_metres(address, open_page):
    page = open_page(1920, 1080)
    page.goto(address[1])
    fits(page)
    assert page.locator("html").evaluate("e => e.scrollHeight <= e.clientHeight")
    assert page.locator(".wall-tile").count() == 6
    assert page.locator(".wall-foot").bounding_box()["y"] > 950
    # On a 55 inch panel a pixel is 0.63 mm: labels of 25 mm, numbers of 75 mm.
    sizes = "e => parseFloat(getComputedStyle(e).fontSize)"
    assert min(one.evaluate(sizes) for one in page.locator(".wall-label").all()) >= 40
    assert min(one.evaluate(sizes) for one in page.locator(".wall-number").all()) >= 120
    for tile in page.locator(".wall-tile").all():
        assert tile.evaluate("e => e.scrollWidth <= e.clientWidth")
    shoot(page, "wall_1920")
    page.set_viewport_size({"width": 390, "height": 844})
    fits(page)


def test_it_lives_through_a_server_that_is_away_and_says_that_its_numbers_are_old(address, open_page):
    page = open_page(1920, 1080)
    page.goto(address[1])
    numbers = page.locator(".wall-tiles").inner_text()
    page.context.set_offline(True)
    ask(page)
    page.locator("#wall-lost:not([hidden])").wait_for()
    assert page.locator(".wall-tiles").inner_text() == numbers
    page.context.set_offline(False)
    page.route("**/wall/**", lambda route: route.fulfill(status=502, body="<h1>Bad Gateway</h1>"))
    ask(page)
    page.wait_for_timeout(300)
    assert page.locator("#wall-lost").is_visible() and "Gateway" not in page.content()
    page.unroute("**/wall/**")
    ask(page)
    page.locator("#wall-lost").wait_for(state="hidden")
    assert page.locator(".wall-tiles").inner_text() == numbers


def test_it_asks_by_itself_again_and_again(address, open_page):
    page = open_page(1920, 1080)
    page.clock.install()
    asked = []
    page.on("request", lambda request: asked.append(request) if "/wall/" in request.url else None)
    page.goto(address[1])
    page.locator(".wall-tile").first.wait_for()
    before = len(asked)
    for _turn in range(3):
        with page.expect_response("**/wall/**"):
            page.clock.run_for(31_000)
        page.locator("#wall:not(.htmx-request)").wait_for()
    assert len(asked) >= before + 3


def test_a_withdrawn_address_goes_dark(cast, address, open_page):
    page = open_page(1920, 1080)
    page.goto(address[1])
    walls.end_link(link=address[0], actor=cast.actor("petition_officer"))
    with page.expect_navigation():
        ask(page)
    assert page.locator(".wall-tile").count() == 0
