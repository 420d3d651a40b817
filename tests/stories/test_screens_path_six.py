"""Path six on real screens from the counter to the end: 延期, 处理意见书, 复查, 复核, and 不再受理 of the same matter (条例
31 to 36)."""

from datetime import datetime

import pytest
from django.apps import apps

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, User
from core.timekeeping import SHANGHAI, now
from documents.services import set_word
from papers.models import CasePaper
from petitions.enums import RefusalReason, Status
from petitions.services.categories import load_default
from reviews.models import Review
from tests.cast import SINCE
from tests.stories.conftest import MORNING
from tests.stories.screens import as_appeal, at_the_counter, minute, own_page, said, to_units, with_answer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

SUBJECT, WORDS = "石桥村少分了征地款", "石桥村分征地款，我家少算一口人，问了几次没有结果。"
ANSWER = "经查，王桂兰户 2024 年底在册四人，按四人分配，没有少算。"
REVIEWED, FINAL = "原处理意见事实清楚，依据正确。", "复查意见正确，予以维持。"
#: key: name, role, unit.
MORE = {
    "village": ("石干部", Role.HANDLER, "shiqiao"),
    "village_head": ("石主任", Role.UNIT_HEAD, "shiqiao"),
    "town": ("镇承办", Role.HANDLER, "dongxi"),
    "town_head": ("镇长", Role.UNIT_HEAD, "dongxi"),
}


@pytest.fixture
def villages(cast):
    """People of the village and of the town above it, with telephones and a word for their numbers."""
    load_default(apps, now())
    for key, (name, role, unit) in MORE.items():
        user = cast.people[key] = User.objects.create(
            username=key, name=name, password="!", phone="0571-1234567"
        )
        post = Post.objects.create(user=user, unit=getattr(cast.units, unit), role=role, valid_from=SINCE)
        setattr(cast.posts, key, post)
    set_word(actor=Actor.of(cast.post("sysadmin")), unit=cast.units.shiqiao, word="石桥")


def day(month, number, hour=9, year=2026):
    return datetime(year, month, number, hour, tzinfo=SHANGHAI)


def paper_of_the_answer(screens, case):
    """Written, checked, signed, numbered; where the page of it is."""
    page = screens.at("village", case)
    page.locator("#papers").get_by_role("button", name="处理意见书").first.click()
    page.wait_for_url("**/papers/*/")
    page.get_by_role("button", name="提交核稿").click()
    page.wait_for_load_state()
    row = CasePaper.objects.get(petition=case, kind="opinion")
    head = screens.of("village_head")
    head.goto(row.get_absolute_url())
    for step in ("核稿通过", "签发"):
        with head.expect_navigation():
            head.get_by_role("button", name=step, exact=True).first.click()
    page = screens.of("village")
    page.goto(row.get_absolute_url())
    with page.expect_navigation():
        page.get_by_role("button", name="编号印发").click()
    row.refresh_from_db()
    assert row.paper.number in said(page) and "石桥" in row.paper.number
    return row


def serve_the_paper(screens, row):
    page = screens.of("village")
    page.goto(row.get_absolute_url())
    form = page.locator("#serve")
    form.get_by_label("送达方式").select_option("direct")
    form.get_by_label("受送达人（签收人）").fill("王桂兰")
    form.get_by_label("收到时间").fill(minute(now()))
    with page.expect_navigation():
        form.get_by_role("button", name="登记送达").click()


def ask_for(own, button, reason):
    own.get_by_role("link", name=button, exact=True).first.click()
    own.wait_for_url("**/mine/review/")
    own.get_by_label("理由", exact=False).first.fill(reason)
    own.get_by_role("button", name="提交申请").click()
    own.wait_for_url("**/mine/")
    return said(own)


def decide(screens, who, case, text):
    page = screens.of(who)
    page.goto(f"/reviews/{case.number}/")
    page.get_by_label("结论").select_option(label="维持")
    page.get_by_label("查明的事实和意见").fill(text)
    page.get_by_label("依据").last.fill("《信访工作条例》")
    with page.expect_navigation():
        page.get_by_role("button", name="作出意见").click()
    assert page.locator(".form-errors").count() == 0, said(page)


def hand_over(screens, who, case):
    page = screens.of(who)
    page.goto(f"/reviews/{case.number}/")
    page.get_by_label("送达方式").select_option("direct")
    page.get_by_label("送达日期").fill(now().astimezone(SHANGHAI).date().isoformat())
    with page.expect_navigation():
        page.get_by_role("button", name="登记送达").click()
    assert page.locator(".form-errors").count() == 0, said(page)


