"""Due dates, pure: a rule, a start, a calendar in; dates and the sentences that explain them out.

Day counting after the Civil Code, articles 200 to 204, by analogy (the 《信访工作条例》 is silent on it): the
start day is not counted, a day ends at 24:00 and is stored as 23:59:59.999999 Asia/Shanghai of that day, and
a last day on a day off moves to the next working day. Days of the 条例 are calendar days unless it says
工作日. Minutes and hours run through nights and holidays, unless the rule counts duty hours only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from core.timekeeping import SHANGHAI, local_day
from deadlines import duty as duty_time
from deadlines.duty import DutyTime
from deadlines.enums import CONTINUOUS, LengthUnit
from deadlines.working_calendar import ONE_DAY, CalendarBroken, WorkingCalendar

LONGEST = {LengthUnit.MINUTE: 100_000, LengthUnit.HOUR: 10_000, LengthUnit.CALENDAR_DAY: 3_660}
LONGEST_WORKING = 1_000
WEEKDAYS = "一二三四五六日"
NOT_ENTERED = "放假安排尚未录入"


class CountingError(ValueError):
    """The count cannot be made; the sentence says why, in Chinese."""


class CountingRule(Protocol):
    """What the arithmetic needs of a rule."""

    name: str
    basis: str
    length: int | None
    unit: str
    rolls: bool


@dataclass(frozen=True)
class Due:
    """``raw_due_at`` by the bare count, ``due_at`` after moving off a day off; both aware, Asia/Shanghai. ``extension``
    tells what was added to the count that ``steps`` tell; ``hours`` is the id of the duty hours it was counted by."""

    raw_due_at: datetime
    due_at: datetime
    provisional: bool
    steps: tuple[str, ...]
    extension: tuple[str, ...] = ()
    hours: int | None = None


def end_of_day(day: date) -> datetime:
    """24:00 of the day, written as its last microsecond so that it still falls on the day."""
    return datetime.combine(day, time.max, SHANGHAI)


def day_text(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"


def moment_text(moment: datetime) -> str:
    """An instant in words; the last microsecond of a day is its 24:00."""
    local = moment.astimezone(SHANGHAI)
    if local.time() == time.max:
        return f"{day_text(local.date())}24:00"
    return (
        f"{day_text(local.date())}{local:%H:%M:%S}"
        if local.second
        else f"{day_text(local.date())}{local:%H:%M}"
    )


def due_at(
    rule: CountingRule,
    start: datetime,
    calendar: WorkingCalendar,
    *,
    length: int | None = None,
    due_on: date | None = None,
    speed: int = 1,
    duty: DutyTime | None = None,
) -> Due:
    """When a clock started at ``start`` under ``rule`` is due.

    ``length`` overrides the rule's own, in the rule's unit. ``due_on`` sets the last day by hand; it is not
    moved off a holiday, because somebody chose it. ``speed`` divides minute and hour lengths (the trial's
    fast clock). ``duty``: only minutes within these hours count. Where the calendar is broken, plain weeks count and
    the date is 暂定: a case always gets its date. Raises ValueError for a naive start, CountingError for a length or
    date that cannot be.
    """
    if start.tzinfo is None:
        raise ValueError("due_at needs an aware datetime")
    start = start.astimezone(SHANGHAI)

    def count(calendar: WorkingCalendar) -> Due:
        return _due_at(rule, start, calendar, length, due_on, speed, duty)

    return _on_whole_calendar(count, calendar)


def _on_whole_calendar(count: Callable[[WorkingCalendar], Due], calendar: WorkingCalendar) -> Due:
    try:
        return count(calendar)
    except CalendarBroken as broken:
        due, what = count(calendar.plain()), str(broken)
    why = f"{what}现按普通周和固定日期节日计算，此日期为暂定。"
    steps = (*(step for step in due.steps if NOT_ENTERED not in step), why)
    return replace(due, provisional=True, steps=steps)


def _due_at(
    rule: CountingRule,
    start: datetime,
    calendar: WorkingCalendar,
    length: int | None,
    due_on: date | None,
    speed: int,
    duty: DutyTime | None,
) -> Due:
    if due_on is not None:
        return _by_hand(rule, start, due_on)
    count = _count(rule, length)
    try:
        if rule.unit in CONTINUOUS and duty is not None:
            return _within_duty(rule, start, count, speed, duty, calendar)
        if rule.unit in CONTINUOUS:
            return _continuous(rule, start, count, speed)
        if rule.unit == LengthUnit.WORKING_DAY:
            return _working_days(rule, start, count, calendar)
        return _calendar_days(rule, start, count, calendar)
    except OverflowError:
        raise CountingError(f"自{day_text(start.date())}起算的到期日超出可计算的范围。") from None


def extended(rule: CountingRule, raw_due_at: datetime, days: int, calendar: WorkingCalendar) -> Due:
    """The due date ``days`` calendar days after the raw one, moved off a day off anew (条例 34)."""
    last = local_day(raw_due_at) + timedelta(days=days)
    told = f"自原期限{day_text(local_day(raw_due_at))}延长{days}日，至{day_text(last)}24:00。"
    return _on_whole_calendar(lambda calendar: _rolled(rule, last, calendar, [told]), calendar)


def _count(rule: CountingRule, length: int | None) -> int:
    count = rule.length if length is None else length
    if count is None:
        raise CountingError(f"“{rule.name}”没有固定期限，需指定到期日期。")
    unit = LengthUnit(rule.unit)
    longest = LONGEST.get(unit, LONGEST_WORKING)
    if not 0 < count <= longest:
        raise CountingError(f"“{rule.name}”的期限须在1至{longest}{unit.label}之间，不能是{count}。")
    return count


def _by_hand(rule: CountingRule, start: datetime, due_on: date) -> Due:
    if due_on < start.date():
        raise CountingError(
            f"“{rule.name}”的到期日期{day_text(due_on)}早于开始日期{day_text(start.date())}。"
        )
    end = end_of_day(due_on)
    steps = (
        f"{moment_text(start)}开始。",
        f"到期日期由设定人指定为{day_text(due_on)}，至当日24:00届满，不因休息日顺延。",
    )
    return Due(end, end, False, steps)


def _span(rule: CountingRule, count: int) -> timedelta:
    return timedelta(minutes=count) if rule.unit == LengthUnit.MINUTE else timedelta(hours=count)


def _within_duty(
    rule: CountingRule, start: datetime, count: int, speed: int, duty: DutyTime, calendar: WorkingCalendar
) -> Due:
    end = duty_time.shift(start, _span(rule, count) / speed, duty, calendar)
    whose = f"{duty.whose}的" if duty.whose else ""
    steps = [f"{moment_text(start)}开始，只计{whose}办公时间：{duty.words}。"]
    if not duty_time.on_duty(start, duty, calendar):
        steps.append("开始时不在办公时间，从其后的办公时间起计。")
    if speed != 1:
        steps.append(f"试用环境时钟加快{speed}倍。")
    steps.append(f"期限{count}{LengthUnit(rule.unit).label}，至{moment_text(end)}届满。")
    passed = (end.date() - start.date()).days
    looked_at = [] if duty.every_day else [start.date() + n * ONE_DAY for n in range(passed + 1)]
    unknown = sorted({day.year for day in looked_at if not calendar.is_confirmed(day)})
    if unknown:
        steps.append(_not_entered(unknown))
    return Due(end, end, bool(unknown), tuple(steps), hours=duty.version)


def _continuous(rule: CountingRule, start: datetime, count: int, speed: int) -> Due:
    unit = LengthUnit(rule.unit)
    span = _span(rule, count)
    # Added in UTC: in a zone's own wall clock an hour is not always an hour.
    end = (start.astimezone(UTC) + span / speed).astimezone(SHANGHAI)
    steps = [
        f"{moment_text(start)}开始，按连续时间计算，夜间和节假日不停。",
        f"期限{count}{unit.label}，至{moment_text(end)}届满。",
    ]
    if speed != 1:
        steps.insert(1, f"试用环境时钟加快{speed}倍。")
    return Due(end, end, False, tuple(steps))


def _calendar_days(rule: CountingRule, start: datetime, count: int, calendar: WorkingCalendar) -> Due:
    last = start.date() + timedelta(days=count)
    steps = [
        f"{moment_text(start)}开始，当日不计，自{day_text(start.date() + ONE_DAY)}起算。",
        f"按自然日计{count}日，末日为{day_text(last)}24:00。",
    ]
    return _rolled(rule, last, calendar, steps)


def _rolled(rule: CountingRule, last: date, calendar: WorkingCalendar, steps: list[str]) -> Due:
    if not rule.rolls:
        return Due(end_of_day(last), end_of_day(last), False, (*steps, "本规则末日遇休息日不顺延。"))
    final = calendar.first_workday_from(last)
    looked_at = [last + n * ONE_DAY for n in range((final - last).days + 1)]
    if final == last:
        why = f"（{calendar.note(last)}）" if calendar.note(last) else ""
        steps.append(f"末日是工作日{why}，不顺延。")
    else:
        why = f"（{calendar.note(final)}）" if calendar.note(final) else ""
        off = _notes(looked_at[:-1], calendar)
        steps.append(f"末日是休息日（{off}），顺延至其后第一个工作日{day_text(final)}{why}24:00。")
    return _finished(last, final, looked_at, calendar, steps)


def _working_days(rule: CountingRule, start: datetime, count: int, calendar: WorkingCalendar) -> Due:
    day, worked, looked_at = start.date(), 0, []
    while worked < count:
        following = calendar.first_workday_from(day + ONE_DAY)
        looked_at += [day + n * ONE_DAY for n in range(1, (following - day).days + 1)]
        day, worked = following, worked + 1
    off = [d for d in looked_at if not calendar.is_workday(d)]
    made_up = [d for d in looked_at if calendar.is_workday(d) and d.weekday() >= 5]
    steps = [f"{moment_text(start)}开始，当日不计，自{day_text(start.date() + ONE_DAY)}起算。"]
    if off:
        steps.append(f"其间休息日{len(off)}天不计（{_notes(off, calendar)}）。")
    if made_up:
        steps.append(f"调休上班日计入：{'、'.join(day_text(d) for d in made_up)}。")
    steps.append(f"第{count}个工作日为{day_text(day)}，至当日24:00届满。")
    return _finished(day, day, looked_at, calendar, steps)


def _notes(days: list[date], calendar: WorkingCalendar) -> str:
    """The reasons of some days off, each once, in order."""
    return "、".join(dict.fromkeys(calendar.note(day) for day in days))


def _not_entered(years: list[int]) -> str:
    names = "、".join(str(year) for year in years)
    return f"{names}年{NOT_ENTERED}，按普通周和固定日期节日计算，此日期为暂定。"


def _finished(
    last: date, final: date, looked_at: list[date], calendar: WorkingCalendar, steps: list[str]
) -> Due:
    unknown = sorted({day.year for day in looked_at if not calendar.is_confirmed(day)})
    if unknown:
        steps.append(_not_entered(unknown))
    return Due(end_of_day(last), end_of_day(final), bool(unknown), tuple(steps))
