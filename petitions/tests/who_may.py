"""Who reads a case and who may do what to it, written down from the Regulation and the county's order by hand.

Nothing here is taken from ``petitions.workflow`` or ``petitions.rules``: a petition officer can check it line by line,
and ``test_every_standing`` asks the code, the addresses and the buttons whether they say the same.

A line of ``MAY`` reads: act | states | roles @ standings ; roles @ standings.
"""

from collections.abc import Iterator
from itertools import product

from accounts.enums import Role
from petitions.enums import Act, Status

ROLES = {
    "登记员": Role.CLERK,
    "专员": Role.PETITION_OFFICER,
    "承办人": Role.HANDLER,
    "负责人": Role.UNIT_HEAD,
    "领导": Role.LEADER,
    "调解员": Role.MEDIATOR,
    "督查": Role.INSPECTOR,
    "统计": Role.STATISTICIAN,
    "系统管理员": Role.SYSTEM_ADMIN,
    "安全管理员": Role.SECURITY_ADMIN,
    "审计员": Role.AUDITOR,
    "信访人": Role.PETITIONER,
    "系统": Role.SYSTEM,
}
#: How somebody may stand to a case. A leader stands where the charge lies; 点名 is 包案 or mediation by name;
#: 被反映协办 is a co-unit that is itself complained of; 保管 holds by name an accusation that no body here may take.
#: 县 stands above every unit and every office that registered: posts in it act as a superior does.
STANDINGS = (
    "主办", "上级", "协办", "登记机构", "信访局", "县", "其他", "被反映", "被反映协办", "纪委", "点名", "登记人", "保管",
)  # fmt: skip

OFFICES = "登记员 专员 承办人 负责人 督查 统计"
#: 条例 14, 16, 28, 30: one's own unit and below; the petition office's desks the district; a leader the charge area.
READS_OPEN = {
    "主办": f"{OFFICES} 领导",
    "上级": f"{OFFICES} 领导",
    "协办": f"{OFFICES} 领导",
    "被反映协办": f"{OFFICES} 领导",
    "登记机构": f"{OFFICES} 领导",
    "信访局": "专员 督查 统计",
    "县": f"{OFFICES} 领导",
    "点名": "领导 调解员",
}
#: 条例 30: the discipline body it went to, and the registrar by name. Nobody above, beside or complained of.
READS_SEALED = {"主办": "专员 承办人 负责人", "登记人": "登记员", "保管": "登记员"}

#: Standings that a case has only once it was forwarded.
ONLY_FORWARDED = {"主办", "上级", "协办", "被反映协办"}

