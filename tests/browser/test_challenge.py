"""The sum that a busy address is asked for: found by itself, quickly, on an old telephone, and without JavaScript."""

import time

import pytest
from django.core.cache import cache

from petitions.models import Petition
from tests.browser.screens import fits, shoot
from tests.cast import make_cast

pytestmark = pytest.mark.browser
WORDS = "柳湾路夜市每天吵到凌晨两点，老人睡不好。"


@pytest.fixture
def busy(open_page, settings):
    """Nothing is free here any more."""
    settings.FILING_FREE = settings.QUERY_FREE = 0
    cache.clear()
    make_cast()
    return open_page


@pytest.mark.parametrize("width", [390, 1366])
def test_the_sum_is_done_before_anybody_has_finished_reading(busy, width):
    page = busy(width)
    page.goto("/query/")
    page.get_by_text("验证完成，可以提交了。").wait_for()
    fits(page)
    shoot(page, f"public-challenge-{width}")
    page.get_by_label("编号").fill("339999-2026-000001")
    page.get_by_label("查询码").fill("AAAAA-BBBBB")
    page.get_by_role("button", name="查询", exact=True).click()
    page.get_by_text("编号或查询码不对，请对照回执再输一次。").wait_for()


def test_an_old_telephone_finds_it_in_three_seconds(busy):
    page = busy(390)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 6})
    began = time.monotonic()
    page.goto("/query/", wait_until="commit")
    page.get_by_text("验证完成，可以提交了。").wait_for()
    took = page.evaluate("JSON.parse(atob(document.querySelector('[name=challenge_solved]').value)).took")
    print("solved in", took, "ms; page and all", round(time.monotonic() - began, 2), "s")
    assert took < 3000


def test_who_presses_at_once_need_not_press_again(busy):
    page = busy(390)
    # The worker is held up, so that the press comes first.
    page.route("**/sha256*.js", lambda route: (time.sleep(1), route.continue_()))
    page.goto("/query/", wait_until="domcontentloaded")
    page.get_by_label("编号").fill("339999-2026-000001")
    page.get_by_label("查询码").fill("AAAAA-BBBBB")
    page.get_by_role("button", name="查询", exact=True).click()
    page.get_by_text("编号或查询码不对，请对照回执再输一次。").wait_for()


def test_a_filing_in_steps_passes_with_its_words(busy):
    page = busy(390)
    page.goto("/file/")
    page.get_by_text("验证完成，可以提交了。").wait_for()
    fits(page)
    shoot(page, "public-challenge-file-390")
    page.get_by_label("发生了什么事").fill(WORDS)
    for _ in range(3):
        page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_url("**/file/receipt/")
    assert Petition.objects.get().body == WORDS


def test_without_javascript_the_page_says_what_to_do(busy, browser, live_server):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/query/")
    assert (
        "请在本页等 60 秒再按，就能提交；不用登录，也不用证件。"
        in page.get_by_role("status").last.inner_text()
    )
    context.close()
