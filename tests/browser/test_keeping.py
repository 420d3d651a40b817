"""Units, people and posts put into the system in a real browser, by typing, on a desk and on a phone."""

import pytest

from accounts.models import Post, Unit, User
from tests.browser.screens import fits, shoot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def desk_of(open_page, client_as, live_server):
    """``desk_of(cast.sysadmin, 390)``: a page of somebody logged in."""

    def make(user, width=1366):
        page = open_page(width)
        key = client_as(user).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        return page

    return make


def choose(page, box, words):
    # Until the script has run, the select bears the role and the name.
    page.locator("[data-picker] > input").first.wait_for()
    box.fill(words)
    page.locator(".picker-list:visible li[data-value]").first.wait_for()
    box.press("Enter")


def send(page, words):
    with page.expect_navigation():
        page.get_by_role("button", name=words, exact=True).click()


@pytest.mark.parametrize("width", [1366, 390])
def test_a_unit_a_person_and_a_post_go_in_from_nothing(cast, desk_of, width):
    page = desk_of(cast.sysadmin, width)
    page.goto("/staff/units/")
    fits(page)
    shoot(page, f"units_{width}")
    page.goto(f"/staff/units/add/?under={cast.units.xiling.pk}")
    page.get_by_label("名称", exact=True).fill("䶮山·社区")
    page.get_by_label("性质").select_option("village")
    choose(page, page.get_by_role("combobox", name="复查机关"), "清江县")
    fits(page)
    shoot(page, f"unit_form_{width}")
    send(page, "登记机构")
    unit = Unit.objects.get(name="䶮山·社区")
    assert (unit.parent, unit.review_superior) == (cast.units.xiling, cast.units.district)
    shoot(page, f"units_branch_{width}")

    page.goto("/staff/people/")
    fits(page)
    shoot(page, f"people_{width}")
    page.get_by_role("link", name="登记人员").click()
    page.get_by_label("用户名").fill("handler")
    page.get_by_label("姓名").fill("阿依·古丽")
    send(page, "登记人员")
    page.get_by_role("alert").get_by_text("已有人使用").wait_for()
    fits(page)
    shoot(page, f"person_refused_{width}")
    page.get_by_label("用户名").fill("ayi")
    send(page, "登记人员")
    password = page.locator(".first-password").inner_text()
    fits(page)
    shoot(page, f"first_password_{width}")
    page.get_by_role("link", name="授予岗位").click()
    choose(page, page.get_by_role("combobox", name="机构"), "䶮山")
    page.get_by_label("角色").select_option("handler")
    fits(page)
    shoot(page, f"grant_{width}")
    send(page, "授予岗位")
    assert Post.objects.get(user__username="ayi").unit == unit
    fits(page)
    shoot(page, f"person_{width}")
    assert User.objects.get(username="ayi").check_password(password)


@pytest.mark.parametrize("width", [1366, 390])
def test_a_leaders_charge_is_changed_by_typing(cast, desk_of, width):
    Post.objects.create(
        user=cast.leader, unit=cast.units.petition_office, role="inspector", valid_from="2026-01-01"
    )
    page = desk_of(cast.secadmin, width)
    page.goto(f"/staff/people/{cast.leader.pk}/")
    fits(page)
    shoot(page, f"leader_{width}")
    page.get_by_role("link", name="更改分管").click()
    choose(page, page.get_by_role("combobox").nth(2), "西岭")
    page.get_by_role("combobox").nth(0).fill("")
    fits(page)
    shoot(page, f"charge_{width}")
    send(page, "保存分管机构")
    kept = {unit.label for unit in cast.post("leader").charge_units.all()}
    assert kept == {"东溪镇", "西岭街道"} or kept == {"城市管理局", "西岭街道"}
    page.get_by_role("link", name="结束岗位").first.click()
    fits(page)
    shoot(page, f"end_{width}")


def test_a_new_person_is_led_from_the_first_password_to_the_own_one(cast, open_page):
    User.objects.filter(pk=cast.handler.pk).update(must_change_password=True)
    page = open_page(390)
    page.goto("/staff/login/")
    page.get_by_label("用户名").fill("handler")
    page.get_by_label("密码").fill("qingjiang-2026")
    send(page, "登录")
    page.get_by_text("现在的密码由管理员设定").wait_for()
    fits(page)
    shoot(page, "must_change_390")
    page.locator("details.hat summary[aria-label]").click()
    assert page.get_by_role("link", name="我的账号").is_visible()
    shoot(page, "hat_menu_390")
