"""Chinese words for what stands in the audit log. Each room names its own acts when the project starts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps

from core.converters import scattered

_acts: dict[str, str] = {}
_values: dict[str, dict[str, str]] = {}
#: Words of the keys that rooms write into an entry's detail. A key that is not here is shown as it was written.
_keys: dict[str, str] = {
    "act": "操作",
    "added": "增加",
    "address": "来自地址",
    "agreed": "是否同意",
    "attachment": "附件",
    "case": "信访件",
    "channel": "信访形式",
    "charge": "分管机构",
    "clocks_moved": "重算的期限",
    "co_units": "协办单位",
    "complained": "被反映单位",
    "complained_was": "原被反映单位",
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
    "ground": "情形",
    "hash": "摘要",
    "job": "导出编号",
    "level": "级别",
    "body": "复查复核机关",
    "method": "方式",
    "email": "电子邮箱",
    "name": "姓名或名称",
    "number": "文号",
    "phone": "电话",
    "short_name": "简称",
    "code": "代码",
    "valid_from": "起用日期",
    "valid_until": "停用日期",
    "object_id": "对象编号",
    "object_type": "对象类型",
    "on": "日期",
    "on_the_spot": "未预约",
    "outcome": "结果",
    "parent": "上级机构",
    "path": "办理路径",
    "person": "信访人代号",
    "reason": "理由",
    "removed": "减少",
    "result": "结果",
    "review_superior": "复查机关",
    "role": "角色",
    "side": "哪一方",
    "since": "起始日期",
    "simplified": "简易办理",
    "source": "来源",
    "status": "状态",
    "target_on": "目标日期",
    "to": "新上级机构",
    "unit": "机构",
    "until": "截止日期",
    "user": "人员",
    "urgency": "紧急程度",
    "was": "原性质",
    "what": "标记内容",
    "where": "在哪里",
    "who": "人员",
    "of_user": "导出人",
}
#: Keys whose numbers are units or people; ``names`` of ``detail_lines`` tells what they are called.
UNIT_KEYS = frozenset({"unit", "co_units", "charge", "parent", "from", "to", "review_superior"}) | {
    "complained",
    "complained_was",
    "added",
    "removed",
}
USER_KEYS = frozenset({"user", "followed", "of_user", "substitute"})
#: Keys whose numbers are rows that nobody names: shown as addresses show them, so that they do not count.
ROW_KEYS = frozenset({"person", "attachment", "login"})
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


def name_doors(room: str, doors: Mapping[str, str]) -> None:
    """Give pages their words, by the names of their addresses in that room."""
    name_details(door={f"{room}:{name}": word for name, word in doors.items()})


def acts_named() -> list[str]:
    """The words of all acts, each once."""
    return sorted(set(_acts.values()))


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
    return _named(key, value, names) or _values.get(key, {}).get(str(value), str(value))


def _named(key: str, value: Any, names: Mapping[tuple[str, Any], str]) -> str:
    """What stands for a value that names a unit, a person, a case, a row, a kind of object or a field; else ""."""
    if key in CASE_KEYS:
        return names.get(("case", str(value)), str(value))
    if key in ROW_KEYS and isinstance(value, int):
        return scattered(value)
    if key == "object_type":
        return object_label(str(value))
    if key in {"fields", "filters"}:
        return _keys.get(str(value), "")
    kind = "unit" if key in UNIT_KEYS else "user" if key in USER_KEYS else ""
    return names.get((kind, value), "") if isinstance(value, int) else ""


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
