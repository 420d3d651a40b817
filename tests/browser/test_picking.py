"""Boxes to type in: arrows, Enter, several choices, and the plain selects they are without scripts."""

import pytest

from petitions.models import Share
from tests.browser.screens import fits, shoot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def desk_of(open_page, client_as, live_server, browser):
    """``desk_of(cast.petition_officer)``: a page of somebody logged in, with or without scripts."""

    def make(user, width=1366, scripts=True):
        page = open_page(width)
        if not scripts:
            size = {"width": width, "height": 768}
            page = browser.new_context(
                base_url=live_server.url, java_script_enabled=False, viewport=size
            ).new_page()
        key = client_as(user).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        return page

    return make


def test_the_first_arrow_comes_to_the_first_hit(cast, make_case, desk_of):
    page = desk_of(cast.petition_officer)
    page.goto(f"{make_case().get_absolute_url()}act/forward/")
    box = page.get_by_role("combobox", name="主办单位")
    box.press_sequentially("局")
    hits = page.locator(".picker-list:visible li[data-value]")
    assert hits.count() > 1
    first, second = hits.nth(0).inner_text(), hits.nth(1).inner_text()
    box.press("ArrowDown")
    assert page.locator(".picker-list li[aria-selected=true]:visible").inner_text() == first
    box.press("ArrowDown")
    assert page.locator(".picker-list li[aria-selected=true]:visible").inner_text() == second
    box.press("ArrowUp")
    box.press("Enter")
    assert box.input_value() == first


def test_several_units_are_typed_one_after_the_other_and_taken_away(cast, make_case, desk_of):
    case = make_case()
    page = desk_of(cast.petition_officer, 390)
    page.goto(f"{case.get_absolute_url()}act/forward/")
    page.get_by_role("combobox", name="主办单位").press_sequentially("城")
    page.get_by_role("combobox", name="主办单位").press("Enter")
    box = page.get_by_role("combobox", name="协办单位")
    for words in (cast.units.housing.label, cast.units.dongxi.label):
        box.press_sequentially(words)
        box.press("Enter")
    assert page.locator(".picker-chosen button").count() == 2
    page.get_by_role("button", name=f"去掉{cast.units.dongxi.label}").click()
    fits(page)
    shoot(page, "co_units_390")
    with page.expect_navigation():
        page.locator("main form button[type=submit]").click()
    shares = Share.objects.filter(petition=case).order_by("role")
    assert {share.unit for share in shares} == {cast.units.urban, cast.units.housing}


def test_without_scripts_several_units_are_a_plain_multiple_select(cast, make_case, desk_of):
    case = make_case()
    page = desk_of(cast.petition_officer, scripts=False)
    page.goto(f"{case.get_absolute_url()}act/forward/")
    assert page.locator("select[name=unit] option").first.inner_text() == "请选择"
    page.locator("select[name=unit]").select_option(str(cast.units.urban.pk))
    many = [str(cast.units.housing.pk), str(cast.units.dongxi.pk)]
    page.locator("select[name=co_units]").select_option(many)
    page.locator("main form button[type=submit]").click()
    assert Share.objects.filter(petition=case).count() == 3
    page.context.close()


def test_companions_of_a_reception_are_picked_like_leader_and_place(cast, desk_of):
    page = desk_of(cast.petition_officer)
    page.goto("/leaders/days/add/")
    for name in ("领导", "地点所在单位", "陪同单位"):
        assert page.get_by_role("combobox", name=name).first.is_visible()
    box = page.get_by_role("combobox", name="陪同单位")
    box.press_sequentially(cast.units.urban.label)
    box.press("Enter")
    assert page.locator("select[name=accompanying]").evaluate("e => e.selectedOptions.length") == 1
    shoot(page, "day_form_1366")
