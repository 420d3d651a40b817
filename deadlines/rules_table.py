"""The rules the engine ships with, as one readable table; loaded into rows once, then the rows are the truth.

Numbers of articles: 条例 is the 《信访工作条例》 in force since 2022-05-01, 旧条例 the State Council's order
431 in force 2005-05-01 to 2022-04-30. Older cases that are entered later are counted by reference, and their
basis says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from accounts.enums import Role
from deadlines.enums import LengthUnit, RuleCode, StepKind

IN_FORCE = date(2022, 5, 1)
OLD_IN_FORCE = date(2005, 5, 1)
ALWAYS = date(2000, 1, 1)
MINUTE, HOUR, DAY = 1, 60, 1440


@dataclass(frozen=True)
class Share:
    """A reminder's place as a share of the time from the start to the due moment, 1 to 99."""

    percent: int


#: What happens, how many minutes after the due moment (before it: below 0) or after what share of the time, and who is
#: told.
Rung = tuple[StepKind, int | Share, Role]


def place_of(at: int | Share) -> dict[str, int | None]:
    """The columns of a RuleStep that say when."""
    if isinstance(at, Share):
        return {"offset_minutes": None, "percent": at.percent}
    return {"offset_minutes": at, "percent": None}


def _ladder(remind: int, unit_head: int, leader: int, office: int, inspector: int) -> tuple[Rung, ...]:
    """Reminder before, breach at the due moment, then up the chain; offsets in minutes."""
    return (
        (StepKind.REMIND, -remind, Role.HANDLER),
        (StepKind.BREACH, 0, Role.HANDLER),
        (StepKind.BREACH, 0, Role.UNIT_HEAD),
        (StepKind.ESCALATE, unit_head, Role.UNIT_HEAD),
        (StepKind.ESCALATE, leader, Role.LEADER),
        (StepKind.ESCALATE, office, Role.PETITION_OFFICER),
        (StepKind.ESCALATE, inspector, Role.INSPECTOR),
    )


DAYS = _ladder(3 * DAY, 1 * DAY, 2 * DAY, 3 * DAY, 5 * DAY)
SHORT_DAYS = _ladder(1 * DAY, 1 * DAY, 2 * DAY, 3 * DAY, 5 * DAY)
#: 简易办理 has a node in each working day: whoever is due after a weekend still hears of it a working day before, and
#: once more when the last day begins; then one rung a day.
SIMPLE_DAYS: tuple[Rung, ...] = (
    (StepKind.REMIND, -4 * DAY, Role.HANDLER),
    *_ladder(1 * DAY, 1 * DAY, 2 * DAY, 3 * DAY, 4 * DAY),
)
TEN_MINUTES = _ladder(3, 5, 10, 15, 30)
THIRTY_MINUTES = _ladder(10, 10, 20, 30, 60)
ONE_DAY_ROUND = _ladder(4 * HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 24 * HOUR)
LAPSE_ONLY: tuple[Rung, ...] = ((StepKind.LAPSE, 0, Role.SYSTEM),)
#: What a joint conference ordered, or a unit undertook in a joint sitting (the convener is told in the petition
#: office's place there): the unit, and once it is late the petition office and its inspectors, each once.
ORDERED: tuple[Rung, ...] = (
    (StepKind.REMIND, -3 * DAY, Role.HANDLER),
    (StepKind.BREACH, 0, Role.HANDLER),
    (StepKind.BREACH, 0, Role.PETITION_OFFICER),
    (StepKind.BREACH, 0, Role.INSPECTOR),
)
#: Whoever assigned a case is reminded on the last morning that its report waits, and pressed after it: nobody is late.
WAITING: tuple[Rung, ...] = (
    (StepKind.REMIND, -15 * HOUR, Role.HANDLER),
    (StepKind.ESCALATE, 9 * HOUR, Role.HANDLER),
    (StepKind.ESCALATE, 3 * DAY, Role.INSPECTOR),
)
#: Whoever must read a letter is reminded on the last day's morning; then the petition office, then its inspectors.
READ_IN_TIME: tuple[Rung, ...] = (
    (StepKind.REMIND, -15 * HOUR, Role.LEADER),
    (StepKind.BREACH, 0, Role.LEADER),
    (StepKind.ESCALATE, 1 * DAY, Role.PETITION_OFFICER),
    (StepKind.ESCALATE, 3 * DAY, Role.INSPECTOR),
)
#: A level of mediation: its mediator, then whoever leads the room's unit, then the petition office.
AT_A_LEVEL: tuple[Rung, ...] = (
    (StepKind.REMIND, -3 * DAY, Role.HANDLER),
    (StepKind.BREACH, 0, Role.HANDLER),
    (StepKind.ESCALATE, 2 * DAY, Role.UNIT_HEAD),
    (StepKind.ESCALATE, 5 * DAY, Role.PETITION_OFFICER),
)
#: A dispute that came to a mediation room: whoever can take it up, then the head of the room's unit, then the petition
#: office.
AT_A_ROOM: tuple[Rung, ...] = (
    (StepKind.REMIND, -1 * DAY, Role.HANDLER),
    (StepKind.BREACH, 0, Role.HANDLER),
    (StepKind.BREACH, 0, Role.UNIT_HEAD),
    (StepKind.ESCALATE, 2 * DAY, Role.PETITION_OFFICER),
)
#: A return visit: the mediator the day before and at the day, the petition office a week later.
VISITED: tuple[Rung, ...] = (
    (StepKind.REMIND, -1 * DAY, Role.HANDLER),
    (StepKind.BREACH, 0, Role.HANDLER),
    (StepKind.ESCALATE, 7 * DAY, Role.PETITION_OFFICER),
)
#: A co-unit's part: its own people and its own head; whoever leads hears with the head, since the lead answers for the
#: whole (petitions.services.part_alerts); then the petition office.
BESIDE: tuple[Rung, ...] = (
    (StepKind.REMIND, -2 * DAY, Role.HANDLER),
    (StepKind.BREACH, 0, Role.HANDLER),
    (StepKind.BREACH, 0, Role.UNIT_HEAD),
    (StepKind.ESCALATE, 2 * DAY, Role.UNIT_HEAD),
    (StepKind.ESCALATE, 4 * DAY, Role.PETITION_OFFICER),
)
#: A right, not a duty: letting it pass is nobody's breach.
RIGHT: tuple[Rung, ...] = ((StepKind.REMIND, -1 * DAY, Role.HANDLER), *LAPSE_ONLY)
#: The same where two people must first come together for it.
A_WEEK_BEFORE: tuple[Rung, ...] = ((StepKind.REMIND, -7 * DAY, Role.HANDLER), *LAPSE_ONLY)