@pytest.mark.article(31, 34, 35, 36)
def test_from_the_counter_to_the_end_and_not_again(cast, villages, screens, clock, open_page):
    clerk = screens.of("clerk")
    case = at_the_counter(
        clerk, channel="来访", name="王桂兰", subject=SUBJECT, body=WORDS, requests="补分一口人"
    )
    code, own = clerk.locator(".code").inner_text(), open_page(390)
    clock.put_to(MORNING.replace(hour=15))
    screens.act("petition_officer", case, "转送", fill=to_units("石桥"))
    clock.put_to(MORNING.replace(day=7))
    screens.act("village", case, "受理", fill=as_appeal())
    assert not screens.reads("handler", case), "another unit has no part in it"

    # Extended by the head, not by the handler, before day 60; the petitioner reads why and until when.
    clock.put_to(day(10, 20))
    assert not screens.offers("village", case, "延期")

    def longer(dialog):
        dialog.locator("#id_days").fill("30")
        dialog.locator("#id_reason").fill("需要核对 2024 年的户籍底册。")

    screens.act("village_head", case, "延期", "批准延期并告知信访人", longer)
    text = own_page(own, case.number, code)
    assert "核对 2024 年的户籍底册" in text and "12月7日" in text
    assert not screens.offers("village_head", case, "延期"), "once"

    # Answered; what is served is the issued paper, and with that the thirty days begin.
    clock.put_to(day(11, 20))
    answer = with_answer(ANSWER, "《村民委员会组织法》第二十四条", "不予支持")
    screens.act("village", case, "答复", "作出答复", answer)
    assert "申请复查" not in own_page(own, case.number, code), "nothing was received yet"
    row = paper_of_the_answer(screens, case)
    serve_the_paper(screens, row)
    case.refresh_from_db()
    assert case.status == Status.SERVED
    text = own_page(own, case.number, code)
    assert ANSWER in text and "12月21日" in text and "东溪镇" in text and row.paper.number in text

    # 复查 by the town, never by the village; its people see it, those beside it do not.
    clock.put_to(day(12, 10))
    own_page(own, case.number, code)
    assert "前作出意见" in ask_for(own, "申请复查", "我儿媳 2024 年 10 月已经落户。")
    village = screens.of("village_head")
    village.goto(f"/reviews/{case.number}/")
    assert village.get_by_role("button", name="作出意见").count() == 0
    clock.put_to(day(12, 28))
    decide(screens, "town_head", case, REVIEWED)
    assert REVIEWED not in own_page(own, case.number, code), "not before it is served"
    hand_over(screens, "town", case)
    assert REVIEWED in own_page(own, case.number, code)

    # 复核 by the district is the last word.
    clock.put_to(day(1, 11, year=2027))
    own_page(own, case.number, code)
    ask_for(own, "申请复核", "落户的日子派出所有记录。")
    clock.put_to(day(1, 28, year=2027))
    decide(screens, "leader2", case, FINAL)
    hand_over(screens, "petition_officer", case)
    text = own_page(own, case.number, code)
    assert FINAL in text and "复核意见是终结意见" in text
    assert own.get_by_role("link", name="申请复核", exact=True).count() == 0
    assert Review.objects.filter(petition=case).count() == 2

    # The same facts again: registered, as everything is, and not accepted any more; the petitioner reads on what ground.
    clock.put_to(day(2, 2, year=2027))
    clerk = screens.of("clerk")
    again = at_the_counter(clerk, channel="来访", name="王桂兰", subject=SUBJECT, body=WORDS)
    code = clerk.locator(".code").inner_text()
    screens.act("petition_officer", again, "转送", fill=to_units("石桥"))

    def no_more(dialog):
        dialog.get_by_role("radio", name="复核终结后").check()
        dialog.locator("#id_explanation").fill("该事项已经复核终结，所述事实和理由相同（条例第三十六条）。")
        dialog.locator("#id_where_to_go").fill("有新的事实和理由的，可以重新提出")
        dialog.locator("#id_ground").fill("清江县人民政府复核意见书，2027年1月28日")

    screens.act("village", again, "不予受理", fill=no_more)
    assert again.status == Status.REFUSED and again.refusal.reason == RefusalReason.FINAL
    text = own_page(own, again.number, code)
    assert "第三十六条" in text and "新的事实和理由" in text and ANSWER not in text
