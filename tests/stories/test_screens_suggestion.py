"""建议意见 on real screens: studied, adopted and answered, without path, sixty days or opinion (条例 29)."""

import pytest

from petitions.enums import Kind, ReplyKind, Status
from petitions.models import Petition
from tests.stories.conftest import MORNING
from tests.stories.screens import file_online, minute, own_page, rated, said, to_units, with_answer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

WORDS = "建议在柳湾河边夜市设几个分类垃圾桶，收摊后由摊主轮流清扫。"
ANSWER = "经研究，采纳您的建议：国庆前设分类垃圾桶六组，轮流清扫写进夜市公约。"


def as_suggestion(dialog):
    dialog.get_by_role("radio", name="建议意见").check()


@pytest.mark.article(29)
def test_a_suggestion_is_adopted_and_the_petitioner_reads_how(screens, clock, phone):
    number, code = file_online(phone, WORDS, kind="提意见、建议", phone="13800001234")
    case = Petition.objects.get(number=number)
    assert case.kind == Kind.SUGGESTION

    clock.put_to(MORNING.replace(hour=14))
    screens.act("petition_officer", case, "转送", fill=to_units("城市"))
    clock.put_to(MORNING.replace(day=7))
    screens.act("handler", case, "受理", fill=as_suggestion)
    assert (case.status, case.path) == (Status.ACCEPTED, None)
    page = screens.at("handler", case)
    assert "60 日" not in said(page) and not screens.offers("handler", case, "延期")
    assert "60 日" not in own_page(phone, number, code)

    def studied(dialog):
        dialog.locator("#id_text").fill("请市容科和夜市商户代表研究，都赞成。")

    screens.act("handler", case, "办理记录", "保存办理记录", studied)
    assert "夜市商户代表" not in own_page(phone, number, code), "notes are the unit's own"
    clock.put_to(MORNING.replace(day=20))
    assert not screens.offers("handler", case, "答复"), "first what became of it"

    def decided(dialog):
        dialog.locator("#id_study").fill("征求市容科和商户代表意见，建议可行。")
        dialog.get_by_role("radio", name="采纳", exact=True).check()
        dialog.locator("#id_reasons").fill("建议可行，已列入夜市整治方案。")
        dialog.locator("#id_practice").fill("设分类垃圾桶六组。")
        dialog.locator("#id_practice_due_on").fill("2026-09-30")

    screens.act("handler", case, "研究采纳", "登记采纳情况并告知信访人", decided)
    own = own_page(phone, number, code)
    assert "已列入夜市整治方案" in own and "市容科和商户代表意见" not in own
    clock.put_to(MORNING.replace(day=21))
    screens.act("handler", case, "答复", "作出答复", with_answer(ANSWER))
    assert case.reply.kind == ReplyKind.REPLY

    def handed_over(dialog):
        dialog.locator("#id_method").select_option("direct")
        dialog.locator("#id_served_at").fill(minute(MORNING.replace(day=21, hour=9)))
        dialog.locator("#id_recipient").fill("本人")
        dialog.locator("#id_signed").check()

    screens.act("handler", case, "送达", "登记送达", handed_over)
    own = own_page(phone, number, code)
    assert ANSWER in own and "申请复查" not in own, "a suggestion has no review"
    rated(phone, office="满意", unit="满意")
    case.refresh_from_db()
    assert case.status == Status.EVALUATED

    def done(dialog):
        dialog.locator("#id_text").fill("六组垃圾桶已设好。")

    screens.act("handler", case, "登记落实情况", "登记落实情况并告知信访人", done)
    assert "六组垃圾桶已设好" in own_page(phone, number, code)
    assert not screens.reads("handler2", case) and not screens.reads("outsider", case)
