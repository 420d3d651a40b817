"""An urgent landslide on real screens: reported at ten past eight, three bodies called by one press, over by noon."""

import pytest
from django.apps import apps

from accounts.enums import Role
from accounts.models import Post, User
from core.timekeeping import now
from petitions.services.categories import load_default
from supervision.models import UrgentResponse
from tests.cast import SINCE
from tests.stories.conftest import MORNING
from tests.stories.screens import at_the_counter, choose, said

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

WORDS = "柳湾村后山滑坡，泥石冲到三户人家门口，路断了。"
CALLED = ("town", "handler2", "handler")


@pytest.fixture
def town(cast):
    """Who is on duty in 东溪镇."""
    load_default(apps, now())
    user = User.objects.create(username="town", name="值班员", password="!")
    cast.people["town"] = user
    post = Post.objects.create(user=user, unit=cast.units.dongxi, role=Role.HANDLER, valid_from=SINCE)
    cast.posts.town = post
    return post


def at(hour, minute):
    return MORNING.replace(day=4, hour=hour, minute=minute)


@pytest.mark.article(25)
def test_a_landslide_is_called_out_by_one_press_and_over_the_same_day(cast, town, screens, clock):
    # 08:10. Somebody telephones; the clerk registers it and finds the button in the case.
    clock.put_to(at(8, 10))
    case = at_the_counter(
        screens.of("clerk"), channel="来电", name="许东升", subject="柳湾村后山滑坡", body=WORDS
    )
    clock.put_to(at(8, 12))
    page = screens.at("clerk", case)
    screens.offered(page, "紧急调度").click()
    page.wait_for_url("**/supervision/dispatch/**")
    choose(page, "调度的属地和部门", "东溪", "住房", "城市")
    page.locator("#id_place").fill("柳湾村后山")
    page.locator("#id_situation").fill("山体滑坡，威胁三户七人。")
    page.get_by_label("已经核对，现在就通知").check()
    page.get_by_role("button", name="立即调度").click()
    page.wait_for_url("**/supervision/urgent/**")
    row = UrgentResponse.objects.get()
    assert row.dispatched.count() == 3 and "还没有收到" in said(page)
    assert "撤回" not in said(page), "what was called out is not taken back"

    # All three are told at once, and so is whoever is in charge; each opens it from the notice and marks for the unit.
    for number, who in enumerate(CALLED):
        clock.put_to(at(8, 14 + number))
        page = screens.of(who)
        page.goto("/notices/")
        page.locator("main").get_by_role("link", name=case.number).first.click()
        page.wait_for_url("**/supervision/urgent/**")
        with page.expect_navigation():
            page.get_by_role("button", name="收到", exact=True).click()
    assert case.number not in screens.inbox("outsider") and case.number in screens.inbox("leader")
    assert screens.of("outsider").goto(row.get_absolute_url()).status == 404

    # The town arrives first and reports; whoever watches sees it without touching the page.
    clock.put_to(at(9, 40))
    watcher = screens.of("inspector")
    watcher.goto(row.get_absolute_url())
    assert "还没有收到" not in said(watcher) and "七人" not in watcher.locator("#live").inner_text()
    page = screens.of("town")
    page.goto(row.get_absolute_url())
    with page.expect_navigation():
        page.get_by_role("button", name="已到达现场").click()
    page.get_by_label("进展").fill("七人已全部转移。")
    with page.expect_navigation():
        page.get_by_role("button", name="报告进展").click()
    watcher.locator("#live").get_by_text("七人已全部转移。").wait_for(timeout=15_000)

    # Over it is not before both lines were told, and only by the office's word.
    clock.put_to(at(12, 20))
    assert page.get_by_text("处置完毕").count() == 0
    officer = screens.of("petition_officer")
    officer.goto(row.get_absolute_url())

    def over():
        if not officer.get_by_label("处置结果").is_visible():
            officer.locator("summary", has_text="处置完毕").click()
        officer.get_by_label("处置结果").fill("险情排除，人员返回。")
        with officer.expect_navigation():
            officer.get_by_role("button", name="登记处置完毕").click()

    over()
    assert officer.locator(".form-errors").count() == 1, "not before both lines were told"
    for number, whom in enumerate(("县委、县政府", "市信访局"), start=1):
        officer.get_by_label("报送方向").select_option(index=number)
        officer.get_by_label("报送对象").fill(whom)
        officer.get_by_label("报送内容").fill("三户七人已转移。")
        with officer.expect_navigation():
            officer.get_by_role("button", name="登记上报").click()
    over()
    assert "已处置完毕" in said(officer) and "险情排除" in said(officer)
    row.refresh_from_db()
    assert row.cleared_at.date() == case.registered_at.date()

    # What a body did stays on its page; the case, which it read for the call alone, it reads no more.
    assert not screens.reads("handler2", case)
    page = screens.of("handler2")
    assert page.goto(row.get_absolute_url()).status == 200 and "七人已全部转移。" in said(page)
    assert screens.reads("petition_officer", case)
