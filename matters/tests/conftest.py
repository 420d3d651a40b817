"""Three kinds of texts, as people of one district write them, and somebody who keeps the matters."""

from datetime import datetime, timedelta

import pytest
import time_machine

from core.timekeeping import SHANGHAI
from matters.models import Matter, MatterCase
from matters.services import running

MONDAY = datetime(2026, 11, 23, 2, 45, tzinfo=SHANGHAI)
DAY = timedelta(days=1)
MIXER = [
    ("石桥村搅拌站夜里开工噪音大", "云山路水泥搅拌站每天夜里开工，粉尘和噪音很大，窗户不敢开，孩子咳嗽。"),
    ("云山路搅拌站粉尘污染", "住在云山路，搅拌站的水泥粉尘到处都是，夜里噪音让人睡不着，请环保部门处理。"),
    ("要求搬迁云山路水泥搅拌站", "搅拌站离住宅楼只有五十米，夜里开工，噪音和粉尘严重，要求搬迁。"),
    ("搅拌站扰民何时解决", "云山路的水泥搅拌站粉尘污染、夜里噪音，反映多次，何时解决？"),
]
WAGES = [
    ("锦绣工地拖欠农民工工资", "在锦绣工地做钢筋工三个月，包工头拖欠工资两万元，一直不结清。"),
    ("包工头拖欠我们的工资", "锦绣工地二期的包工头拖欠农民工工资，说开发商没有结清，拖了半年。"),
    ("请帮忙讨回锦绣工地工资", "锦绣工地拖欠农民工工资，钢筋工班组十个人都没有结清。"),
]
#: What else people write about; each is alone.
OTHERS = [
    ("公园路灯不亮", "滨江公园东门的路灯坏了两个月，晚上散步看不见。"),
    ("公交班次太少", "7路公交车一小时才来一班，上班总迟到，希望增加班次。"),
    ("自来水发黄", "这几天家里的自来水发黄，有铁锈味，不敢喝。"),
    ("医保卡不能用", "社区卫生院的读卡机一直故障，开药要自费。"),
    ("田里的水渠塌了", "去年暴雨以后灌溉的水渠塌了一段，稻田缺水，请水利部门修一修。"),
    ("咨询入学划片", "孩子今年六岁，户口在老城，房子在新区，想问划到哪个小学。"),
    ("小区电梯总停", "六栋电梯每周都要停，老人爬楼很辛苦，物业说没有维修基金。"),
    ("果园被冰雹打坏", "四月的冰雹把枇杷打落一地，农业保险还没有来定损。"),
    ("养老金认证不会操作", "手机认证总是失败，能不能上门帮八十岁的父亲办。"),
    ("宅基地审批太慢", "申请盖房材料交了一年，镇里一直没有答复。"),
    ("流浪狗咬人", "菜市场门口有一群流浪狗，上周咬伤一个学生。"),
    ("图书馆座位不够", "周末图书馆一早就没有座位，建议延长开放。"),
]


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def tell(make_case):
    """``tell(MIXER, days=2)``: one case of each text, the first so many days ago and then an hour apart."""

    def make(texts, *, days=2, **new):
        return [
            make_case(subject=subject, body=body, at=MONDAY - days * DAY + timedelta(hours=n), **new)
            for n, (subject, body) in enumerate(texts)
        ]

    return make


@pytest.fixture
def run():
    return running.run


def matters_of(cases):
    """Which matter each case is in; None for none."""
    rows = dict(MatterCase.objects.filter(out=False).values_list("petition", "matter"))
    return [rows.get(case.pk) for case in cases]


@pytest.fixture
def mixer(tell, run):
    """The matter of the mixing plant, its cases, and other texts around it."""
    cases = tell(MIXER)
    tell(WAGES, days=3)
    tell(OTHERS, days=4)
    run()
    (number,) = set(matters_of(cases))
    return Matter.objects.get(pk=number), cases