@dataclass(frozen=True)
class Version:
    """One row of the table. ``length`` None: the date is set by whoever starts the clock."""

    code: RuleCode
    basis: str
    length: int | None
    unit: LengthUnit
    ladder: Sequence[Rung]
    extension_limit: int | None = None
    valid_from: date = ALWAYS
    valid_until: date | None = None
    #: Whether the law sets the length, which a district then does not lengthen.
    statutory: bool = False
    #: A district may end it: cases then start without that clock. All other rules are needed by a step.
    optional: bool = False


def _statute(
    code: RuleCode,
    length: int,
    unit: LengthUnit,
    ladder: Sequence[Rung],
    *,
    basis: str,
    before: str,
    earliest: str,
    extension_limit: int | None = None,
) -> tuple[Version, ...]:
    """The present rule, the one under the old 条例, and the reference for what is older still."""
    spans = (
        (earliest, ALWAYS, OLD_IN_FORCE),
        (before, OLD_IN_FORCE, IN_FORCE),
        (basis, IN_FORCE, None),
    )
    return tuple(
        Version(code, text, length, unit, ladder, extension_limit, start, end, statutory=True)
        for text, start, end in spans
    )


_SIMPLE = "《信访事项简易办理办法（试行）》（国信发〔2016〕8号）"
_REFERENCE = "2005年5月1日前的历史件，参照"

