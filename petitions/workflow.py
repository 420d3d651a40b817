"""The way of a case as one table: who may do what in which state, on which legal basis, and what the clocks do.

Nobody assigns ``status`` by hand: ``services.stepping`` reads this table. ``docs/workflow.md`` is printed from it
(``manage.py print_workflow``) and a test walks every (status, act, role).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from accounts.enums import Role
from petitions.enums import Act, Status

S = Status


class Relation(Enum):
    """How the actor must stand to the case, beside holding the role."""

    ANYONE = "may read the case"
    LEAD_OR_OFFICE = "the lead unit, or the office"
    OFFICE = "petition office, or the office that registered the case"
    LEAD = "the lead unit or its superior town or department"
    PARTY = "the lead unit or a co-unit"
    CO = "a co-unit"
    HOLDER = "holds by name an accusation that no body here may take"
    DISTRICT_OFFICE = "the district's petition office"
    OWN = "the petitioner, by number and query code"
    SYSTEM = "the system itself"


class ClockCode:
    """Codes of the deadline rules that steps start and stop (deadlines.Rule.code)."""

    FORWARDING = "forwarding"
    REFORWARDING = "reforwarding"
    NOTICE = "notice"
    OBJECTION = "objection"
    CONCLUSION = "conclusion"
    SIMPLE = "simple_conclusion"
    SERVICE = "service"
    FEEDBACK = "feedback"
    REPORT_DECISION = "report_decision"
    PETITIONER_WINDOW = "petitioner_window"
    RESPOND = "respond_10"
    CALL = "call_30"
    FIRST_ROUND = "first_round_24"


C = ClockCode
#: Clocks of a right somebody may use, or that only remind, not of a duty: they never make a case late.
RIGHTS = frozenset({C.PETITIONER_WINDOW, C.OBJECTION, C.REPORT_DECISION})
EVERY_CLOCK = frozenset(
    value for name, value in vars(ClockCode).items() if name.isupper() and isinstance(value, str)
)


#: Of path six: they run until the opinion is made (条例 34: 作出), not until its text is settled (答复).
UNTIL_MADE = frozenset({C.CONCLUSION, C.SIMPLE})


@dataclass(frozen=True, kw_only=True)
class Step:
    """One row. ``to=None`` leaves the state as it is. ``stops`` and ``starts`` name clock rules; ``may_stop`` and
    ``may_start`` those that the act does so by what it finds (``services.stepping`` lets it move no others)."""

    act: Act
    frm: frozenset[Status]
    to: Status | None
    by: frozenset[str]
    relation: Relation
    basis: str
    stops: frozenset[str] = frozenset()
    starts: frozenset[str] = frozenset()
    may_stop: frozenset[str] = frozenset()
    may_start: frozenset[str] = frozenset()
    public: bool = False
    hint: str = ""

    def target(self, status: Status) -> Status:
        return self.to or status


def _row(
    act: Act,
    frm: Iterable[Status],
    to: Status | None,
    by: Iterable[str],
    relation: Relation,
    basis: str,
    *,
    stops: Iterable[str] = (),
    starts: Iterable[str] = (),
    may_stop: Iterable[str] = (),
    may_start: Iterable[str] = (),
    public: bool = False,
    hint: str = "",
) -> Step:
    return Step(
        act=act,
        frm=frozenset(frm),
        to=to,
        by=frozenset(by),
        relation=relation,
        basis=basis,
        stops=frozenset(stops),
        starts=frozenset(starts),
        may_stop=frozenset(may_stop),
        may_start=frozenset(may_start),
        public=public,
        hint=hint,
    )


BEFORE_REPLY = (S.REGISTERED, S.FORWARDED, S.OBJECTED, S.ACCEPTED)
#: Between the answer and the end of the case.
REPORTING = (S.CONCLUDED, S.SERVED, S.EVALUATED)
OPEN = tuple(status for status in S if status.is_open)
DESK = (Role.CLERK, Role.PETITION_OFFICER)
UNIT = (Role.HANDLER, Role.UNIT_HEAD)
#: After these a case may have become a sealed one; rooms above then let go of it.
SEALING = frozenset({Act.CLASSIFY, Act.SEAL})

STEPS: tuple[Step, ...] = (
    _row(
        Act.ROUTE,
        [S.REGISTERED],
        S.FORWARDED,
        [Role.SYSTEM],
        Relation.SYSTEM,
        "条例 22, 30",
        stops=[C.FORWARDING, C.REFORWARDING],
    ),
    # An accusation of the only discipline body, or where there is none: handed to the one above, on record.
    _row(
        Act.REPORT_UP,
        [S.REGISTERED, S.CLOSED],
        S.CLOSED,
        [*DESK, Role.UNIT_HEAD, Role.LEADER],
        Relation.HOLDER,
        "条例 30",
        stops=EVERY_CLOCK,
        public=True,
        hint="本地没有可以接收本件的纪检监察机关；按规定方式移送上级后登记",
    ),
    _row(
        Act.CLASSIFY,
        [S.REGISTERED, S.FORWARDED, S.OBJECTED],
        None,
        [Role.PETITION_OFFICER],
        Relation.OFFICE,
        "条例 29–31",
        hint="未转送的件定为检举控告后，立即密存并转纪检监察机关",
    ),
    _row(
        Act.SEAL,
        [S.FORWARDED, S.OBJECTED, S.ACCEPTED],
        S.REGISTERED,
        [Role.PETITION_OFFICER],
        Relation.OFFICE,
        "条例 22, 30",
        stops=EVERY_CLOCK,
        starts=[C.REFORWARDING],
        hint="本件立即密存、收回，转纪检监察机关，其他人不再看到",
    ),
    # Answered, refused or filed already: what was said stays said. The body reads it and takes it up by its own rules.
    _row(
        Act.SEAL,
        [S.CONCLUDED, S.SERVED, S.EVALUATED, S.REFUSED, S.CLOSED],
        S.CLOSED,
        [Role.PETITION_OFFICER],
        Relation.OFFICE,
        "条例 22, 30",
        stops=EVERY_CLOCK,
        public=True,
        hint="本件立即密存、归档，交纪检监察机关按其程序处理；原来的答复留在案卷，其他人不再看到",
    ),
    # Whoever leads an accusation learns whom it is against; the office that registered it reads it no more.
    _row(
        Act.NAME_COMPLAINED,
        [S.FORWARDED, S.ACCEPTED, S.CONCLUDED, S.SERVED, S.EVALUATED, S.REFUSED, S.CLOSED],
        None,
        UNIT,
        Relation.LEAD,
        "条例 28, 30",
        hint="仅密存的检举控告；被指明的单位和人员立即不再看到本件，登记人在内",
    ),
    _row(
        Act.FORWARD,
        [S.REGISTERED],
        S.FORWARDED,
        [Role.PETITION_OFFICER, Role.LEADER],
        Relation.OFFICE,
        "条例 22",
        stops=[C.FORWARDING, C.REFORWARDING],
        starts=[C.NOTICE, C.OBJECTION],
        public=True,
        hint="转送后开始 15 日受理告知期限和 5 个工作日异议期限",
    ),
    _row(
        Act.ASSIGN,
        [S.REGISTERED],
        S.FORWARDED,
        [Role.PETITION_OFFICER, Role.LEADER],
        Relation.OFFICE,
        "条例 22",
        stops=[C.FORWARDING, C.REFORWARDING],
        starts=[C.NOTICE, C.OBJECTION, C.FEEDBACK],
        public=True,
        hint="交办后另按指定日期报送办结报告；报告认可以前不能办结归档",
    ),
    # 涉法涉诉: the petition office leads to the court, the procuratorate or the police; it is nobody's here to accept.
    _row(
        Act.GUIDE,
        [S.REGISTERED],
        S.CLOSED,
        [Role.PETITION_OFFICER],
        Relation.OFFICE,
        "条例 20, 22, 31(1)",
        stops=EVERY_CLOCK,
        public=True,
        hint="涉法涉诉事项：书面告诉信访人由哪个政法机关、按什么程序处理；本件在此办结",
    ),
    # The unit that has it turns out to be the one complained of, or another was decided to be competent.
    _row(
        Act.TAKE_BACK,
        [S.FORWARDED, S.OBJECTED, S.ACCEPTED],
        S.REGISTERED,
        [Role.SYSTEM],
        Relation.SYSTEM,
        "条例 24, 28",
        stops=[C.NOTICE, C.OBJECTION, C.FEEDBACK, C.CONCLUSION],
        starts=[C.REFORWARDING],
        public=True,
    ),
    # The discipline body that has it is, and answered before that: as when a case is sealed after its answer.
    _row(
        Act.TAKE_BACK,
        [S.CONCLUDED, S.SERVED, S.EVALUATED, S.REFUSED, S.CLOSED],
        S.CLOSED,
        [Role.SYSTEM],
        Relation.SYSTEM,
        "条例 28, 30",
        stops=EVERY_CLOCK,
        public=True,
    ),
    # The unit that has it was split, merged or abolished: clocks and history go along.
    _row(
        Act.SUCCEED,
        [*OPEN, S.CLOSED],
        None,
        [Role.SYSTEM, Role.PETITION_OFFICER],
        Relation.OFFICE,
        "条例 24",
        public=True,
        hint="主办单位已停用；由承继其职能的机构接着办理，期限照旧",
    ),
    _row(
        Act.RESPOND,
        BEFORE_REPLY,
        None,
        [*DESK, *UNIT],
        Relation.LEAD_OR_OFFICE,
        "本区 10-30-24",
        stops=[C.RESPOND],
        public=True,
        hint="10 分钟内告诉信访人：已经收到，谁来联系",
    ),
    _row(
        Act.CALL,
        BEFORE_REPLY,
        None,
        [*DESK, *UNIT],
        Relation.LEAD_OR_OFFICE,
        "本区 10-30-24",
        may_stop=[C.CALL],
        hint="接通并约定见面时间后，30 分钟计时停止",
    ),
    _row(
        Act.NAME_RESPONSIBLE,
        BEFORE_REPLY,
        None,
        [Role.PETITION_OFFICER, *UNIT],
        Relation.LEAD_OR_OFFICE,
        "首办负责制；本区 10-30-24",
        public=True,
        hint="24 小时计时需要明确责任人并完成首轮办结",
    ),
    _row(
        Act.FIRST_ROUND,
        BEFORE_REPLY,
        None,
        [Role.PETITION_OFFICER, *UNIT],
        Relation.LEAD_OR_OFFICE,
        "本区 10-30-24",
        stops=[C.FIRST_ROUND],
        public=True,
        hint="须先明确责任人；首轮办结不等于办结",
    ),
    _row(
        Act.OBJECT,
        [S.FORWARDED],
        S.OBJECTED,
        UNIT,
        Relation.LEAD,
        "条例 23",
        stops=[C.OBJECTION],
        hint="须在 5 个工作日内说明理由；转送单位同意前仍由本单位负责，15 日期限不停",
    ),
    _row(
        Act.AGREE_OBJECTION,
        [S.OBJECTED],
        S.REGISTERED,
        [Role.PETITION_OFFICER],
        Relation.OFFICE,
        "条例 23",
        stops=[C.NOTICE, C.FEEDBACK],
        starts=[C.REFORWARDING],
        hint="同意后材料退回，重新转送；下一单位重新计时",
    ),
    _row(
        Act.REJECT_OBJECTION,
        [S.OBJECTED],
        S.FORWARDED,
        [Role.PETITION_OFFICER],
        Relation.OFFICE,
        "条例 23",
        hint="不同意的，原单位继续办理",
    ),
    _row(
        Act.ACCEPT,
        [S.FORWARDED],
        S.ACCEPTED,
        UNIT,
        Relation.LEAD,
        "条例 23, 34",
        # The 15 days go on until the petitioner is told in writing; the step itself tells whoever filed online, and
        # ends them then (``services.noticing``).
        stops=[C.OBJECTION],
        may_stop=[C.NOTICE],
        # The 60 days run beside the 10 working days of 简易办理, so that conversion finds them as they were.
        starts=[C.CONCLUSION, C.SIMPLE],
        public=True,
        hint="走信访程序（路径六）的，受理后开始 60 日办理期限",
    ),
    _row(
        Act.GIVE_NOTICE,
        [S.ACCEPTED, S.CONCLUDED, S.REFUSED],
        None,
        UNIT,
        Relation.LEAD,
        "条例 23",
        stops=[C.NOTICE],
        public=True,
        hint="书面告知是否受理和处理途径、程序；告知后 15 日期限停止",
    ),
    # The days of path six stop or start by what the case becomes, and the notice is owed anew (``services.changing``).
    _row(
        Act.CHANGE_WAY,
        [S.ACCEPTED],
        None,
        [Role.PETITION_OFFICER, Role.UNIT_HEAD],
        Relation.LEAD_OR_OFFICE,
        "条例 23, 29–31, 34",
        may_stop=[*UNTIL_MADE, C.NOTICE],
        may_start=[C.CONCLUSION, C.NOTICE],
        public=True,
        hint="须说明理由，并重新告知信访人；答复以后不能改",
    ),
    _row(
        Act.CONVERT,
        [S.ACCEPTED],
        None,
        UNIT,
        Relation.LEAD,
        "简易办理办法；条例 34",
        stops=[C.SIMPLE],
        public=True,
        hint="简易办理期限停止；60 日仍从原受理之日起算",
    ),
    _row(
        Act.REFUSE,
        [S.FORWARDED],
        S.REFUSED,
        UNIT,
        Relation.LEAD,
        "条例 19, 23, 31, 36",
        stops=EVERY_CLOCK - {C.NOTICE},
        may_stop=[C.NOTICE],
        public=True,
        hint="须选定理由，并告诉信访人应向何处提出",
    ),
    _row(
        Act.NOTE,
        [S.FORWARDED, S.OBJECTED, S.ACCEPTED, S.CONCLUDED, S.SERVED],
        None,
        UNIT,
        Relation.PARTY,
        "条例 31",
    ),
    # 补正 is not in the Regulation: it binds nobody, and no clock waits for it.
    _row(
        Act.REQUEST_MATERIAL,
        [S.FORWARDED, S.ACCEPTED],
        None,
        UNIT,
        Relation.LEAD,
        "条例未作规定；不影响条例 22, 23, 34 的期限",
        public=True,
        hint="请信访人补充材料；受理告知期限和办理期限都不停",
    ),
    _row(Act.VISIT, [S.FORWARDED, S.ACCEPTED], None, UNIT, Relation.PARTY, "条例 31"),
    _row(
        Act.PLAN,
        [S.FORWARDED, S.ACCEPTED],
        None,
        UNIT,
        Relation.LEAD,
        "条例 31",
        hint="内部记录：分几步、谁负责、何时完成；重新制定的代替原方案，原方案留在案卷",
    ),
    _row(
        Act.TALK,
        [S.FORWARDED, S.OBJECTED, S.ACCEPTED],
        None,
        UNIT,
        Relation.PARTY,
        "条例 31(6)",
        hint="听取信访人陈述事实和理由；信访人可以核对，签不签名由其自愿",
    ),
    # By consent of both sides alone, and beside the way of the case: it is answered as before.
    _row(
        Act.RECONCILE,
        [S.FORWARDED, S.ACCEPTED],
        None,
        UNIT,
        Relation.LEAD,
        "条例 33",
        public=True,
        hint="双方自愿才能登记；和解不代替答复，本件仍按原程序办理、答复，期限不停",
    ),
    _row(
        Act.EXTEND,
        [S.ACCEPTED],
        None,
        [Role.UNIT_HEAD],
        Relation.LEAD,
        "条例 34",
        public=True,
        hint="仅一次，不超过 30 日，须在期限届满前，并告知信访人理由",
    ),
    _row(
        Act.CO_ANSWER,
        [S.FORWARDED, S.OBJECTED, S.ACCEPTED],
        None,
        UNIT,
        Relation.CO,
        "协办同责制",
        hint="向主办单位反馈本单位承担的部分；主办单位对全案负责",
    ),
    # Each co-unit's part (``services.parts``): begun and ended with reasons, its answer returned for more. Its
    # clocks are its own (``ShareClock``), so none of the case's starts or stops here.
    _row(
        Act.CO_ADD,
        [S.FORWARDED, S.ACCEPTED],
        None,
        [Role.PETITION_OFFICER, *UNIT],
        Relation.LEAD_OR_OFFICE,
        "条例 24；协办同责制",
        hint="写明协办单位承担什么、何时反馈；增加后开始协办反馈期限和 5 个工作日协办异议期限",
    ),
    _row(
        Act.CO_END,
        [S.FORWARDED, S.ACCEPTED],
        None,
        [Role.PETITION_OFFICER, *UNIT],
        Relation.LEAD_OR_OFFICE,
        "条例 24；协办同责制",
        hint="须说明理由；该单位以后不再看到本件，已经反馈的意见留在案卷",
    ),
    _row(
        Act.CO_RETURN,
        [S.FORWARDED, S.ACCEPTED],
        None,
        UNIT,
        Relation.LEAD,
        "协办同责制",
        hint="说明还缺什么，另定反馈日期，期限重新起算",
    ),
    _row(
        Act.CO_OBJECT,
        [S.FORWARDED, S.OBJECTED, S.ACCEPTED],
        None,
        UNIT,
        Relation.CO,
        "参照条例 23",
        hint="须在 5 个工作日内说明理由；核实同意前仍由本单位协办，反馈期限不停",
    ),
    _row(
        Act.CO_WEIGH,
        [S.FORWARDED, S.OBJECTED, S.ACCEPTED],
        None,
        [Role.PETITION_OFFICER],
        Relation.OFFICE,
        "参照条例 23",
        hint="同意的，该单位不再协办；不同意的，继续协办，期限不变",
    ),
    # 建议意见: studied, then adopted or not with reasons; then answered, and what was adopted put into practice.
    _row(
        Act.ADOPT,
        [S.ACCEPTED],
        None,
        UNIT,
        Relation.LEAD,
        "条例 29",
        public=True,
        hint="仅建议意见：研究论证以后登记采纳、部分采纳、留作参考或者不采纳，并说明理由；登记以后才能答复",
    ),
    _row(
        Act.PRACTISE,
        [S.CONCLUDED, S.SERVED, S.EVALUATED, S.CLOSED],
        None,
        UNIT,
        Relation.LEAD,
        "条例 29",
        public=True,
        hint="仅采纳、部分采纳的建议：落实以后登记，信访人会看到",
    ),
    _row(
        Act.CONCLUDE,
        [S.ACCEPTED],
        S.CONCLUDED,
        UNIT,
        Relation.LEAD,
        "条例 31–34",
        stops=[C.RESPOND, C.CALL, C.FIRST_ROUND],
        # Of path six the days of service begin when the opinion is made; until then the 60 days run on.
        starts=[C.SERVICE],
        public=True,
        hint="逐项给出结论；走信访程序的，文书成文时办理期限才停止；送达后信访人的 30 日期限才开始",
    ),
    # 作出: the paper of the answer was issued here (by the system, from its room), or elsewhere (entered by the unit).
    _row(
        Act.MAKE_OPINION,
        [S.CONCLUDED],
        None,
        [*UNIT, Role.SYSTEM],
        Relation.LEAD,
        "条例 32, 34",
        stops=UNTIL_MADE,
        starts=[C.SERVICE],
        public=True,
        hint="处理意见书已在本系统之外出具的，登记文号和成文日期；60 日期限到成文时停止，送达期限开始",
    ),
    # What nobody outside has been given yet may be put right; after service only a new paper corrects it.
    _row(
        Act.CORRECT,
        [S.CONCLUDED],
        None,
        UNIT,
        Relation.LEAD,
        "条例 32",
        hint="答复还没有送达：结论、意见或者正文写错的，在这里改；原来写的留在办理过程里",
    ),
    _row(
        Act.SERVE,
        [S.CONCLUDED],
        S.SERVED,
        UNIT,
        Relation.LEAD,
        "条例 35",
        # What is served has been made, whether or not anybody entered that; and whoever has the answer was told.
        stops=[*UNTIL_MADE, C.SERVICE, C.NOTICE],
        starts=[C.PETITIONER_WINDOW],
        public=True,
        hint="送达之日起 30 日内，信访人可以申请复查、进行评价",
    ),
    # 办结报告 on what was assigned: the set date is kept by the report, not by the answer.
    _row(
        Act.SEND_REPORT,
        REPORTING,
        None,
        UNIT,
        Relation.LEAD,
        "条例 22",
        stops=[C.FEEDBACK],
        starts=[C.REPORT_DECISION],
        hint="仅交办件；报送后反馈期限停止，由交办单位审核",
    ),
    _row(
        Act.ACCEPT_REPORT,
        REPORTING,
        None,
        [Role.PETITION_OFFICER, Role.LEADER],
        Relation.OFFICE,
        "条例 22",
        stops=[C.REPORT_DECISION],
        hint="认可后本件才能办结归档",
    ),
    _row(
        Act.RETURN_REPORT,
        REPORTING,
        None,
        [Role.PETITION_OFFICER, Role.LEADER],
        Relation.OFFICE,
        "条例 22",
        stops=[C.REPORT_DECISION],
        starts=[C.FEEDBACK],
        hint="须说明理由，并另定报送期限，期限重新起算",
    ),
    _row(
        Act.EVALUATE,
        [S.SERVED],
        S.EVALUATED,
        [Role.PETITIONER],
        Relation.OWN,
        "条例 21",
        public=True,
    ),
    _row(
        Act.SUPPLEMENT,
        OPEN,
        None,
        [Role.PETITIONER],
        Relation.OWN,
        "条例 19",
        public=True,
    ),
    # Told where the case is joined to another (``following.link``); a mere link is the desk's own.
    _row(
        Act.LINK,
        OPEN,
        None,
        DESK,
        Relation.OFFICE,
        "条例 19",
        public=True,
        hint="并入原件的，信访人会看到由谁一并答复；编号、查询码和期限照旧",
    ),
    _row(
        Act.CORRECT_FIRST,
        S,
        None,
        DESK,
        Relation.OFFICE,
        "条例 19",
        hint="登记错了的“全国初次”在这里更正，须说明理由；“本机构初次”随关联、撤销关联改变",
    ),
    # Whose competence it is (条例 24): the room ``conference`` asks its own table; the case notes what was decided.
    _row(
        Act.CONFER,
        [S.REGISTERED, S.FORWARDED, S.OBJECTED],
        None,
        [Role.PETITION_OFFICER, Role.SYSTEM],
        Relation.DISTRICT_OFFICE,
        "条例 24",
        hint="多个单位都不接或者都要接的：先协商，再由共同上级决定，再由联席会议决定",
    ),
    # In every state: a false repeat is put right in the register even where the case has had its answer, which stays.
    _row(
        Act.UNLINK,
        S,
        None,
        DESK,
        Relation.OFFICE,
        "条例 19",
        public=True,
        hint="以后单独办理；期限照旧，已经作出的答复不变",
    ),
    _row(
        Act.SUPERVISE,
        [S.FORWARDED, S.OBJECTED, S.ACCEPTED, S.CONCLUDED, S.SERVED, S.EVALUATED, S.CLOSED],
        None,
        [Role.INSPECTOR, Role.PETITION_OFFICER, Role.SYSTEM],
        Relation.ANYONE,
        "条例 16, 40",
    ),
    # 重大紧急: town and departments at once, by whoever hears of it first at the counter or the office (条例 25).
    _row(
        Act.DISPATCH,
        OPEN,
        None,
        [*DESK, Role.INSPECTOR],
        Relation.ANYONE,
        "条例 25",
        hint="同时通知属地和有关部门到场处置，并按两条线上报",
    ),
    # 回避: whoever has an interest says so, or is told to stay out; somebody else lets them in again. In every state: a
    # closed case stays readable with its papers.
    _row(
        Act.RECUSE,
        S,
        None,
        [*DESK, *UNIT, Role.LEADER, Role.MEDIATOR, Role.INSPECTOR],
        Relation.ANYONE,
        "条例 28",
        public=True,
        hint="与本件有利害关系的应当回避；登记后您不再看到、不再经办本件",
    ),
    _row(
        Act.EXCLUDE,
        S,
        None,
        [Role.PETITION_OFFICER, Role.UNIT_HEAD],
        Relation.LEAD_OR_OFFICE,
        "条例 28",
        public=True,
        hint="决定有利害关系的工作人员回避；他不再看到、不再经办本件",
    ),
    _row(
        Act.READMIT,
        S,
        None,
        [Role.PETITION_OFFICER, Role.UNIT_HEAD],
        Relation.LEAD_OR_OFFICE,
        "条例 28",
        hint="回避的情形已经消除；不能由回避的人自己解除",
    ),
    # 重大紧急: anybody who reads the case may raise it, only two people of the petition office together lower it.
    _row(
        Act.RAISE_URGENCY,
        OPEN,
        None,
        [*DESK, *UNIT, Role.LEADER, Role.INSPECTOR],
        Relation.ANYONE,
        "条例 27, 46(4)",
        hint="提高后，只有信访部门两人先后同意才能降低",
    ),
    _row(
        Act.ASK_LOWERING,
        OPEN,
        None,
        [Role.PETITION_OFFICER],
        Relation.DISTRICT_OFFICE,
        "条例 46(4)",
        hint="须说明理由，由信访部门另一人核实同意",
    ),
    _row(
        Act.AGREE_LOWERING,
        OPEN,
        None,
        [Role.PETITION_OFFICER],
        Relation.DISTRICT_OFFICE,
        "条例 46(4)",
        hint="不能由申请的人自己同意",
    ),
    _row(
        Act.REJECT_LOWERING,
        OPEN,
        None,
        [Role.PETITION_OFFICER],
        Relation.DISTRICT_OFFICE,
        "条例 46(4)",
    ),
    _row(Act.INSTRUCT, OPEN, None, [Role.LEADER], Relation.ANYONE, "条例 18"),
    _row(Act.RECEIVE, OPEN, None, [Role.LEADER, *DESK], Relation.ANYONE, "条例 18"),
    _row(
        Act.MEDIATE,
        BEFORE_REPLY,
        None,
        [Role.MEDIATOR, Role.PETITION_OFFICER, *UNIT],
        Relation.ANYONE,
        "条例 33",
        public=True,
    ),
    _row(Act.HEAR, [S.ACCEPTED], None, UNIT, Relation.LEAD, "条例 31(6)", public=True),
    _row(
        Act.CLOSE,
        [S.EVALUATED, S.REFUSED],
        S.CLOSED,
        [Role.PETITION_OFFICER, *UNIT, Role.SYSTEM],
        Relation.LEAD_OR_OFFICE,
        "条例 21",
        stops=EVERY_CLOCK,
        public=True,
    ),
    # The window passed without an evaluation: 超期未评价, never counted as satisfied.
    _row(
        Act.CLOSE,
        [S.SERVED],
        S.CLOSED,
        [Role.SYSTEM],
        Relation.SYSTEM,
        "条例 35",
        stops=EVERY_CLOCK,
        public=True,
    ),
    # The paper of the answer was issued with other words than were recorded: the record follows it.
    _row(
        Act.AMEND,
        [S.CONCLUDED, S.SERVED, S.EVALUATED],
        None,
        [Role.SYSTEM],
        Relation.SYSTEM,
        "条例 32",
        may_stop=[C.PETITIONER_WINDOW],
        may_start=[C.PETITIONER_WINDOW],
        public=True,
    ),
    # 复查 and 复核 go beside the case, in the room ``reviews``, which asks its own table who may; the case notes them.
    # After 责令重新办理 the decision is still to be served while the unit handles the matter anew.
    _row(
        Act.REVIEW,
        [S.ACCEPTED, S.CONCLUDED, S.SERVED, S.EVALUATED, S.CLOSED],
        None,
        [Role.SYSTEM],
        Relation.SYSTEM,
        "条例 35, 36",
        public=True,
    ),
    _row(
        Act.REDO,
        [S.SERVED, S.EVALUATED, S.CLOSED],
        S.ACCEPTED,
        [Role.SYSTEM],
        Relation.SYSTEM,
        "条例 34, 36",
        stops=EVERY_CLOCK,
        starts=[C.CONCLUSION],
        public=True,
    ),
)


def step_for(status: Status, act: Act) -> Step | None:
    """The row for an act in a state, or None where the act is impossible there."""
    for step in STEPS:
        if step.act == act and status in step.frm:
            return step
    return None
