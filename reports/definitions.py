"""What each figure of the month means. Printed on the page, on the workbook's second sheet and in docs."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from reports.defining import Definition
from reports.further_definitions import FURTHER, VARIANTS

__all__ = ["BY_CODE", "DEFINITIONS", "Definition", "shown_definitions"]

REGISTERED = _("登记时间在本月")
ORDER = _("本区 10-30-24；时限在本月且已到")
UNANSWERED = _("没有这一步就答复或不予受理的，算未达成；期限约束哪个单位就计入哪个单位")
RATED = _("评价时间在本月；评价人只能是信访人")
SATISFIED = _("评为满意、基本满意的件数")
FEW = _(
    "超期未评价不算满意。督查岗位和区领导以外，不足 5 件评价的不显示（—），"
    "由合计可以推算出来的也不显示；区级信访、督查、统计岗位和区领导以外还只计已办结归档的件"
)
DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "count",
        _("件次"),
        _("件次"),
        _("登记时间在本月；检举控告不计入"),
        counts=_("本月登记的来信、网上、来电等件数 + 来访批次；一批来访计 1 件次"),
    ),
    Definition(
        "pieces", _("件"), _("件"), REGISTERED, counts=_("本月登记的来信、网上、来电、留言等（来访除外）")
    ),
    Definition("batches", _("批"), _("批"), REGISTERED, counts=_("本月登记的来访和领导接访的批次之和")),
    Definition(
        "heads", _("人次"), _("人次"), REGISTERED, counts=_("本月来访和领导接访的人数之和，人数不设上限")
    ),
    Definition(
        "mass_batches",
        _("集体访批"),
        _("批"),
        REGISTERED,
        counts=_("“批”里平均每批达到集体访人数（本地设定，通常 5 人）的批次之和"),
        version=2,
        setting="MASS_VISIT_HEADS",
        set_in=_("人"),
    ),
    Definition(
        "mass_heads",
        _("集体访人次"),
        _("人次"),
        REGISTERED,
        counts=_("“人次”里属于集体访的人数之和"),
        setting="MASS_VISIT_HEADS",
        set_in=_("人"),
    ),
    Definition(
        "repeats", _("重复件次"), _("件次"), REGISTERED, counts=_("经工作人员确认与原件同人同事的件次")
    ),
    Definition("repeat_rate", _("重复信访率"), _("%"), REGISTERED, part=_("重复件次"), whole=_("总件次")),
    Definition(
        "forwarding",
        _("按期转送率"),
        _("%"),
        _("条例第二十二条；期限截止日在本月且已到期"),
        part=_("期限内转送、交办的件数"),
        whole=_("转送期限（15 日）落在本月的件数"),
        note=_("期限约束转送的部门，计入该部门，不计入收件的责任单位"),
    ),
    Definition(
        "acceptance",
        _("按期受理告知率"),
        _("%"),
        _("条例第二十三条；期限截止日在本月且已到期"),
        part=_("责任单位期限内决定并书面告知信访人的件数（网上件由查询页告知；依法无从告知的计入）"),
        whole=_("受理告知期限（15 日）落在本月的件数"),
        note=_("同意异议退回的不计；期限约束哪个单位就计入哪个单位"),
    ),
    Definition(
        "conclusion",
        _("按期办结率"),
        _("%"),
        _("条例第三十一条第六项、第三十四条；期限截止日在本月且已到期"),
        part=_("期限内作出处理意见（文书编号印发；系统外出具的按成文日期，未登记的按送达）的件数"),
        whole=_("办理期限（60 日，含经批准的延期）落在本月的件数"),
        note=_("仅路径六，期限内改为其他途径的不计；期限约束哪个单位就计入哪个单位"),
    ),
    Definition(
        "respond_10",
        _("10 分钟首次回应率"),
        _("%"),
        ORDER,
        part=_("10 分钟内首次回应的件数"),
        whole=_("回应时限落在本月且已到的件数"),
        note=_(
            "没有这一步就答复或不予受理的，算未达成；匿名又没有留电话的不计；期限约束哪个单位就计入哪个单位"
        ),
    ),
    Definition(
        "call_30",
        _("30 分钟电话约见率"),
        _("%"),
        ORDER,
        part=_("30 分钟内电话联系并约定见面的件数"),
        whole=_("约见时限落在本月且已到的件数"),
        note=_(
            "没有这一步就答复或不予受理的，算未达成；未留电话的不计；未接通（含号码有误）另列；期限约束哪个单位就计入哪个单位"
        ),
    ),
    Definition(
        "unreached",
        _("未接通"),
        _("件"),
        ORDER,
        counts=_("30 分钟约见未达成、而时限以前有未接通（含号码有误）记录的件数"),
        note=_("期限约束哪个单位就计入哪个单位"),
    ),
    Definition(
        "first_round_24",
        _("24 小时首轮办结率"),
        _("%"),
        ORDER,
        part=_("24 小时内明确责任人并完成首轮办结的件数"),
        whole=_("首轮时限落在本月且已到的件数"),
        note=UNANSWERED,
    ),
    Definition(
        "office_satisfaction",
        _("信访部门满意率"),
        _("%"),
        RATED,
        part=SATISFIED,
        whole=_("信访人对信访部门已评价的件数"),
        note=FEW,
        version=2,
    ),
    Definition(
        "unit_satisfaction",
        _("责任单位满意率"),
        _("%"),
        RATED,
        part=SATISFIED,
        whole=_("信访人对责任单位已评价的件数"),
        note=FEW,
        version=2,
    ),
    Definition(
        "participation",
        _("参评率"),
        _("%"),
        _("评价期截止日在本月且已到期"),
        part=_("评价期内已评价的件数"),
        whole=_("应评价的件数（已评价 + 超期未评价）"),
        note=_(
            "评价期未满的不计，但评价以后才责令重办的仍计；"
            "送达录入迟的，评价期保留到录入之日起满 30 日，以这一日为截止日"
        ),
        version=2,
    ),
    Definition(
        "refusal",
        _("不予受理率"),
        _("%"),
        _("受理决定在本月；只作背景，不作考核"),
        part=_("不予受理的件数"),
        whole=_("受理和不予受理的件数"),
        note=_("哪个单位作出决定就计入哪个单位"),
    ),
    *FURTHER,
    *VARIANTS,
)
BY_CODE = {definition.code: definition for definition in DEFINITIONS}


def shown_definitions() -> tuple[Definition, ...]:
    """Those of the figures that this county counts: formulas of other places beside ours are off unless set."""
    off = set() if settings.REPORT_VARIANTS else {one.code for one in VARIANTS}
    return tuple(one for one in DEFINITIONS if one.code not in off)
