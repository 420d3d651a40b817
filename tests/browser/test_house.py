"""What every page owes a browser, seen in one: the fixtures themselves, and the house's own pages."""

import pytest

pytestmark = pytest.mark.browser


def test_a_page_loads_its_styles_and_does_not_scroll_sideways_on_a_phone(phone):
    answer = phone.goto("/no-such-page")
    assert answer.status == 404
    assert phone.locator("h1").count() == 1
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert phone.evaluate("[...document.styleSheets].filter(sheet => sheet.cssRules.length > 0).length") >= 1


def test_a_desk_page_is_1366_wide_and_speaks_chinese(desk):
    desk.goto("/no-such-page")
    assert desk.evaluate("innerWidth") == 1366
    assert desk.locator("html").get_attribute("lang") == "zh-Hans"


def test_an_inline_script_does_not_run(phone):
    phone.goto("/no-such-page")
    phone.evaluate(
        """() => {
            const script = document.createElement('script');
            script.textContent = "document.title = 'ran'";
            document.body.append(script);
        }"""
    )
    assert phone.title() != "ran"
    phone.faults.clear()  # the browser rightly reported the attempt
