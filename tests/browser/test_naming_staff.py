"""The staff complained of: found by name at the counter, kept in its draft, suggested to the officer who classifies."""

import pytest

from petitions.models import Petition, Recusal
from tests.browser.screens import fits, shoot
from tests.browser.test_registering import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def page_of(open_page, client_as, live_server):
    def make(user, width):
        page = open_page(width)
        key = client_as(user).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        return page

    return make


def pick(page, words):
    box = page.get_by_role("combobox", name="被反映的工作人员")
    box.press_sequentially(words)
    page.locator(".picker-list:visible li[data-value]").first.wait_for()
    box.press("Enter")


def test_two_are_named_at_the_counter_and_kept_over_a_reload(cast, desk):
    log_in(desk)
    desk.fill("[name=body]", "办事人员态度生硬。")
    pick(desk, "赵建国")
    pick(desk, "城市 陈")
    marks = desk.locator(".picker-chosen button")
    assert marks.all_inner_texts() == ["赵建国（城市管理局 单位负责人）", "陈立（城市管理局 承办人）"]
    desk.wait_for_selector("text=城市管理局按被反映单位处理")
    shoot(desk, "counter-staff-1366")
    desk.keyboard.press("Control+s")
    desk.reload()
    desk.wait_for_selector(".picker-chosen button")
    assert marks.count() == 2
    marks.nth(1).click()
    assert marks.count() == 1
    desk.keyboard.press("Control+Enter")
    desk.wait_for_url("**/register/receipt/?print=1")
    case = Petition.objects.get()
    assert (case.complained_unit, Recusal.objects.get().user) == (cast.units.urban, cast.unit_head)


def test_the_counter_on_a_telephone(cast, page_of):
    page = page_of(cast.clerk, 390)
    page.goto("/register/")
    pick(page, "陈立")
    fits(page)
    page.locator(".picker-chosen").first.scroll_into_view_if_needed()
    shoot(page, "counter-staff-390")


@pytest.mark.parametrize("width", [390, 1366])
@pytest.mark.parametrize("act", ["classify", "seal"])
def test_the_suggestion_is_a_tick_beside_what_the_petitioner_wrote(cast, make_case, page_of, width, act):
    until = {"until": "forwarded"} if act == "seal" else {}
    case = make_case(complained_text="城管局的陈立，说话难听", **until)
    page = page_of(cast.petition_officer, width)
    page.goto(f"{case.get_absolute_url()}act/{act}/")
    tick = page.get_by_label("是陈立（城市管理局 承办人）")
    assert not tick.is_checked()
    tick.check()
    fits(page)
    tick.scroll_into_view_if_needed()
    shoot(page, f"{act}-staff-{width}")
