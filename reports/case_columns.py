"""The columns of an exported list of cases: one row each, with what it is read from and how it is shown.

Nothing stands here that the case page would not show to a reader of the case. Texts that people typed are ``veiled``:
a reader who must not know the petitioner gets them as on the page. What names people is ``PEOPLE``, and is asked for
with a reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.sheets import Cell
from petitions.enums import Channel, Kind, Path, Status, Urgency

VISITS = frozenset(channel.value for channel in Channel if channel.counted_in == "批")
YES, NO = _("是"), _("否")


@dataclass(frozen=True)
class Column:
    """``reads``: ways from the case to the values that ``show`` gets; ``width`` in signs of a column.

    ``moment``: an instant, shown as date and time in Asia/Shanghai. ``usual``: ticked when the page opens.
    """

    code: str
    name: str | Promise
    reads: tuple[str, ...]
    width: int = 12
    show: Callable[..., Cell] = lambda value: value
    moment: bool = False
    veiled: bool = False
    usual: bool = True


def _said(choices: Any) -> Callable[[Any], Cell]:
    """The words of a choice, made once and not for each row."""
    words: dict[Any, str] = {}

    def show(value: Any) -> Cell:
        if value is None or value == "":
            return None
        found = words.get(value)
        if found is None:
            found = words[value] = str(choices(value).label)
        return found

    return show


@cache
def _yes_no(value: bool) -> Cell:
    return str(YES if value else NO)


def _mass(channel: str, heads: int, batches: int) -> Cell:
    """What ``Petition.is_mass_visit`` says."""
    return _yes_no(channel in VISITS and heads >= settings.MASS_VISIT_HEADS * batches)


@cache
def _first(value: bool) -> Cell:
    return str(_("初次")) if value else str(_("重复"))


def _nationwide(value: bool | None) -> Cell:
    return None if value is None else _first(value)


COLUMNS: dict[str, Column] = {
    column.code: column
    for column in (
        Column("number", _("编号"), ("number",), 20),
        Column("national", _("国家平台编号"), ("national_number",), 20),
        Column("status", _("状态"), ("status",), show=_said(Status)),
        Column("channel", _("信访形式"), ("channel",), show=_said(Channel)),
        Column("kind", _("信访目的"), ("kind",), show=_said(Kind)),
        Column("path", _("办理路径"), ("path",), 18, show=_said(Path)),
        Column("simplified", _("简易办理"), ("simplified",), 9, show=_yes_no),
        Column("subject", _("标题"), ("subject",), 36, veiled=True),
        Column("body", _("内容"), ("body",), 60, veiled=True, usual=False),
        Column("level1", _("内容分类一级"), ("category__level1",), 14),
        Column("level2", _("内容分类二级"), ("category__level2",), 14),
        Column("level3", _("内容分类三级"), ("category__level3",), 14),
        Column("place", _("问题属地"), ("place_unit__name",), 16),
        Column("spot", _("具体地点"), ("place_text",), 20, veiled=True, usual=False),
        Column("urgency", _("紧急程度"), ("urgency",), 9, show=_said(Urgency)),
        Column("complained", _("被反映单位"), ("complained_unit__name",), 18),
        Column("anonymous", _("匿名"), ("anonymous",), 7, show=_yes_no),
        Column("confidential", _("保密"), ("confidential",), 7, show=_yes_no),
        Column("heads", _("人数"), ("head_count",), 7),
        Column("batches", _("批次"), ("batch_count",), 7),
        Column("joint", _("联名"), ("head_count",), 7, show=lambda heads: _yes_no(heads > 1)),
        Column("mass", _("集体访"), ("channel", "head_count", "batch_count"), 8, show=_mass),
        Column("first", _("本机构初次或重复"), ("first_here",), 10, show=_first),
        Column("nationwide", _("全国初次或重复"), ("first_nationwide",), 10, show=_nationwide),
        Column("received", _("收到时间"), ("received_at",), 17, moment=True),
        Column("registered", _("登记时间"), ("registered_at",), 17, moment=True),
        Column("registrar", _("登记机构"), ("registered_unit__name",), 18),
        Column("lead", _("主办单位"), ("lead_unit__name",), 18),
        Column("responsible", _("责任人"), ("responsible__name",), 10),
        Column("accepted", _("受理时间"), ("accepted_at",), 17, moment=True),
        Column("concluded", _("答复时间"), ("concluded_at",), 17, moment=True),
        Column("served", _("送达时间"), ("served_at",), 17, moment=True),
        Column("closed", _("办结时间"), ("closed_at",), 17, moment=True),
        Column("due", _("最近期限"), ("due_at",), 17, moment=True),
    )
}
#: Fields of the people of a case; read from the people themselves, of each case as its own page would show them.
PEOPLE: dict[str, Column] = {
    column.code: column
    for column in (
        Column("people_name", _("信访人姓名"), (), 16),
        Column("people_phone", _("信访人电话"), (), 16),
        Column("people_id_number", _("信访人证件号"), (), 22),
        Column("people_address", _("信访人住址"), (), 30),
    )
}
#: What petitioners wrote or were written about with: people are named in it, so it leaves with a reason as they do.
WRITTEN = frozenset({"body", "spot"})
PERSONAL = WRITTEN | PEOPLE.keys()
ALL = COLUMNS | PEOPLE
USUAL = tuple(code for code, column in COLUMNS.items() if column.usual)


def chosen(codes: list[str]) -> list[Column]:
    """The columns of these codes in the order of the house; unknown codes are passed over."""
    wanted = set(codes)
    return [column for code, column in ALL.items() if code in wanted]
