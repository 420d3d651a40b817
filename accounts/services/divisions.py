"""Read a file of administrative divisions (code, name, level, parent_code) into the tree of units."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

from django.db import transaction

from accounts.enums import UnitKind
from accounts.models import Unit
from accounts.services.units import lock_tree, move_unit, next_ids, path_of
from core.text import clean_text

COLUMNS = ("code", "name", "level", "parent_code")
KIND_OF_LEVEL = {
    "county": UnitKind.DISTRICT,
    "town": UnitKind.TOWN,
    "village": UnitKind.VILLAGE,
}
#: What a row's parent must be; a county may stand alone.
LEVEL_ABOVE = {"town": "county", "village": "town"}
LEVEL_OF_KIND = {kind: level for level, kind in KIND_OF_LEVEL.items()}
CODE = re.compile(r"\d{6,15}")


class DivisionFileError(Exception):
    """The file cannot be loaded; the sentence names the line."""

    def __init__(self, sentence: str, line: int | None = None) -> None:
        super().__init__(f"第 {line} 行：{sentence}" if line else sentence)
        self.line = line


@dataclass(frozen=True)
class Division:
    line: int
    code: str
    name: str
    level: str
    parent_code: str


@dataclass(frozen=True)
class LoadResult:
    created: int
    changed: int
    unchanged: int


def parse(data: bytes) -> list[Division]:
    """Rows of the file, checked one by one. Raises DivisionFileError; touches no database."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DivisionFileError("文件不是 UTF-8 编码。", data.count(b"\n", 0, error.start) + 1) from None
    if not text.strip():
        raise DivisionFileError("文件是空的。")
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="extra", strict=True)
    try:
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
        if missing:
            raise DivisionFileError(f"缺少列 {'、'.join(missing)}。", 1)
        rows = [_division(row, reader.line_num) for row in reader]
    except csv.Error as error:
        raise DivisionFileError(f"CSV 格式有误（{error}）。", reader.line_num) from None
    if not rows:
        raise DivisionFileError("文件只有表头，没有数据。")
    _refuse_duplicates(rows)
    return rows


def _division(row: dict[str, str], line: int) -> Division:
    if "extra" in row or any(row[name] is None for name in COLUMNS):
        raise DivisionFileError("列数与表头不符。", line)
    code, name, level, parent = (clean_text(row[column]) for column in COLUMNS)
    if not CODE.fullmatch(code):
        raise DivisionFileError(f"代码“{code[:30]}”应为 6 至 15 位数字。", line)
    if not name or len(name) > 120:
        raise DivisionFileError("名称应为 1 至 120 个字。", line)
    if level not in KIND_OF_LEVEL:
        raise DivisionFileError(f"级别“{level[:30]}”应为 county、town 或 village。", line)
    if level in LEVEL_ABOVE and not parent:
        raise DivisionFileError(f"“{name}”缺少上级代码。", line)
    return Division(line, code, name, level, parent)


def _refuse_duplicates(rows: list[Division]) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        if row.code in seen:
            raise DivisionFileError(f"代码 {row.code} 与第 {seen[row.code]} 行重复。", row.line)
        seen[row.code] = row.line


def load(data: bytes) -> LoadResult:
    """Create what is new, rename and move what changed, leave all else; all of it or nothing.

    Units are known by their code, so loading again adds nothing. Units that are not in the file stay.
    """
    rows = parse(data)
    with transaction.atomic():
        lock_tree()
        codes = {row.code for row in rows} | {row.parent_code for row in rows if row.parent_code}
        known = {unit.code: unit for unit in Unit.objects.filter(code__in=codes)}
        _refuse_unknown_parents(rows, known)
        fresh = [row for row in rows if row.code not in known]
        held = [row for row in rows if row.code in known]
        changed = 0
        for level in KIND_OF_LEVEL:  # from the top down: a parent stands before what hangs on it
            changed += sum(_update(row, known) for row in held if row.level == level)
            _create([row for row in fresh if row.level == level], known)
    return LoadResult(len(fresh), changed, len(rows) - len(fresh) - changed)


def _refuse_unknown_parents(rows: list[Division], known: dict[str, Unit]) -> None:
    level_of = {code: LEVEL_OF_KIND.get(UnitKind(unit.kind), "") for code, unit in known.items()}
    level_of |= {row.code: row.level for row in rows}
    for row in rows:
        if not row.parent_code:
            continue
        if row.parent_code not in level_of:
            raise DivisionFileError(f"“{row.name}”的上级代码 {row.parent_code} 不存在。", row.line)
        wanted = LEVEL_ABOVE.get(row.level)
        if wanted and level_of[row.parent_code] != wanted:
            raise DivisionFileError(f"“{row.name}”是 {row.level}，上级应为 {wanted}。", row.line)
        if row.parent_code == row.code:
            raise DivisionFileError(f"“{row.name}”的上级是它自己。", row.line)


def _create(rows: list[Division], known: dict[str, Unit]) -> None:
    units = []
    for pk, row in zip(next_ids(len(rows)), rows, strict=True):
        parent = known.get(row.parent_code)
        path = path_of(parent.path if parent else "", pk)
        unit = Unit(
            pk=pk,
            code=row.code,
            name=row.name,
            kind=KIND_OF_LEVEL[row.level],
            parent=parent,
            path=path,
        )
        known[row.code] = unit
        units.append(unit)
    Unit.objects.bulk_create(units, batch_size=1000)


def _update(row: Division, known: dict[str, Unit]) -> bool:
    """Name, kind and place as the file has them; whether anything had to change."""
    unit, parent = known[row.code], known.get(row.parent_code)
    kind = KIND_OF_LEVEL[row.level]
    renamed = (unit.name, unit.kind) != (row.name, kind)
    if renamed:
        unit.name, unit.kind = row.name, kind
        unit.save(update_fields=["name", "kind"])
    moved = parent is not None and unit.parent_id != parent.pk
    if moved:
        known[row.code] = move_unit(unit=unit, parent=parent)
        _refresh_paths(known)
    return renamed or moved


def _refresh_paths(known: dict[str, Unit]) -> None:
    paths = dict(Unit.objects.filter(pk__in=[unit.pk for unit in known.values()]).values_list("pk", "path"))
    for unit in known.values():
        unit.path = paths[unit.pk]