OFFICE = "专员 @ 信访局 登记机构 县"
DESKS = "登记员 专员 @ 信访局 登记机构 县"
UNIT = "承办人 负责人 @ 主办 上级 县"
PARTIES = "承办人 负责人 @ 主办 上级 县 协办 被反映协办"
MAY = f"""
定性分类     | 待转送 待受理 异议待核                                  | {OFFICE}
转为检举控告 | 待受理 异议待核 办理中 待送达 待评价 已评价 不予受理 已办结 | {OFFICE}
指明被反映人 | 待受理 办理中 待送达 待评价 已评价 不予受理 已办结      | 承办人 负责人 @ 主办
转送         | 待转送                                                  | {OFFICE}
交办         | 待转送                                                  | {OFFICE}
首次回应     | 待转送                                                  | {DESKS}
首次回应     | 待受理 异议待核 办理中                                  | {DESKS} ; 登记员 专员 承办人 负责人 @ 主办 上级 县
电话联系     | 待转送                                                  | {DESKS}
电话联系     | 待受理 异议待核 办理中                                  | {DESKS} ; 登记员 专员 承办人 负责人 @ 主办 上级 县
明确责任人   | 待转送                                                  | {OFFICE}
明确责任人   | 待受理 异议待核 办理中                                  | {OFFICE} ; 专员 承办人 负责人 @ 主办 上级 县
首轮办结     | 待转送                                                  | {OFFICE}
首轮办结     | 待受理 异议待核 办理中                                  | {OFFICE} ; 专员 承办人 负责人 @ 主办 上级 县
提出异议     | 待受理                                                  | {UNIT}
同意异议     | 异议待核                                                | {OFFICE}
不同意异议   | 异议待核                                                | {OFFICE}
受理         | 待受理                                                  | {UNIT}
不予受理     | 待受理                                                  | {UNIT}
书面告知     | 办理中 待送达 不予受理                                   | {UNIT}
改变目的或路径 | 办理中                                                | {OFFICE} ; 专员 负责人 @ 主办 上级 县
引导到政法机关 | 待转送                                                | {OFFICE}
办理记录     | 待受理 异议待核 办理中 待送达 待评价                    | {PARTIES}
走访         | 待受理 办理中                                           | 承办人 负责人 @ 主办 上级 县 协办
办理方案     | 待受理 办理中                                           | {UNIT}
与信访人谈话 | 待受理 异议待核 办理中                                  | 承办人 负责人 @ 主办 上级 县 协办
和解         | 待受理 办理中                                           | {UNIT}
通知补充材料 | 待受理 办理中                                           | {UNIT}
转为普通程序 | 办理中                                                  | {UNIT}
延期         | 办理中                                                  | 负责人 @ 主办 上级 县
协办反馈     | 待受理 异议待核 办理中                                  | 承办人 负责人 @ 协办 被反映协办 县
增加协办单位 | 待受理 办理中                                           | {OFFICE} ; 专员 承办人 负责人 @ 主办 上级 县
结束协办     | 待受理 办理中                                           | {OFFICE} ; 专员 承办人 负责人 @ 主办 上级 县
退回协办意见 | 待受理 办理中                                           | {UNIT}
提出协办异议 | 待受理 异议待核 办理中                                  | 承办人 负责人 @ 协办 县
核实协办异议 | 待受理 异议待核 办理中                                  | {OFFICE}
研究采纳     | 办理中                                                  | {UNIT}
登记落实情况 | 待送达 待评价 已评价 已办结                             | {UNIT}
答复         | 办理中                                                  | {UNIT}
送达         | 待送达                                                  | {UNIT}
评价         | 待评价                                                  | 信访人
补充材料     | 待转送 待受理 异议待核 不予受理 办理中 待送达 待评价 已评价 | 信访人
关联重复件   | 待转送 待受理 异议待核 不予受理 办理中 待送达 待评价 已评价 | {DESKS}
报送办结报告 | 待送达 待评价 已评价                                    | {UNIT}
认可办结报告 | 待送达 待评价 已评价                                    | {OFFICE}
退回办结报告 | 待送达 待评价 已评价                                    | {OFFICE}
更正全国初次 | 待转送 待受理 异议待核 不予受理 办理中 待送达 待评价 已评价 已办结 | {DESKS}
撤销关联     | 待转送 待受理 异议待核 不予受理 办理中 待送达 待评价 已评价 已办结 | {DESKS}
管辖协调     | 待转送 待受理 异议待核                                  | 专员 @ 信访局 ; 系统
督办         | 待受理 异议待核 办理中 待送达 待评价 已评价 已办结      | 督查 专员 @ 读得到 ; 系统
紧急调度     | 待转送 待受理 异议待核 不予受理 办理中 待送达 待评价 已评价 | 登记员 专员 督查 @ 读得到
批示         | 待转送 待受理 异议待核 不予受理 办理中 待送达 待评价 已评价 | 领导 @ 读得到
接访记录     | 待转送 待受理 异议待核 不予受理 办理中 待送达 待评价 已评价 | 领导 登记员 专员 @ 读得到
调解         | 待转送 待受理 异议待核 办理中                           | 调解员 专员 承办人 负责人 @ 读得到
听证和专家意见 | 办理中                                                | {UNIT}
办结归档     | 已评价 不予受理                                         | {OFFICE} ; 专员 承办人 负责人 @ 主办 上级 县 ; 系统
办结归档     | 待评价                                                  | 系统
本人回避     | 待转送 待受理 异议待核 不予受理 办理中 待送达 待评价 已评价 已办结 | 登记员 专员 承办人 负责人 领导 调解员 督查 @ 读得到
要求回避     | 待转送                                                  | {OFFICE}
要求回避     | 待受理 异议待核 不予受理 办理中 待送达 待评价 已评价 已办结    | {OFFICE} ; 专员 负责人 @ 主办 上级 县
解除回避     | 待转送                                                  | {OFFICE}
解除回避     | 待受理 异议待核 不予受理 办理中 待送达 待评价 已评价 已办结    | {OFFICE} ; 专员 负责人 @ 主办 上级 县
提高紧急程度 | 待转送 待受理 异议待核 不予受理 办理中 待送达 待评价 已评价 | 登记员 专员 承办人 负责人 领导 督查 @ 读得到
申请降低紧急程度 | 待转送 待受理 异议待核 不予受理 办理中 待送达 待评价 已评价 | 专员 @ 信访局
同意降低     | 待转送 待受理 异议待核 不予受理 办理中 待送达 待评价 已评价 | 专员 @ 信访局
不同意降低   | 待转送 待受理 异议待核 不予受理 办理中 待送达 待评价 已评价 | 专员 @ 信访局
收回         | 待受理 异议待核 办理中 待送达 待评价 已评价 不予受理 已办结 | 系统
机构承继     | 待转送 待受理 异议待核 不予受理 办理中 待送达 待评价 已评价 已办结 | 系统
机构承继     | 待受理 异议待核 不予受理 办理中 待送达 待评价 已评价 | {OFFICE}
转纪检监察   | 待转送                                                  | 系统
复查复核     | 办理中 待送达 待评价 已评价 已办结                      | 系统
更正答复     | 待送达 | {UNIT}
答复成文     | 待送达                                                  | {UNIT} ; 系统
按文书更新答复 | 待送达 待评价 已评价                                  | 系统
责令重新办理 | 待评价 已评价 已办结                                    | 系统
上报上级纪检监察机关 | 待转送 已办结                                   | 登记员 专员 负责人 领导 @ 保管
"""
#: The discipline body's own: whom a sealed case is against. Of an open one the office says it at 定性分类.
ONLY_SEALED = {Act.NAME_COMPLAINED}

