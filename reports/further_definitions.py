"""Definitions of the figures beside the main table, of formulas of other places, and what is not counted."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from reports.defining import Definition
from reports.review_definitions import REVIEWED

CLOSED = _("办结时间在本月，统计时仍是办结；不予受理、引导到政法机关的不计")
FIRST = _("本机构初次件里本月办结的件数")
BACK = _("“再来”指经工作人员关联为重复的另一件；向其他单位提出的也算，检举控告、须回避的不算")
RATE = _("%")
JOINTLY = _("联名以登记的人数为准；来访不计（集体访另列）；同一件的人数不设上限")
MADE = _("条例第三十二条；文书成文或者答复作出的时间在本月；只作背景，不作考核")
WITH_A_RESULT = _("写明结论的诉求项数")
EACH_REQUEST = _(
    "一件有几项诉求的每项计一次；计入作出答复的单位；只计有效的答复：责令重新办理的，原答复不再计，"
    "新答复在作出的月份计；复查复核变更、撤销的，结论另列在复查、复核"
)
FURTHER: tuple[Definition, ...] = (
    Definition(
        "unit_acceptance",
        _("责任单位及时受理率"),
        RATE,
        _("登记满 30 日（转送 15 日 + 受理 15 日）的那一天在本月且已过；自然日，不顺延"),
        part=_("满 30 日以前责任单位决定受理、不予受理或者引导到政法机关的件数"),
        whole=_("本机构初次件里到了责任单位的件数"),
        note=_("转送慢的也算在单位头上，所以旁边另列自收件起算的一率；计入今天的主办单位"),
    ),
    Definition(
        "unit_acceptance_own",
        _("责任单位及时受理率（自收件起）"),
        RATE,
        _("条例第二十三条；单位收件起 15 日的期限截止日在本月且已到期"),
        part=_("期限内责任单位决定受理、不予受理或者引导到政法机关的件数，不论是否已告知"),
        whole=_("本机构初次件里受理告知期限落在本月的件数"),
        note=_("同意异议退回的不计；期限约束哪个单位就计入哪个单位"),
    ),
    Definition(
        "days_to_acceptance",
        _("平均受理周期"),
        _("天"),
        _("受理决定在本月"),
        counts=_("从登记之日到受理之日的天数之和 ÷ 受理的件数"),
        note=_("每件只计第一次受理；几个单位合计时天数、件数分别相加，不取平均数的平均"),
    ),
    Definition(
        "days_to_answer",
        _("平均答复周期"),
        _("天"),
        _("第一次答复在本月"),
        counts=_("从登记之日到第一次答复之日的天数之和 ÷ 答复的件数"),
        note=_("责令重办以后的答复不计；几个单位合计时天数、件数分别相加，不取平均数的平均"),
    ),
    Definition(
        "online_share",
        _("网信占比"),
        RATE,
        _("登记时间在本月；只作背景，不作考核"),
        part=_("网上、网上代录、留言板的件数"),
        whole=_("“件”（来访、领导接访除外）"),
    ),
    Definition(
        "joint",
        _("联名信访"),
        _("件、人次"),
        _("登记时间在本月；只作背景，不作考核"),
        counts=_("本月登记的来信、网上、来电等（来访除外）里两人以上联名的件数和人数之和"),
        note=JOINTLY,
    ),
    Definition(
        "joint_mass",
        _("集体联名"),
        _("件、人次"),
        _("登记时间在本月；只作背景，不作考核"),
        counts=_("“联名信访”里达到集体访人数（本地设定，通常 5 人）的件数和人数之和"),
        note=JOINTLY,
        setting="MASS_VISIT_HEADS",
        set_in=_("人"),
    ),
    Definition(
        "first_resolved",
        _("初次化解率"),
        RATE,
        CLOSED,
        part=_("办结以后观察期内没有再来的件数"),
        whole=FIRST,
        note=_(
            "观察期自办结次日起算，本地设定（通常 60 日）；观察期没有满的月份标“暂定”。"
            "“再来”指经工作人员关联为重复的另一件；向其他单位提出的也算，检举控告、须回避的不算"
        ),
        setting="FIRST_RESOLVED_DAYS",
    ),
    Definition(
        "settled_once",
        _("一次性化解率"),
        RATE,
        CLOSED,
        part=_("登记以后到统计时一直没有再来的件数"),
        whole=FIRST,
        note=BACK,
    ),
    Definition(
        "demands_resolved",
        _("诉求化解率"),
        RATE,
        CLOSED,
        part=_("已登记“化解”（信访人本人表示、书面签字或者经办人员查实）且没有撤销的件数"),
        whole=_("受理过的申诉求决件里本月办结的件数"),
        note=_("建议意见不计；办结不等于化解"),
    ),
    Definition(
        "grassroots_resolved",
        _("基层就地化解率"),
        RATE,
        CLOSED,
        part=_("没有转给乡镇（街道）、村（社区）以外的单位主办、已登记“化解”的件数"),
        whole=_("乡镇（街道）、村（社区）登记的、受理过的申诉求决件里本月办结的件数"),
        note=_("往上反映是信访人的权利，不用来考核个人"),
    ),
    Definition(
        "well_handled",
        _("规范办理率"),
        RATE,
        _("条例第二十七条；办结时间在本月，统计时仍是办结"),
        part=_("“三到位一处理”四项都做到或者不涉及的件数"),
        whole=_("核对过“三到位一处理”的申诉求决件里本月办结的件数"),
        note=_("以责任单位办结前的核对为准，不是抽查；评价期满自动办结、没有核对的不计"),
    ),
    Definition(
        "visited_back",
        _("回访核实率"),
        RATE,
        _("回访登记时间在本月"),
        part=_("见到或者联系上信访人的回访次数"),
        whole=_("对已办结件登记的回访次数"),
        note=_("没有办结的件，回访结果不对所有人公开，不计"),
    ),
    Definition(
        "requests_supported",
        _("诉求支持率"),
        RATE,
        MADE,
        part=_("结论为“支持”的诉求项数"),
        whole=WITH_A_RESULT,
        note=EACH_REQUEST,
    ),
    Definition(
        "requests_explained",
        _("诉求解释说明率"),
        RATE,
        MADE,
        part=_("结论为“解释说明”的诉求项数"),
        whole=WITH_A_RESULT,
        note=EACH_REQUEST,
    ),
    Definition(
        "requests_not_supported",
        _("诉求不予支持率"),
        RATE,
        MADE,
        part=_("结论为“不予支持”的诉求项数"),
        whole=WITH_A_RESULT,
        note=EACH_REQUEST,
    ),
    *REVIEWED,
    Definition(
        "packages_resolved",
        _("包案化解率"),
        RATE,
        _("本月任何一天在领导手里的包案（滚动计算）"),
        part=_("到月末各件都已登记“化解”的包案数"),
        whole=_("包案数"),
        note=_("计入包案领导所在单位；另行处理而退出的件不看"),
    ),
    Definition(
        "packages_struck",
        _("销案率"),
        RATE,
        _("本月任何一天在领导手里的包案（滚动计算）"),
        part=_("到月末已经审核同意销案的包案数"),
        whole=_("包案数"),
        note=_("计入包案领导所在单位；销案不等于办结"),
    ),
    Definition(
        "receptions",
        _("领导接访下访"),
        _("批、人次"),
        _("接访时间在本月"),
        counts=_("领导接访、下访、走访的记录数（批）和人数之和（人次）"),
        note=_("计入领导所在单位；已登记的老件也算，所以和“批”“人次”不同，不能相加"),
    ),
    Definition(
        "supervised",
        _("督办办结率"),
        RATE,
        _("条例第三十八条、第四十条；发出督办的时间在本月"),
        part=_("统计时已经办结的督办件数"),
        whole=_("对信访件发出的督办件数"),
        note=_("计入被督办单位；因满意度低对单位整体的督办不计，转其他程序的不计"),
    ),
    Definition(
        "suggestions_answered",
        _("建议反馈率"),
        RATE,
        _("条例第四十条；提出时间在本月"),
        part=_("统计时已经书面反馈采纳情况的件数"),
        whole=_("改进工作、完善政策建议的件数"),
        note=_("计入收到建议的单位；追究责任建议只有少数岗位可以看，不在月报计数"),
    ),
    Definition(
        "suggestions_adopted",
        _("建议采纳率"),
        RATE,
        _("条例第四十条；提出时间在本月"),
        part=_("采纳、部分采纳的件数"),
        whole=_("改进工作、完善政策建议的件数"),
        note=_("计入收到建议的单位；追究责任建议只有少数岗位可以看，不在月报计数"),
    ),
    Definition(
        "orders_answered",
        _("联席会议决定响应率"),
        RATE,
        _("条例第三十九条；约谈、限期整改第一次报告的期限在本月且已到期"),
        part=_("期限内提交书面报告的件数"),
        whole=_("约谈、限期整改的决定件数"),
        note=_("计入被决定的单位；退回重报的仍看第一次报告；已终止的不计"),
    ),
)
VARIANTS: tuple[Definition, ...] = (
    Definition(
        "answered_in_time",
        _("按期答复率（只看已答复）"),
        RATE,
        _("其他地方的公式，本地设定打开才计；期限截止日在本月且已到期"),
        part=_("期限内作出处理意见的件数"),
        whole=_("办理期限落在本月、已经作出处理意见的件数"),
        note=_("没有答复的不在分母里，所以不用来代替“按期办结率”"),
    ),
    Definition(
        "office_content_or_silent",
        _("信访部门参评满意（含未评）"),
        RATE,
        _("其他地方的公式，本地设定打开才计；评价期截止日在本月且已到期"),
        part=_("评为满意、基本满意和超期未评价的件数"),
        whole=_("应评价的件数"),
        note=_("乘以参评率即当地的“参评满意率”；把不评价当作满意，不用来代替“满意率”"),
    ),
    Definition(
        "unit_content_or_silent",
        _("责任单位参评满意（含未评）"),
        RATE,
        _("其他地方的公式，本地设定打开才计；评价期截止日在本月且已到期"),
        part=_("评为满意、基本满意和超期未评价的件数"),
        whole=_("应评价的件数"),
        note=_("乘以参评率即当地的“参评满意率”；把不评价当作满意，不用来代替“满意率”"),
    ),
)
#: Indicators of the field (domain C) that no figure counts, and why. No stub of them is on a page.
NOT_COUNTED: tuple[tuple[str, str], ...] = (
    (
        "接通率、15 秒接听",
        "offered and answered calls are known to a hotline's switchboard, which is not connected here",
    ),
    (
        "响应率、解决率、满意率（北京“三率”）",
        "they are asked by call-back of hotline requests; this system registers petitions",
    ),
    (
        "12345 按期办理率",
        "its nodes are those of hotline tickets; a request that becomes a petition is registered as one",
    ),
    (
        "公开回复率",
        "an answer goes to the petitioner alone: nothing records that one was published; a 复核意见 that is put up "
        "(条例 36) is no answer, and the law asks for no share of them",
    ),
    (
        "响应率（吹哨）",
        "orders to report at a place have no limit in any published text; those of the joint conference have",
    ),
    (
        "规范办理率（抽查）",
        "nobody samples closed papers here; the closing checks (条例 27) are counted under that name",
    ),
    ("参评满意率", "a product of two shares; its first factor is kept, off, the second is 参评率"),
    (
        "总分、排名",
        "no score of a unit or a person is made of these figures, and none rewards having fewer petitions",
    ),
)
