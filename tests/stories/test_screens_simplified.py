"""简易办理 on real screens: chosen, answered and told by telephone within days, and rated."""

import pytest

from petitions.enums import ReplyKind, Status
from petitions.models import Petition
from tests.stories.conftest import MORNING
from tests.stories.screens import as_appeal, file_online, own_page, rated, said, to_units, with_answer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

WORDS = "柳湾路 18 号门前的路灯坏了半个月，老人晚上不敢出门。"
ANSWER = "路灯已修好，今起每晚六点亮灯。"


def simply(dialog):
    as_appeal()(dialog)
    dialog.get_by_label("按简易办理").check()
    dialog.get_by_label("经初步核实").check()


def by_telephone(dialog):
    dialog.locator("#id_method").select_option("phone")
    dialog.locator("#id_recipient").fill("本人")
    dialog.locator("#id_proof").fill("拨打登记的号码，答复内容已逐项告知。")


def test_a_lamp_is_mended_within_days_and_nobody_writes_an_opinion(screens, clock, phone):
    number, code = file_online(phone, WORDS, phone="13800001234")
    case = Petition.objects.get(number=number)

    clock.put_to(MORNING.replace(hour=11))
    screens.act("petition_officer", case, "转送", fill=to_units("城市"))
    assert not screens.reads("handler2", case), "another unit has no part in it"

    # Accepted within three working days; the promised day is the tenth one.
    clock.put_to(MORNING.replace(day=4))
    screens.act("handler", case, "受理", fill=simply)
    assert case.simplified and case.status == Status.ACCEPTED
    own = own_page(phone, number, code)
    assert "简易办理" in own and "9月18日" in own
    assert not screens.offers("handler", case, "延期"), "it is converted, not extended"

    # The answer is a reply, and the telephone serves it.
    clock.put_to(MORNING.replace(day=9))
    assert ANSWER not in own_page(phone, number, code)
    screens.act("handler", case, "答复", "作出答复", with_answer(ANSWER))
    assert case.reply.kind == ReplyKind.REPLY
    page = screens.at("handler", case)
    assert "处理意见书" not in page.locator("#papers").inner_text()
    screens.act("handler", case, "送达", "登记送达", by_telephone)
    assert case.status == Status.SERVED

    # The petitioner reads it, may ask for a review of it, and rates; the handler does not learn how.
    own = own_page(phone, number, code)
    assert ANSWER in own and "不服这个答复？" in own and "申请复查" in own
    rated(phone, office="满意", unit="不满意")
    assert "不满意" not in said(screens.at("handler", case))
    assert "不满意" in said(screens.at("petition_officer", case))
