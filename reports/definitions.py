"""What each figure of the month means. Printed on the page, on the workbook's second sheet and in docs."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Definition:
    code: str
    name: str | Promise
    formula: str | Promise
    unit: str | Promise
    basis: str | Promise


DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "count",
        _("件次"),
        _("本月登记的来信、网上、来电等件数 + 来访批次；一批来访计 1 件次"),
        _("件次"),
        _("登记时间在本月；检举控告不计入"),
    ),
    Definition(
        "pieces", _("件"), _("本月登记的来信、网上、来电、留言等（来访除外）"), _("件"), _("登记时间在本月")
    ),
    Definition("batches", _("批"), _("本月登记的来访和领导接访的批次之和"), _("批"), _("登记时间在本月")),
    Definition(
        "heads", _("人次"), _("本月来访和领导接访的人数之和，人数不设上限"), _("人次"), _("登记时间在本月")
    ),
    Definition(
        "repeats", _("重复件次"), _("经工作人员确认与原件同人同事的件次"), _("件次"), _("登记时间在本月")
    ),
    Definition("repeat_rate", _("重复信访率"), _("重复件次 ÷ 总件次"), _("%"), _("登记时间在本月")),
    Definition(
        "forwarding",
        _("按期转送率"),
        _("期限内转送、交办的件数 ÷ 转送期限（15 日）落在本月的件数"),
        _("%"),
        _("条例第二十二条；期限截止日在本月且已到期"),
    ),
    Definition(
        "acceptance",
        _("按期受理告知率"),
        _("责任单位期限内受理或告知不予受理的件数 ÷ 受理告知期限（15 日）落在本月的件数；同意异议退回的不计"),
        _("%"),
        _("条例第二十三条；期限截止日在本月且已到期"),
    ),
    Definition(
        "conclusion",
        _("按期办结率"),
        _("期限内答复的件数 ÷ 办理期限（60 日，含经批准的延期）落在本月的件数；仅路径六"),
        _("%"),
        _("条例第三十一条第六项、第三十四条；期限截止日在本月且已到期"),
    ),
    Definition(
        "respond_10",
        _("10 分钟回应率"),
        _("10 分钟内首次回应的件数 ÷ 回应时限落在本月且已到的件数；没有回应就答复或不予受理的，算未达成"),
        _("%"),
        _("本区 10-30-24"),
    ),
    Definition(
        "call_30",
        _("30 分钟约见率"),
        _(
            "30 分钟内电话联系并约定见面的件数 ÷ 约见时限落在本月且已到的件数；"
            "没有约见就答复或不予受理的，算未达成；未留电话的不计；未接通另列"
        ),
        _("%"),
        _("本区 10-30-24"),
    ),
    Definition(
        "first_round_24",
        _("24 小时首轮办结率"),
        _(
            "24 小时内明确责任人并完成首轮办结的件数 ÷ 首轮时限落在本月且已到的件数；"
            "没有首轮办结就答复或不予受理的，算未达成"
        ),
        _("%"),
        _("本区 10-30-24"),
    ),
    Definition(
        "office_satisfaction",
        _("信访部门满意率"),
        _(
            "（满意 + 基本满意）÷ 已评价；超期未评价不算满意。"
            "区级信访、督查、统计岗位和区领导以外，只计已办结归档的件，不足 5 件评价的不显示（—）"
        ),
        _("%"),
        _("评价时间在本月；评价人只能是信访人"),
    ),
    Definition(
        "unit_satisfaction",
        _("责任单位满意率"),
        _(
            "（满意 + 基本满意）÷ 已评价；超期未评价不算满意。"
            "区级信访、督查、统计岗位和区领导以外，只计已办结归档的件，不足 5 件评价的不显示（—）"
        ),
        _("%"),
        _("评价时间在本月；评价人只能是信访人"),
    ),
    Definition(
        "participation",
        _("参评率"),
        _("已评价 ÷ 应评价（已评价 + 超期未评价）；评价期未满的不计"),
        _("%"),
        _("评价期截止日在本月"),
    ),
    Definition(
        "refusal",
        _("不予受理率"),
        _("不予受理 ÷（受理 + 不予受理）"),
        _("%"),
        _("受理决定在本月；只作背景，不作考核"),
    ),
)
BY_CODE = {definition.code: definition for definition in DEFINITIONS}
