"""Chinese words for what stands in the audit log. Each room names its own acts when the project starts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps

_acts: dict[str, str] = {}
_values: dict[str, dict[str, str]] = {}
#: Words of the keys that rooms write into an entry's detail. A key that is not here is shown as it was written.
_keys: dict[str, str] = {
    "address": "来自地址",
    "attachment": "附件",
    "case": "信访件",
    "channel": "信访形式",
    "charge": "分管机构",
    "clocks_moved": "重算的期限",
    "co_units": "协办单位",
    "days": "天数",
    "enough": "是否知道了",
    "field": "项目",
    "fields": "改了",
    "filters": "筛选条件",
    "followed": "查看了谁的记录",
    "from": "原上级机构",
    "how": "方式",
    "imported": "批量导入",
    "kind": "性质",
    "meeting": "约定见面",
    "month": "月份",
    "new": "新事项",
    "object_id": "对象编号",
    "object_type": "对象类型",
    "on": "日期",
    "on_the_spot": "未预约",
    "outcome": "结果",
    "parent": "上级机构",
    "path": "办理路径",
    "person": "人员编号",
    "reason": "理由",
    "result": "结果",
    "review_superior": "复查机关",
    "role": "角色",
    "side": "哪一方",
    "since": "起始日期",
    "source": "来源",
    "status": "状态",
    "target_on": "目标日期",
    "to": "新上级机构",
    "unit": "机构",
    "until": "截止日期",
    "user": "人员",
    "was": "原性质",
    "where": "在哪里",
}
#: Keys whose numbers are units or people; ``names`` of ``detail_lines`` tells what they are called.
UNIT_KEYS = frozenset({"unit", "co_units", "charge", "parent", "from", "to", "review_superior"})
USER_KEYS = frozenset({"user", "followed"})
#: Keys whose values name cases, as objects do (``audit_cases``).
CASE_KEYS = frozenset({"case", "original"})
#: Written by earlier versions; an auditor learns nothing about which cases are sealed (条例 30).
UNTOLD = frozenset({"sealed"})


def name_acts(words: Mapping[str, str]) -> None:
    """Give acts their words: ``name_acts({"case.print": "打印回执"})``, called in ``AppConfig.ready``."""
    _acts.update(words)


def name_details(keys: Mapping[str, str] | None = None, **values: Mapping[Any, Any]) -> None:
    """Give keys and codes of details their words: ``name_details(channel=dict(Channel.choices))``."""
    _keys.update(keys or {})
    for key, words in values.items():
        _values.setdefault(key, {}).update({str(code): str(word) for code, word in words.items()})


def detail_lines(
    detail: Mapping[str, Any], names: Mapping[tuple[str, Any], str] | None = None
) -> list[tuple[str, str]]:
    """Each key of a detail with its value, in words where there are any. ``names``: ("unit", 12) → 城市管理局."""
    told = ((key, value) for key, value in detail.items() if key not in UNTOLD)
    return [(_keys.get(key, key), _value(key, value, names or {})) for key, value in told]


def _value(key: str, value: Any, names: Mapping[tuple[str, Any], str]) -> str:
    if isinstance(value, (list, tuple)):
        return "、".join(_value(key, one, names) for one in value) or "无"
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    kind = "unit" if key in UNIT_KEYS else "user" if key in USER_KEYS else ""
    named = ("case", str(value)) if key in CASE_KEYS else (kind, value)
    if named in names:
        return names[named]
    if key in {"fields", "filters"}:
        return _keys.get(str(value), str(value))
    return _values.get(key, {}).get(str(value), str(value))


def act_label(act: str) -> str:
    """The word of an act, or the act itself where nobody named it."""
    return _acts.get(act, act)


def acts_called(word: str) -> list[str]:
    """Acts whose word contains ``word``."""
    return [act for act, label in _acts.items() if word in label]


def object_label(object_type: str) -> str:
    """The word of a model by its label ("accounts.post": 岗位), or the label itself."""
    try:
        return str(apps.get_model(object_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return object_type
