"""What a phone makes of wide things: one row of tabs, one row of head, and words where a table goes on."""

import pytest

from petitions.enums import Status
from tests.browser.screens import fits, shoot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def desk_of(open_page, client_as, live_server):
    """``desk_of(cast.petition_officer, 390)``: a page of somebody logged in."""

    def make(user, width=390):
        page = open_page(width)
        key = client_as(user).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        return page

    return make


def height(page, selector):
    return page.locator(selector).first.evaluate("e => e.offsetHeight")


def test_tabs_are_one_row_that_scrolls_by_itself_and_says_so(cast, make_case, desk_of):
    make_case()
    page = desk_of(cast.petition_officer)
    page.goto("/cases/?view=all")
    fits(page)
    assert height(page, ".tabs ul") < 64
    box = page.locator(".tabs ul")
    chosen, inside = page.locator(".tabs a[aria-current]").bounding_box(), box.bounding_box()
    assert inside["x"] <= chosen["x"] and chosen["x"] + chosen["width"] <= inside["x"] + inside["width"] + 1
    assert box.get_attribute("data-more") == "start"
    page.locator(".tabs a").first.focus()
    page.locator(".tabs ul[data-more='end']").wait_for()
    shoot(page, "tabs_390")


def test_the_head_of_every_page_is_one_row(cast, make_case, desk_of, phone):
    petition = make_case(until=Status.ACCEPTED)
    for user in (cast.petition_officer, cast.handler, cast.leader):
        page = desk_of(user)
        page.goto(petition.get_absolute_url())
        fits(page)
        assert height(page, ".site-head .inner") < 64
        page.context.close()
    phone.goto("/")
    assert height(phone, ".site-head .inner") < 72


def test_a_wide_table_says_that_it_goes_on(cast, make_case, desk_of):
    make_case(until=Status.ACCEPTED)
    page = desk_of(cast.statistician)
    page.goto("/reports/month/")
    hint = page.locator(".scroll-hint").first
    assert hint.is_visible() and "左右滑动" in hint.inner_text()
    page.locator(".table-scroll").first.evaluate("e => { e.scrollLeft = e.scrollWidth; }")
    hint.wait_for(state="hidden")
    fits(page)


def test_a_box_drawn_larger_breaks_no_policy_when_the_form_is_refused(cast, make_case, desk_of):
    page = desk_of(cast.handler, 1366)
    page.goto(make_case(until=Status.ACCEPTED).get_absolute_url())
    page.locator(".next-step-bar").get_by_role("link", name="答复", exact=True).click()
    page.locator("#act-dialog textarea").last.evaluate("e => { e.style.height = '300px'; }")
    page.locator("#act-dialog button[type=submit]").click()
    page.locator("#act-dialog [role=alert]").first.wait_for()  # the fixture fails on a policy broken
