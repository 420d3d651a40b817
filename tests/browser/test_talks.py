"""业主恳谈会 with forty people, on a phone and at a desk: called, announced, written down, its matters followed up; and
what residents read of it."""

from datetime import timedelta

import pytest

from core.timekeeping import SHANGHAI, now
from mediation.models import PublicTalk, TalkMatter
from mediation.talk_enums import Fate, TalkState
from petitions.models import Petition
from tests.browser.screens import fits, shoot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def page_of(open_page, client_as, live_server):
    def make(user, width):
        page = open_page(width)
        key = client_as(user).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        return page

    return make


@pytest.mark.parametrize("width", [390, 1366])
def test_forty_owners_talk_and_what_they_raised_is_followed_up(cast, page_of, open_page, width):
    page, resident = page_of(cast.petition_officer, width), open_page(width)
    page.goto("/mediation/talks/add/")
    fits(page)
    page.get_by_label("形式").select_option("owners")
    page.get_by_label("议题").fill("阳光小区电梯和停车")
    when = (now() + timedelta(days=5)).astimezone(SHANGHAI).replace(hour=14, minute=0)
    page.get_by_label("时间").fill(f"{when:%Y-%m-%dT%H:%M}")
    page.get_by_label("座位").fill("60")
    page.get_by_role("button", name="召集恳谈").click()
    page.locator(".invalid-feedback").first.wait_for()
    assert page.get_by_label("议题").input_value() == "阳光小区电梯和停车"
    page.get_by_label("地点").fill("物业楼一楼")
    page.get_by_role("button", name="召集恳谈").click()
    page.wait_for_url("**/talks/desk/*/")
    page.get_by_role("button", name="公告恳谈").click()
    page.wait_for_load_state()
    fits(page)
    shoot(page, f"talk-announced-{width}")
    resident.goto("/mediation/talks/")
    fits(resident)
    resident.get_by_role("link", name="阳光小区电梯和停车").click()
    resident.wait_for_url("**/talks/*/")
    fits(resident)
    assert "物业楼一楼" in resident.content() and "自愿" in resident.content()
    talk = PublicTalk.objects.get()
    PublicTalk.objects.update(starts_at=now() - timedelta(hours=2))
    page.goto(talk.get_absolute_url())
    page.get_by_label("到场人数").fill("0")
    page.get_by_label("恳谈记录").fill("四十位业主到场，说了电梯和停车。")
    page.get_by_role("button", name="保存记录").click()
    page.locator(".invalid-feedback").first.wait_for()
    page.get_by_label("到场人数").fill("40")
    page.get_by_role("button", name="保存记录").click()
    page.get_by_role("button", name="登记事项").wait_for()
    for text in ("3 号楼电梯停了两周。", "车位收费没有公示。"):
        page.locator("#raise_text").fill(text)
        page.get_by_role("button", name="登记事项").click()
        page.get_by_text(text).wait_for()
    fits(page)
    shoot(page, f"talk-held-{width}")
    page.get_by_role("link", name="登记去向 1").click()
    page.wait_for_url("**/matters/*/")
    fits(page)
    shoot(page, f"talk-matter-{width}")
    page.get_by_role("button", name="登记为信访件").click()
    page.wait_for_url("**/talks/desk/*/")
    case = Petition.objects.get()
    assert case.number in page.locator("#notices").inner_text()
    page.get_by_text("拟写公开纪要").click()
    page.get_by_label("公开纪要").fill("多位居民说到电梯和停车。")
    page.get_by_role("button", name="保存公开纪要").click()
    page.wait_for_load_state()
    assert page.get_by_role("button", name="公开纪要", exact=True).count() == 0
    other = page_of(cast.clerk, width)
    other.goto(talk.get_absolute_url())
    other.get_by_label("我已读过").check()
    other.get_by_role("button", name="公开纪要", exact=True).click()
    other.wait_for_load_state()
    resident.reload()
    assert "多位居民说到电梯" in resident.content()
    fits(resident)
    shoot(resident, f"talk-public-{width}")
    talk.refresh_from_db()
    assert (talk.state, talk.came) == (TalkState.HELD, 40)
    fates = list(TalkMatter.objects.order_by("ordinal").values_list("fate", flat=True))
    assert fates == [Fate.REGISTERED, Fate.OPEN]