VERSIONS: tuple[Version, ...] = (
    *_statute(
        RuleCode.FORWARDING,
        15,
        LengthUnit.CALENDAR_DAY,
        DAYS,
        basis="《信访工作条例》第二十二条",
        before="《信访条例》（国务院令第431号）第二十一条",
        earliest=_REFERENCE + "《信访条例》（国务院令第431号）第二十一条",
    ),
    *_statute(
        RuleCode.NOTICE,
        15,
        LengthUnit.CALENDAR_DAY,
        DAYS,
        basis="《信访工作条例》第二十三条",
        before="《信访条例》（国务院令第431号）第二十一条、第二十二条",
        earliest=_REFERENCE + "《信访条例》（国务院令第431号）第二十一条、第二十二条",
    ),
    *_statute(
        RuleCode.OBJECTION,
        5,
        LengthUnit.WORKING_DAY,
        RIGHT,
        basis="《信访工作条例》第二十三条",
        before="《信访条例》（国务院令第431号）未规定异议期限，历史件参照《信访工作条例》第二十三条",
        earliest=_REFERENCE + "《信访工作条例》第二十三条",
    ),
    Version(
        RuleCode.REFORWARDING,
        "本区规定：异议核实同意后5个工作日内重新转送（条例未规定时限）",
        5,
        LengthUnit.WORKING_DAY,
        SHORT_DAYS,
    ),
    *_statute(
        RuleCode.CONCLUSION,
        60,
        LengthUnit.CALENDAR_DAY,
        DAYS,
        basis="《信访工作条例》第三十一条第六项、第三十四条",
        before="《信访条例》（国务院令第431号）第三十三条",
        earliest=_REFERENCE + "《信访条例》（国务院令第431号）第三十三条",
        extension_limit=30,
    ),
    # Nobody's running clock: whoever wants the shorter way must choose it by then, all others have the 15 days.
    Version(
        RuleCode.SIMPLE_ACCEPTANCE,
        _SIMPLE + "：收到后3个工作日内决定受理",
        3,
        LengthUnit.WORKING_DAY,
        (),
        statutory=True,
        optional=True,
    ),
    Version(
        RuleCode.SIMPLE_CONCLUSION,
        _SIMPLE + "：受理后10个工作日内作出处理意见",
        10,
        LengthUnit.WORKING_DAY,
        SIMPLE_DAYS,
        statutory=True,
        optional=True,
    ),
    Version(
        RuleCode.SERVICE,
        "本区规定：处理意见作出后5个工作日内送达（条例第三十五条自收到之日起算，未规定送达时限）",
        5,
        LengthUnit.WORKING_DAY,
        SHORT_DAYS,
    ),
    Version(
        RuleCode.FEEDBACK,
        "《信访工作条例》第二十二条（交办件的办理期限由交办机关指定）",
        None,
        LengthUnit.CALENDAR_DAY,
        DAYS,
    ),
    Version(
        RuleCode.CO_ANSWER,
        "本区协办同责规定：协办单位按主办单位或者转送单位定的日期反馈协办意见，没有另定的为15日（条例未规定时限）",
        15,
        LengthUnit.CALENDAR_DAY,
        BESIDE,
    ),
    Version(
        RuleCode.REPORT_DECISION,
        "本区规定：交办单位收到办结报告后5个工作日内认可或者退回（条例第二十二条未规定时限）",
        5,
        LengthUnit.WORKING_DAY,
        WAITING,
    ),
    *_statute(
        RuleCode.PETITIONER_WINDOW,
        30,
        LengthUnit.CALENDAR_DAY,
        LAPSE_ONLY,
        basis="《信访工作条例》第三十五条",
        before="《信访条例》（国务院令第431号）第三十四条",
        earliest=_REFERENCE + "《信访条例》（国务院令第431号）第三十四条",
    ),
    Version(
        RuleCode.RESPOND_10,
        "本区“10-30-24”规定：诉求到达后10分钟内反馈信息",
        10,
        LengthUnit.MINUTE,
        TEN_MINUTES,
        optional=True,
    ),
    Version(
        RuleCode.CALL_30,
        "本区“10-30-24”规定：诉求到达后30分钟内电话约见",
        30,
        LengthUnit.MINUTE,
        THIRTY_MINUTES,
        optional=True,
    ),
    Version(
        RuleCode.FIRST_ROUND_24,
        "本区“10-30-24”规定：诉求到达后24小时内明确责任人并首轮办结",
        24,
        LengthUnit.HOUR,
        ONE_DAY_ROUND,
        optional=True,
    ),
    Version(
        RuleCode.INSTRUCTION,
        "领导批示要求的办理日期（本区批示件办理规定）",
        None,
        LengthUnit.CALENDAR_DAY,
        DAYS,
    ),
    Version(
        RuleCode.PACKAGE,
        "《信访工作条例》第十八条领导包案，化解日期由包案领导设定",
        None,
        LengthUnit.CALENDAR_DAY,
        DAYS,
    ),
    Version(
        RuleCode.READING,
        "本区来信限期阅批规定：单位主要负责人在收到后2个工作日内阅批",
        2,
        LengthUnit.WORKING_DAY,
        READ_IN_TIME,
    ),
    *_statute(
        RuleCode.REVIEW_30,
        30,
        LengthUnit.CALENDAR_DAY,
        DAYS,
        basis="《信访工作条例》第三十五条",
        before="《信访条例》（国务院令第431号）第三十四条",
        earliest=_REFERENCE + "《信访条例》（国务院令第431号）第三十四条",
    ),
    *_statute(
        RuleCode.FINAL_REVIEW_30,
        30,
        LengthUnit.CALENDAR_DAY,
        DAYS,
        basis="《信访工作条例》第三十六条（听证所需时间不计算在内）",
        before="《信访条例》（国务院令第431号）第三十五条（听证所需时间不计算在内）",
        earliest=_REFERENCE + "《信访条例》（国务院令第431号）第三十五条（听证所需时间不计算在内）",
    ),
    Version(
        RuleCode.SUPERVISION,
        "《信访工作条例》第四十条（督办的反馈期限由督办机关指定）",
        None,
        LengthUnit.CALENDAR_DAY,
        DAYS,
    ),
    Version(
        RuleCode.EXECUTION,
        "《信访工作条例》第三十二条（支持信访请求的，督促执行；日期由责任单位负责人设定）",
        None,
        LengthUnit.CALENDAR_DAY,
        DAYS,
    ),
    Version(
        RuleCode.RECTIFICATION,
        "《信访工作条例》第三十九条（约谈、通报、限期整改；报告日期由联席会议决定）",
        None,
        LengthUnit.CALENDAR_DAY,
        ORDERED,
    ),
    Version(
        RuleCode.UNDERTAKING,
        "本区联合会办规定：承诺事项的完成日期由会办确定（《信访工作条例》第三十二条）",
        None,
        LengthUnit.CALENDAR_DAY,
        ORDERED,
    ),
    Version(
        RuleCode.SUGGESTION,
        "《信访工作条例》第四十条（书面反馈采纳情况；期限条例未规定，本区规定30日）",
        30,
        LengthUnit.CALENDAR_DAY,
        DAYS,
    ),
    Version(
        RuleCode.MEDIATION_LEVEL,
        "本区“2+1+N”分级调解规定：每一级的天数由阶梯设定；双方随时可以不调",
        None,
        LengthUnit.CALENDAR_DAY,
        AT_A_LEVEL,
    ),
    Version(
        RuleCode.DISPUTE,
        "本区规定：调解室收到的纠纷，3个工作日内接手调解，或者答复去哪里办",
        3,
        LengthUnit.WORKING_DAY,
        AT_A_ROOM,
    ),
    Version(
        RuleCode.AGREEMENT_DUTY,
        "《中华人民共和国人民调解法》第二十九、三十一条（日期由协议约定；监督履行）",
        None,
        LengthUnit.CALENDAR_DAY,
        AT_A_LEVEL,
    ),
    Version(
        RuleCode.JUDICIAL_CONFIRMATION,
        "《中华人民共和国人民调解法》第三十三条（自调解协议生效之日起三十日内共同申请）",
        30,
        LengthUnit.CALENDAR_DAY,
        A_WEEK_BEFORE,
        statutory=True,
    ),
    Version(
        RuleCode.AGREEMENT_VISIT,
        "本区调解回访规定：协议生效后第7、30、90日回访（日期由系统设置）",
        None,
        LengthUnit.CALENDAR_DAY,
        VISITED,
    ),
)

#: The versions of the law in force, by code: what a district's own version is measured by.
STATUTES = {one.code.value: one for one in VERSIONS if one.statutory and one.valid_until is None}
#: The versions that ship and are in force, by code: their ladders say what the end of each is.
SHIPPED = {one.code.value: one for one in VERSIONS if one.valid_until is None}
#: Codes of rights somebody may use: letting one pass is nobody's breach, and it is the same for everybody.
RIGHTS = frozenset(
    code for code, one in SHIPPED.items() if any(kind == StepKind.LAPSE for kind, _at, _role in one.ladder)
)
OPTIONAL = frozenset(one.code.value for one in VERSIONS if one.optional)
#: From below to above: a ladder never goes down again.
UPWARD = (Role.HANDLER, Role.UNIT_HEAD, Role.LEADER, Role.PETITION_OFFICER, Role.INSPECTOR)
#: Whom an alert of a clock can reach.
TOLD_ROLES = frozenset(UPWARD)
