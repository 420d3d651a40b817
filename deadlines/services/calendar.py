"""Entering a year's working calendar. A table with a fault in it is refused whole, with the line."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction

from accounts.actor import Actor
from accounts.services import audit
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import now
from deadlines.models import CalendarTable
from deadlines.registry import clock_classes
from deadlines.rulebook import calendar_of, rulebook
from deadlines.services import big_moves, moving, second_looks, shipped
from deadlines.services.moving import Moves
from deadlines.services.reaching import Reach
from deadlines.working_calendar import ONE_DAY, WorkingCalendar

COLUMNS = ["day", "is_workday", "note"]
#: The same for whoever fills the table in by hand.
HAN_COLUMNS = ["日期", "是否上班", "说明"]
TRUE, FALSE = {"1", "true", "yes", "是", "上班"}, {"0", "false", "no", "否", "放假", "休息"}
#: A table that leaves fewer working days than this is taken for a mistake; published years have about 250.
FEWEST_WORKDAYS = 200
#: No year has more, were there no holiday at all.
MOST_WORKDAYS = 262
LONGEST_NOTE = 60
#: Days off for everybody by 《全国年节及纪念日放假办法》, from which year on. One that falls on a weekend is made up
#: for on a working day, so that no year has fewer off from Monday to Friday; published ones have 16 and more.
STATUTORY_HOLIDAYS = ((2025, 13), (2008, 11), (2000, 10), (1949, 7))


@dataclass(frozen=True)
class DayRow:
    day: date
    is_workday: bool
    note: str = ""


@dataclass(frozen=True)
class Loaded:
    """``days`` rows entered for the year, ``moved`` running clocks whose due date changed by it."""

    year: int
    days: int
    moved: int
    #: So many clocks are looked at by a task, in batches.
    later: int = 0


def foresee_year(year: int, rows: Sequence[DayRow], *, at: datetime) -> Moves:
    """What entering this table would move; nothing is changed. Raises Refusal as ``load_year``."""
    calendar = _check(year, rows)
    book = rulebook()
    return moving.foresee(clock_classes(), moving.by_calendar(year), replace(book, calendar=calendar), at)


def load_year(
    year: int,
    rows: Sequence[DayRow],
    *,
    source: str,
    actor: Actor | None = None,
    confirmed: bool = True,
    at: datetime | None = None,
) -> Loaded:
    """Enter a year, or enter it anew, and count the running clocks that lean on it again (``services.moving``).

    All in one transaction. Raises Refusal (code "invalid") for a day twice, a day of another year, a table that leaves
    hardly a working day or hardly a day off, or a month without a working day, in the years beside it as well.
    """
    _check(year, rows)
    actor, at = actor or Actor.system(), at or now()
    with transaction.atomic():
        big_moves.refuse_while_moving(year=year)
        entry = _table(year, rows, source=source, confirmed=confirmed)
        entry.entered_by = actor.user
        entry.save(force_insert=True)
        carried = second_looks.carry_out(clock_classes(), Reach(moving.by_calendar(year)), at, year=year)
        later = {"clocks_later": carried.later} if carried.later else {}
        audit.record(
            actor=actor,
            act="calendar.load_year",
            obj=entry,
            detail={"year": year, "days": len(rows), "source": entry.source, "clocks_moved": carried.moved}
            | later,
        )
    return Loaded(year, len(rows), carried.moved, carried.later)


def _table(year: int, rows: Sequence[DayRow], *, source: str, confirmed: bool = True) -> CalendarTable:
    days = shipped.as_stored((row.day, row.is_workday, row.note) for row in rows)
    return CalendarTable(year=year, days=days, confirmed=confirmed, source=source[:200])


def too_few_off(year: int, rows: Sequence[DayRow]) -> str:
    """What to ask whoever enters a table with fewer days off than the law gives; empty where there are enough."""
    off = sum(not row.is_workday and row.day.weekday() < 5 for row in rows)
    least = next((days for since, days in STATUTORY_HOLIDAYS if year >= since), 0)
    if off >= least:
        return ""
    return (
        f"按此表{year}年周一至周五放假的只有{off}天。全年法定节假日是{least}天，适逢周末的还要补假，"
        f"所以不应少于{least}天（《全国年节及纪念日放假办法》）。请核对是否漏了。"
    )


def load_published() -> list[int]:
    """Enter the published years that have no table yet; which. Years that were entered are left alone."""
    newest = CalendarTable.objects.order_by("year", "-pk").distinct("year")
    known = {table.year for table in newest if not table.is_none}
    missing = {year: days for year, days in shipped.published_years().items() if year not in known}
    for year, days in sorted(missing.items()):
        load_year(year, [DayRow(*day) for day in days], source=shipped.SOURCE)
    return sorted(missing)


def read_table(path: Path, year: int) -> list[DayRow]:
    """Rows of a CSV file ``day,is_workday,note`` (UTF-8, or GB 18030 as a spreadsheet writes it).

    Raises Refusal that names the line; nothing is entered here.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Refusal(f"读不了文件{path}:{error.strerror}。", code="invalid") from error
    return read_rows(decoded(raw), year)


