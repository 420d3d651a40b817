"""The rules the room ships with; loaded into rows once, then the rows are the truth. Thresholds are local ⚠: the
Regulation names what is to be supervised (条例 40), not after how many days."""

from __future__ import annotations

from typing import Any

from supervision.enums import Ground, Opens

BASIS = "《信访工作条例》第四十条"
SHIPPED: tuple[dict[str, Any], ...] = (
    {
        "ground": Ground.LATE_NOTICE,
        "basis": BASIS + "、第二十三条",
        "threshold": 1,
        "demand": "已超过受理告知期限，请立即决定是否受理并书面告知信访人，说明逾期原因。",
        "days": 3,
        "opens": Opens.AT_ONCE,
    },
    {
        "ground": Ground.LATE_ANSWER,
        "basis": BASIS + "、第三十四条",
        "threshold": 1,
        "demand": "已超过办理期限，请立即作出处理意见并送达，说明逾期原因。",
        "days": 7,
        "opens": Opens.PROPOSED,
    },
    {
        "ground": Ground.NOT_EXECUTED,
        "basis": BASIS + "、第三十二条",
        "threshold": 30,
        "window_days": 365,
        "demand": "请按已作出的支持诉求的处理意见落实到位，反馈落实情况。",
        "days": 15,
        "opens": Opens.PROPOSED,
    },
    {
        "ground": Ground.PASSING_ON,
        "basis": BASIS + "、第二十三条",
        "threshold": 2,
        "demand": "本件多次提出异议，请主要负责人研究，明确是否属于本单位职权并说明依据。",
        "days": 5,
        "opens": Opens.PROPOSED,
    },
    {
        "ground": Ground.CO_SILENCE,
        "basis": BASIS,
        "threshold": 15,
        "demand": "请按协办分工立即反馈意见，支持主办单位按期答复。",
        "days": 5,
        "opens": Opens.PROPOSED,
    },
    {
        "ground": Ground.LOW_RATING,
        "basis": BASIS,
        "threshold": 30,
        "window_days": 90,
        "least": 5,
        "demand": "请分析群众不满意的原因，提出改进措施。",
        "days": 15,
        "opens": Opens.PROPOSED,
    },
    {
        "ground": Ground.REPEATED,
        "basis": BASIS,
        "threshold": 2,
        "window_days": 365,
        "demand": "同一事项多次反映，请主要负责人包案，查清原因，实质解决。",
        "days": 15,
        "opens": Opens.PROPOSED,
    },
)


def fill(rule_model: Any, valid_from: Any) -> None:
    """Grounds that have no row yet; rows that exist stay."""
    known = set(rule_model.objects.values_list("ground", flat=True))
    rule_model.objects.bulk_create(
        rule_model(valid_from=valid_from, **row) for row in SHIPPED if row["ground"] not in known
    )
