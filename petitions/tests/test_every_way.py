"""Every (kind, path, state, act, role): the tables say what stands here, written by hand from 条例 22, 23, 29–31, 34–36.

No case and no database: who stands how to a case is asked by ``test_every_standing``.
"""

from itertools import product

import pytest

from accounts.enums import Role
from petitions import ways
from petitions.enums import Act, Kind, Path, Status
from petitions.tests.who_may import ACT_CALLED, ROLES, STATUS_CALLED, TABLE
from petitions.ways import Way
from petitions.workflow import ClockCode as C

CALLED = {
    "未定": Way(None),
    "建议": Way(Kind.SUGGESTION),
    "检举": Way(Kind.ACCUSATION),
    **{name: Way(Kind.APPEAL, path) for name, path in zip("一二三四五六", Path, strict=True)},
}
OPENLY = "未定 建议 一 二 三 四 五 六"
#: Acts that not every way has; all others are on every way.
ON_WAYS = f"""
转纪检监察         | 检举
上报上级纪检监察机关 | 检举
指明被反映人       | 检举
引导到政法机关     | 一
研究采纳           | 建议
登记落实情况       | 建议
延期               | 六
转为普通程序       | 六
答复成文           | 六
复查复核           | 六
责令重新办理       | 六
书面告知           | {OPENLY}
增加协办单位       | {OPENLY}
结束协办           | {OPENLY}
退回协办意见       | {OPENLY}
提出协办异议       | {OPENLY}
核实协办异议       | {OPENLY}
改变目的或路径     | {OPENLY}
转为检举控告       | {OPENLY}
和解               | {OPENLY}
提出异议           | {OPENLY}
批示               | {OPENLY}
接访记录           | {OPENLY}
调解               | {OPENLY}
督办               | {OPENLY}
紧急调度           | {OPENLY}
管辖协调           | {OPENLY}
听证和专家意见     | {OPENLY}
报送办结报告       | {OPENLY}
认可办结报告       | {OPENLY}
退回办结报告       | {OPENLY}
申请降低紧急程度   | {OPENLY}
同意降低           | {OPENLY}
不同意降低         | {OPENLY}
"""
#: Roles that a row names for cases that ``who_may`` has none of: a leader where the petition office itself is complained
#: of; a unit's desks, where the office that registered the case is that unit; what has no successor to be named any more.
ALSO = """
转送         | 待转送               | 领导
交办         | 待转送               | 领导
认可办结报告 | 待送达 待评价 已评价 | 领导
退回办结报告 | 待送达 待评价 已评价 | 领导
首次回应     | 待转送               | 承办人 负责人
电话联系     | 待转送               | 承办人 负责人
明确责任人   | 待转送               | 承办人 负责人
首轮办结     | 待转送               | 承办人 负责人
要求回避     | 待转送               | 负责人
解除回避     | 待转送               | 负责人
机构承继     | 待转送 已办结        | 专员
"""
NAMED = {pair: {role for role, _standing in who} for pair, who in TABLE.items()}
for _line in ALSO.strip().splitlines():
    _act, _states, _roles = (part.split() for part in _line.split("|"))
    for _state in _states:
        NAMED[ACT_CALLED[_act[0]], STATUS_CALLED[_state]] |= {ROLES[name] for name in _roles}
HAS = {
    ACT_CALLED[act.strip()]: {CALLED[name] for name in names.split()}
    for act, names in (line.split("|") for line in ON_WAYS.strip().splitlines())
}
#: Clocks that not every way has.
HAS_CLOCK = {
    C.CONCLUSION: {CALLED["六"]},
    C.SIMPLE: {CALLED["六"]},
    **{code: set(CALLED.values()) - {CALLED["检举"]} for code in (C.NOTICE, C.OBJECTION)},
    **{code: set(CALLED.values()) - {CALLED["检举"]} for code in (C.FEEDBACK, C.REPORT_DECISION)},
}


def test_the_ways_are_these_nine():
    assert set(CALLED.values()) == set(ways.WAYS) and len(ways.WAYS) == 9


@pytest.mark.article(22, 23, 29, 30, 31, 34, 35, 36)
@pytest.mark.parametrize("name", CALLED)
def test_every_state_act_and_role_of_a_way_is_as_written_here(name):
    way, wrong = CALLED[name], []
    for status, act, role in product(Status, Act, Role):
        expected = role in NAMED.get((act, status), ()) and (
            role == Role.SYSTEM or way in HAS.get(act, {way})
        )
        if ways.may(way, status, act, role) != expected:
            wrong.append(f"{status.label} {act.label} {role.label}: {not expected}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.article(23, 31, 34)
@pytest.mark.parametrize("name", CALLED)
def test_every_clock_of_a_way_is_as_written_here(name):
    way = CALLED[name]
    codes = {value for key, value in vars(C).items() if key.isupper()}
    assert {code for code in codes if ways.has_clock(way, code)} == {
        code for code in codes if way in HAS_CLOCK.get(code, {way})
    }
