"""简易办理 in a real browser, at a desk and on a phone: chosen with two ticks, converted, answered, and what the
petitioner reads of it."""

from datetime import timedelta

import pytest

from core.timekeeping import now
from petitions.enums import Kind, Path, ReplyKind, Status
from petitions.models import Petition
from petitions.services import codes, forwarding
from tests.browser.screens import fits, shoot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
WIDTHS = (390, 1366)


@pytest.fixture
def desk_of(open_page, client_as, live_server):
    """``desk_of(cast.handler, 1366)``: a page of somebody logged in."""

    def make(user, width=1366):
        page = open_page(width)
        key = client_as(user).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        return page

    return make


@pytest.fixture
def forwarded(make_case):
    return make_case(until=Status.FORWARDED, at=now() - timedelta(hours=3), token="the petitioner's own form")


@pytest.fixture
def simple(forwarded, cast):
    forwarding.accept(
        petition=forwarded,
        actor=cast.actor("handler"),
        kind=Kind.APPEAL,
        path=Path.PETITION,
        simplify=True,
        supportable=True,
    )
    return forwarded


def resident(open_page, case, width):
    page = open_page(width)
    page.goto("/query/")
    page.locator("#id_number").fill(case.number)
    page.locator("#id_code").fill(codes.query_code("the petitioner's own form"))
    with page.expect_navigation():
        page.get_by_role("button", name="查询", exact=True).click()
    return page


@pytest.mark.parametrize("width", WIDTHS)
def test_two_ticks_on_path_six_choose_it_and_other_paths_never_see_them(cast, forwarded, desk_of, width):
    page = desk_of(cast.handler, width)
    page.goto(f"/cases/{forwarded.number}/act/accept/")
    tick = page.get_by_label("按简易办理")
    page.get_by_role("radio", name="申诉求决").check()
    page.get_by_role("radio", name="五、履行法定职责").check()
    assert not tick.is_visible()
    page.get_by_role("radio", name="六、信访程序").check()
    assert not page.get_by_label("经初步核实").is_visible()
    shoot(page, f"simplified_accept_{width}")
    tick.check()
    page.get_by_label("经初步核实").check()
    shoot(page, f"simplified_accept_ticked_{width}")
    fits(page)
    with page.expect_navigation():
        page.get_by_role("button", name="受理", exact=True).click()
    assert page.locator(".case-head .mark", has_text="简易").is_visible()
    shoot(page, f"simplified_case_{width}")
    forwarded.refresh_from_db()
    assert forwarded.simplified


@pytest.mark.parametrize("width", WIDTHS)
def test_it_is_answered_without_a_basis_and_with_one_where_paper_is_asked_for(cast, simple, desk_of, width):
    page = desk_of(cast.handler, width)
    page.goto(f"/cases/{simple.number}/act/conclude/")
    basis = page.locator("#id_basis")
    assert not basis.is_visible()
    page.get_by_label("信访人要求书面答复").check()
    assert basis.is_visible()
    page.get_by_label("信访人要求书面答复").uncheck()
    page.get_by_role("radio", name="支持", exact=True).check()
    page.locator("#id_text").fill("路灯已修好，9 月起每晚六点亮灯。")
    shoot(page, f"simplified_answer_{width}")
    page.get_by_role("button", name="下一步，核对").click()
    page.locator(".look").wait_for()
    assert "这是简易办理的答复" in page.locator(".look").inner_text()
    shoot(page, f"simplified_look_{width}")
    with page.expect_navigation():
        page.get_by_role("button", name="作出答复", exact=True).click()
    assert Petition.objects.get(pk=simple.pk).reply.kind == ReplyKind.REPLY
    page.goto(f"/cases/{simple.number}/act/serve/")
    page.locator("#id_method").select_option("phone")
    page.locator("#id_recipient").fill("本人")
    page.locator("#id_proof").fill("拨打登记电话，已逐项告知，信访人表示知道了。")
    shoot(page, f"simplified_serve_{width}")
    fits(page)
    with page.expect_navigation():
        page.get_by_role("button", name="登记送达").click()
    assert Petition.objects.get(pk=simple.pk).status == Status.SERVED
    shoot(page, f"simplified_served_{width}")


@pytest.mark.parametrize("width", WIDTHS)
def test_the_petitioner_reads_the_promised_day_and_what_conversion_means(
    cast, simple, desk_of, open_page, width
):
    own = resident(open_page, simple, width)
    assert "简易办理" in own.locator(".own-number").inner_text()
    shoot(own, f"simplified_mine_{width}")
    page = desk_of(cast.handler, width)
    page.goto(f"/cases/{simple.number}/act/convert/")
    page.locator("#id_reason").fill("情况比原来了解的复杂，需要进一步调查核实。")
    shoot(page, f"simplified_convert_{width}")
    with page.expect_navigation():
        page.get_by_role("button", name="转为普通程序并告知信访人").click()
    assert page.locator(".case-head .mark", has_text="简易").count() == 0
    shoot(page, f"simplified_converted_{width}")
    own.reload()
    assert "本件改按普通程序办理" in own.locator("main").inner_text()
    shoot(own, f"simplified_mine_converted_{width}")
    fits(own)
