"""What of a case's title goes into the title of a paper."""

import pytest

from documents.enums import PaperKind
from papers.titles import LONGEST, within_title
from petitions.enums import Status


@pytest.mark.parametrize(
    "subject, within",
    [
        ("河边夜市噪音扰民", "河边夜市噪音扰民"),
        ("楼上漏水三个月没人管。", "楼上漏水三个月没人管"),
        ("楼上漏水。物业不管，社区也不管。", "楼上漏水"),
        ("夜市每天吵到凌晨两点！老人睡不好", "夜市每天吵到凌晨两点"),
        (
            "我们小区的自来水从上个月开始就一直发黄有味道，打了很多次电话也没有人来修",
            "我们小区的自来水从上个月开始就一直发黄有味道",
        ),
        ("柳湾路" * 15, ("柳湾路" * 15)[: LONGEST - 1] + "等"),
        ("。。。", ""),
    ],
)
def test_it_is_one_short_phrase_without_a_full_stop(subject, within):
    assert within_title(subject) == within and len(within) <= LONGEST


@pytest.mark.django_db
def test_a_case_without_a_title_gives_its_opinion_a_decent_one(lately, draft):
    body = "楼上漏水三个月没人管。物业说不归他们，社区也不管，请帮助解决一下这个问题，谢谢领导关心。"
    row = draft(lately(Status.CONCLUDED, subject="", body=body), PaperKind.OPINION)
    assert row.paper.fields["subject"] == "楼上漏水三个月没人管"
