"""A joint petition on real screens: two co-units with their own parts, and an objection on the way (条例 20, 23, 24)."""

import pytest
from django.apps import apps

from core.timekeeping import now
from petitions.enums import Status
from petitions.models import Petition
from petitions.services.categories import load_default
from tests.stories.conftest import MORNING
from tests.stories.screens import as_appeal, choose, minute, own_page, said, to_units, with_answer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

WORDS = "我们小区四十六户，物业停了，电梯坏了，门前的沟堵了，请政府管一管。"
NAMES = ("王桂兰", "李四", "张三", "赵五", "钱六", "孙七")
ANSWER = "住建局牵头：电梯十月前修好，沟由东溪镇清，垃圾由城管清。"


@pytest.fixture
def town(cast):
    from accounts.enums import Role
    from accounts.models import Post, User
    from tests.cast import SINCE

    load_default(apps, now())
    user = User.objects.create(username="town", name="镇承办", password="!")
    cast.people["town"] = user
    cast.posts.town = Post.objects.create(
        user=user, unit=cast.units.dongxi, role=Role.HANDLER, valid_from=SINCE
    )


@pytest.mark.article(20, 23, 24)
def test_forty_six_people_two_co_units_and_an_objection(cast, town, screens, clock, open_page):
    # The clerk names six representatives: five may be named, and all are counted. One goes back to being counted.
    clerk = screens.of("clerk")
    clerk.goto("/register/")
    clerk.get_by_role("radio", name="来访", exact=True).check()
    for number, name in enumerate(NAMES):
        if number:
            clerk.locator("[data-add-person]").click()
            clerk.locator(f"#id_persons-{number}-role").select_option(label="代表")
        clerk.locator(f"#id_persons-{number}-name").fill(name)
    clerk.locator("#id_persons-0-role").select_option(label="代表")
    clerk.locator("[name=head_count]").fill("46")
    clerk.locator("[name=subject]").fill("小区电梯和水沟没人管")
    clerk.locator("[name=body]").fill(WORDS)
    clerk.get_by_role("button", name="登记，不打印").click()
    clerk.locator(".form-errors").wait_for()
    assert "5" in said(clerk) and not Petition.objects.exists()
    clerk.locator("#id_persons-5-role").select_option(label="同行人")
    clerk.get_by_role("button", name="登记，不打印").click()
    clerk.wait_for_url("**/register/receipt/**")
    case, code = Petition.objects.get(), clerk.locator(".code").inner_text()
    assert case.head_count == 46 and case.persons.filter(role="representative").count() == 5

    # It goes to 城市管理局, which objects with reasons within the five days; the office agrees.
    clock.put_to(MORNING.replace(hour=11))
    screens.act("petition_officer", case, "转送", fill=to_units("城市"))
    clock.put_to(MORNING.replace(day=7))

    def objecting(dialog):
        dialog.locator("#id_reason").fill("电梯和物业由住房和城乡建设局主管，三定方案第四条。")
        choose(dialog, "建议转送的单位", "住房")

    screens.act("handler", case, "提出异议", fill=objecting)
    assert case.status == Status.OBJECTED and case.lead_unit == cast.units.urban, (
        "it stays until that is agreed"
    )
    page = screens.at("petition_officer", case)
    assert "三定方案第四条" in said(page)

    def agreed(dialog):
        dialog.locator("#id_decision").fill("经核实，确不属该单位职责，同意退回。")

    screens.act("petition_officer", case, "同意异议", "同意异议，收回重转", agreed)
    assert case.status == Status.REGISTERED and not screens.reads("handler", case)

    # 住房和城乡建设局 leads now, 城市管理局 and 东溪镇 help; each has its own part.
    screens.act("petition_officer", case, "转送", fill=to_units("住房", "城市", "东溪"))
    assert case.status == Status.FORWARDED
    clock.put_to(MORNING.replace(day=9))
    screens.act("handler2", case, "受理", fill=as_appeal())
    for who in ("handler", "town"):
        assert not screens.offers(who, case, "答复"), "a co-unit does not answer for the whole"
    clock.put_to(MORNING.replace(day=21))
    for who, words in (("handler", "垃圾已清，安排每周两次。"), ("town", "水沟已疏通。")):
        screens.act(
            who,
            case,
            "协办反馈",
            "提交协办意见",
            lambda box, words=words: box.locator("#id_text").fill(words),
        )
    page = screens.at("handler2", case)
    assert "垃圾已清" in said(page) and "水沟已疏通" in said(page), "the lead reads what each part came to"

    # The lead answers for all; the paper is received by the representatives for the others.
    clock.put_to(MORNING.replace(day=28))
    screens.act("handler2", case, "答复", "作出答复", with_answer(ANSWER, "《物业管理条例》"))
    own = open_page(390)
    assert "垃圾已清" not in own_page(own, case.number, code), "parts are between the units"

    def handed_over(dialog):
        dialog.locator("#id_method").select_option("direct")
        dialog.locator("#id_served_at").fill(minute(now()))
        dialog.locator("#id_recipient").fill("王桂兰、李四（代表）")
        dialog.locator("#id_paper_number").fill("清住建意〔2026〕8号")
        dialog.locator("#id_signed").check()

    screens.act("handler2", case, "送达", "登记送达", handed_over)
    assert case.status == Status.SERVED
    text = own_page(own, case.number, code)
    assert ANSWER in text and "清江县" in text and "申请复查" in text and "清住建意〔2026〕8号" in text
    assert not screens.reads("outsider", case)
