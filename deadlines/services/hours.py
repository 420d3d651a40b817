"""Entering duty hours, of the district or of one unit. What runs keeps the hours it started under."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db import transaction

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Unit
from accounts.services import audit
from core.errors import Refusal
from core.wording import said
from deadlines.models import DutyHours

LONGEST_REASON = 500
MOST_SPANS = 6
#: Fewer minutes a day are taken for a slip: rules of hours would run for months.
FEWEST = 60
_SPAN = re.compile(r"(\d{1,2})[:：](\d{2})\s*(?:-|—|–|~|至|到)\s*(\d{1,2})[:：](\d{2})")


def read_spans(text: str) -> list[tuple[int, int]]:
    """08:30-12:00、14:00-17:30 as minutes of the day, in order. Raises Refusal (code "spans")."""
    spans = []
    for part in filter(None, re.split(r"[、,，;；\s]+(?=\d)", text.strip())):
        found = _SPAN.fullmatch(part.strip())
        if found is None:
            raise Refusal(f"“{part[:30]}”应形如08:30-12:00，几段之间用顿号隔开。", code="spans")
        first_hour, first, end_hour, end = map(int, found.groups())
        if first > 59 or end > 59:
            raise Refusal(f"“{part[:30]}”不是一天里的时间。", code="spans")
        spans.append((first_hour * 60 + first, end_hour * 60 + end))
    _check(spans)
    return spans


def _check(spans: Sequence[tuple[int, int]]) -> None:
    if len(spans) > MOST_SPANS:
        raise Refusal(f"一天最多分{MOST_SPANS}段。", code="spans")
    before = 0
    for first, end in spans:
        if not before <= first < end <= 24 * 60:
            raise Refusal("各段须从早到晚排列，不能重叠，结束在开始之后，不晚于24:00。", code="spans")
        before = end
    if spans and sum(end - first for first, end in spans) < FEWEST:
        raise Refusal("一天的办公时间不到1小时，请核对。", code="spans")


def enter_hours(*, actor: Actor, unit: Unit | None, spans: str, every_day: bool, reason: str) -> DutyHours:
    """Hours that count for clocks that start from now on; empty ``spans``: the unit goes by the district's again.

    Raises Refusal: another than the system administrator, no reason, spans that cannot be, none for the district.
    """
    if actor.role != Role.SYSTEM_ADMIN:
        raise Refusal("办公时间由系统管理员登记。", code="forbidden")
    reason = said(reason, "请写明理由和依据。", longest=LONGEST_REASON)
    read = read_spans(spans)
    if not read and unit is None:
        raise Refusal("请填写全区的办公时间。", code="spans")
    with transaction.atomic():
        row = DutyHours.objects.create(
            unit=unit,
            spans=[[_text(first), _text(end)] for first, end in read],
            every_day=every_day and bool(read),
            reason=reason,
            entered_by=actor.user,
        )
        told = "、".join("-".join(span) for span in row.spans)
        detail = {
            "hours_of": unit.name if unit else "全区",
            "hours": told,
            "every_day": row.every_day,
            "reason": reason,
        }
        audit.record(actor=actor, act="hours.enter", obj=row, detail=detail)
    return row


def _text(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