def read_rows(text: str, year: int) -> list[DayRow]:
    """The same from the text of such a file."""
    reader = csv.reader(io.StringIO(text, newline=""))
    header = [name.strip() for name in next(reader, [])]
    if header not in (COLUMNS, HAN_COLUMNS):
        raise Refusal(f"第1行：表头应为{','.join(HAN_COLUMNS)}（或{','.join(COLUMNS)}）。", code="invalid")
    rows: list[DayRow] = []
    seen: dict[date, int] = {}
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        row = _row(cells, reader.line_num, year)
        if row.day in seen:
            raise _wrong(reader.line_num, f"{row.day.isoformat()}与第{seen[row.day]}行重复")
        seen[row.day] = reader.line_num
        rows.append(row)
    return rows


def decoded(raw: bytes) -> str:
    """The text of a file. Raises Refusal for another encoding than the two a spreadsheet writes."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refusal("文件既不是UTF-8也不是GB18030编码。", code="invalid")


def _row(cells: list[str], line: int, year: int) -> DayRow:
    if len(cells) != len(COLUMNS):
        raise _wrong(line, f"应有{len(COLUMNS)}列，实有{len(cells)}列")
    day_cell, works_cell, note = (cell.strip() for cell in cells)
    try:
        day = _day(day_cell)
    except ValueError:
        raise _wrong(line, f"“{day_cell}”不是形如{year}-01-01的日期") from None
    if day.year != year:
        raise _wrong(line, f"{day.isoformat()}不在{year}年")
    if works_cell.lower() not in TRUE | FALSE:
        raise _wrong(line, f"“是否上班”应为上班或放假（1或0），不能是“{works_cell}”")
    return DayRow(day, works_cell.lower() in TRUE, clean_text(note)[:LONGEST_NOTE])


def _day(cell: str) -> date:
    """2027-01-01, or 2027/1/1 as a spreadsheet writes it. Raises ValueError."""
    if "/" in cell:
        year, month, day = cell.split("/")
        return date(int(year), int(month), int(day))
    return date.fromisoformat(cell)


def _wrong(line: int, what: str) -> Refusal:
    return Refusal(f"第{line}行：{what}。", code="invalid")


def _check(year: int, rows: Sequence[DayRow]) -> WorkingCalendar:
    """The calendar as it would be with that table."""
    if not rows:
        raise Refusal(f"{year}年的日历表没有任何日期。", code="invalid")
    seen: set[date] = set()
    for row in rows:
        if row.day.year != year:
            raise Refusal(f"{row.day.isoformat()}不在{year}年。", code="invalid")
        if row.day in seen:
            raise Refusal(f"{row.day.isoformat()}出现了两次。", code="invalid")
        seen.add(row.day)
    table = WorkingCalendar({row.day: (row.is_workday, row.note) for row in rows}, frozenset({year}))
    length = (date(year + 1, 1, 1) - date(year, 1, 1)) // ONE_DAY
    worked = sum(table.is_workday(date(year, 1, 1) + timedelta(days=n)) for n in range(length))
    if worked < FEWEST_WORKDAYS:
        raise Refusal(f"按此表{year}年只有{worked}个工作日，请核对后再录入。", code="invalid")
    if all(row.is_workday for row in rows):
        raise Refusal(f"按此表{year}年没有一天放假，请核对后再录入。", code="invalid")
    if worked > MOST_WORKDAYS:
        raise Refusal(
            f"按此表{year}年有{worked}个工作日，比没有节假日的年份还多，请核对后再录入。", code="invalid"
        )
    tables = CalendarTable.objects.order_by("year", "-pk").distinct("year").exclude(year=year)
    calendar = calendar_of([*tables, _table(year, rows, source="")])
    if found := calendar.long_break(year):
        raise Refusal(
            f"按此表自{found[0].isoformat()}起连续{found[1]}天没有工作日，请核对后再录入。", code="invalid"
        )
    return calendar