#: Of a suggestion alone; the cases here are 申诉求决. ``test_doors_adopting`` asks who may.
ONLY_SUGGESTIONS = {Act.ADOPT, Act.PRACTISE}

ACT_CALLED = {str(act.label): act for act in Act}
STATUS_CALLED = {str(status.label): status for status in Status}
#: Acts that a sealed case does not know: its body follows rules of its own (条例 23 ¶4, 30), and what is said before a
#: leader or a mediator is open to more eyes than may read it. Nor is it sealed twice, nor its urgency lowered by people
#: who may not read it.
NOT_SEALED = {
    Act.SEAL,
    Act.OBJECT,
    Act.INSTRUCT,
    Act.RECEIVE,
    Act.MEDIATE,
    Act.RECONCILE,
    *{Act.EXTEND, Act.CONVERT},  # no 60 days, so nothing to lengthen (条例 34)
    Act.GIVE_NOTICE,
    Act.CHANGE_WAY,
    Act.GUIDE,
    Act.MAKE_OPINION,
    Act.SUPERVISE,
    Act.DISPATCH,
    Act.HEAR,
    Act.CONFER,
    *{Act.SEND_REPORT, Act.ACCEPT_REPORT, Act.RETURN_REPORT},  # nobody assigns one
    *{Act.CO_ADD, Act.CO_END, Act.CO_RETURN, Act.CO_OBJECT, Act.CO_WEIGH},  # nobody stands beside the body
} | {
    Act.ASK_LOWERING,
    Act.AGREE_LOWERING,
    Act.REJECT_LOWERING,
}


def _lines() -> Iterator[tuple[Act, list[Status], list[str]]]:
    for line in MAY.strip().splitlines():
        act, states, who = (part.strip() for part in line.split("|"))
        yield ACT_CALLED[act], [STATUS_CALLED[state] for state in states.split()], who.split(";")


def _whom(text: str) -> Iterator[tuple[Role, str]]:
    roles, _at, standings = (part.strip() for part in text.partition("@"))
    for role, standing in product(roles.split(), standings.split() or [""]):
        yield ROLES[role], standing


#: (act, state) → who; the keys are the steps that exist at all.
TABLE: dict[tuple[Act, Status], set[tuple[Role, str]]] = {}
for _act, _states, _who in _lines():
    for _state in _states:
        TABLE.setdefault((_act, _state), set()).update(pair for text in _who for pair in _whom(text))


def reads(role: Role, standing: str, status: Status, *, sealed: bool) -> bool:
    """Whether somebody with that role in a unit that stands so may read the case."""
    if standing in ONLY_FORWARDED and status == Status.REGISTERED:
        return False  # nobody has it yet
    words = (READS_SEALED if sealed else READS_OPEN).get(standing, "")
    return role in {ROLES[word] for word in words.split()}


#: A report waits to be sent or to be looked at, never for both.
WAITS = {Act.SEND_REPORT: "due", Act.ACCEPT_REPORT: "sent", Act.RETURN_REPORT: "sent"}


def may(act: Act, role: Role, standing: str, status: Status, *, sealed: bool, report: str = "due") -> bool:
    """Whether they may do the act now. Nobody acts on what they may not read. ``report``: where the report on what was
    assigned stands."""
    if WAITS.get(act, report) != report or act in ONLY_SUGGESTIONS:
        return False
    allowed = TABLE.get((act, status), set())
    if role in {Role.PETITIONER, Role.SYSTEM}:
        return (role, "") in allowed
    if not reads(role, standing, status, sealed=sealed):
        return False
    if (sealed and act in NOT_SEALED) or (not sealed and act in ONLY_SEALED):
        return False
    if act == Act.CLOSE and status == Status.EVALUATED and not sealed and standing in {"主办", "上级"}:
        return False  # filed the day after, it would tell the unit who rated it so (domain G)
    if standing == "登记人":
        return False  # the registrar of a sealed case reads it and steers nothing (条例 30)
    if standing == "保管":
        return (role, standing) in allowed  # hands it upward and nothing else (条例 30)
    if standing == "被反映协办" and role != Role.LEADER:
        return (role, standing) in allowed  # answers for its part, and is not "whoever reads it" (条例 28)
    return (role, standing) in allowed or (role, "读得到") in allowed
