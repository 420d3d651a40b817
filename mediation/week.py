"""Hours of a week as people write them: 8:30–12:00，13:30–17:30; a line for each weekday, none for a closed day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from itertools import groupby, pairwise

from django.utils.translation import gettext as _

from core.errors import Refusal
from core.timekeeping import SHANGHAI, WEEKDAYS

#: Spans of one day; more is a slip of the pen.
MOST_SPANS = 4
_SPAN = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~～至到]+\s*(\d{1,2})[:：](\d{2})")
_BETWEEN = re.compile(r"[,，、;；\s和]*")


@dataclass(frozen=True, order=True)
class Span:
    """From ``opens`` up to ``closes`` (not included) on every ``weekday`` (0 is Monday), in Asia/Shanghai."""

    weekday: int
    opens: time
    closes: time

    @property
    def words(self) -> str:
        return f"{self.opens:%H:%M}–{self.closes:%H:%M}"


def read_day(weekday: int, text: str) -> list[Span]:
    """The spans somebody typed for one weekday, earliest first. Raises Refusal with what to write."""
    spans, place = [], 0
    for found in _SPAN.finditer(text):
        if not _BETWEEN.fullmatch(text[place : found.start()]):
            break
        place = found.end()
        hours = [int(part) for part in found.groups()]
        if max(hours[0], hours[2]) > 23 or max(hours[1], hours[3]) > 59:
            raise Refusal(_("时间写到 23:59 为止，例如 8:30–12:00。"), code="invalid")
        spans.append(Span(weekday, time(hours[0], hours[1]), time(hours[2], hours[3])))
    if not _BETWEEN.fullmatch(text[place:]):
        raise Refusal(_("请写成 8:30–12:00，13:30–17:30；不开放的日子留空。"), code="invalid")
    spans.sort()
    check(spans)
    return spans


def check(spans: Iterable[Span]) -> None:
    """Raises Refusal: a span that ends before it begins, two that overlap, or too many for a day."""
    for _weekday, found in groupby(sorted(spans), key=lambda span: span.weekday):
        day = list(found)
        if any(span.closes <= span.opens for span in day):
            raise Refusal(_("结束时间须晚于开始时间。"), code="invalid")
        if any(later.opens < earlier.closes for earlier, later in pairwise(day)):
            raise Refusal(_("同一天的时段有重叠，请合并成一段。"), code="invalid")
        if len(day) > MOST_SPANS:
            raise Refusal(_("一天最多写 %(n)d 段时间。") % {"n": MOST_SPANS}, code="invalid")


def day_words(spans: Iterable[Span], weekday: int) -> str:
    return "，".join(span.words for span in sorted(spans) if span.weekday == weekday)


def week_words(spans: Iterable[Span]) -> list[tuple[str, str]]:
    """周一至周五 with its hours, weekdays of the same hours in one line; days without hours are left out."""
    found = list(spans)
    days = [(weekday, day_words(found, weekday)) for weekday in range(7)]
    lines = []
    for hours, group in groupby(days, key=lambda day: day[1]):
        alike = [weekday for weekday, _hours in group]
        if hours:
            first, last = WEEKDAYS[alike[0]], WEEKDAYS[alike[-1]]
            lines.append((first if first == last else _("%s至%s") % (first, last), hours))
    return lines


def covers(spans: Iterable[Span], starts_at: datetime, ends_at: datetime) -> bool:
    """Whether the two aware moments lie within one span of their day."""
    start, end = starts_at.astimezone(SHANGHAI), ends_at.astimezone(SHANGHAI)
    if start.date() != end.date():
        return False
    return any(
        span.weekday == start.weekday() and span.opens <= start.time() and end.time() <= span.closes
        for span in spans
    )
