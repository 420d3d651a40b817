"""Turns files of unknown make into text and rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from core.errors import Refusal

#: Longer than any record that could be registered; beyond it a quote was left open.
LONGEST_RECORD = 200_000
csv.field_size_limit(10_000_000)


def decoded(content: bytes) -> str:
    """The text of a CSV file: UTF-8 with or without a mark, UTF-16 with one, else GB 18030.

    Raises:
        Refusal: it is none of these.
    """
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "gb18030"]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refusal(_("文件编码既不是 UTF-8，也不是 GB18030，请另存为 UTF-8 后再导入。"), code="invalid")


@dataclass
class Record:
    """One record of a file. ``line`` is the line it begins on; ``problem`` says why it cannot be read."""

    line: int
    cells: dict[str, str] = field(default_factory=dict)
    problem: str = ""


class Records:
    """The records of a CSV text, one after the other, whatever is wrong with some of them.

    A quote that was left open would swallow the good records after it. So when a record is broken and one of its own
    later lines looks like the start of a record (``is_start``), reading goes on from there.
    """

    def __init__(self, text: str, is_start: Callable[[dict[str, str]], bool]) -> None:
        # Not splitlines(): that would also cut at form feeds and at U+2028 inside a text.
        self.lines = list(io.StringIO(text.replace("\0", ""), newline=None))
        self.is_start = is_start
        self.place = 0
        self.taken = 0
        self.head = [cell.strip() for cell in next(csv.reader(self._feed()), [])]

    @property
    def total(self) -> int:
        """Lines in the file; what ``place`` runs up to."""
        return len(self.lines)

    def _feed(self) -> Iterator[str]:
        while self.place < len(self.lines) and self.taken <= LONGEST_RECORD:
            line = self.lines[self.place]
            self.place += 1
            self.taken += len(line)
            yield line

    def __iter__(self) -> Iterator[Record]:
        while self.place < len(self.lines):
            start, self.taken = self.place, 0
            record = self._record(start)
            if record is None:
                continue
            yield record
            if record.problem:
                self.rewind(start)

    def rewind(self, start: int) -> None:
        """After a broken record: back to the next line that looks like the start of a record, if it was swallowed."""
        for place in range(start + 1, self.place):
            row = next(csv.reader([self.lines[place]]), [])
            if self.is_start(dict(zip(self.head, row, strict=False))):
                self.place = place
                return

    def _record(self, start: int) -> Record | None:
        try:
            row: list[str] = next(csv.reader(self._feed()), [])
        except csv.Error:
            return Record(start + 1, problem=_("这一行不能按 CSV 读出。"))
        if not any(cell.strip() for cell in row):
            return None
        record = Record(start + 1, dict(zip(self.head, row, strict=False)))
        if self.taken > LONGEST_RECORD:
            record.problem = _("记录太长，引号可能没有成对。")
        elif len(row) != len(self.head):
            record.problem = _("有 %(have)d 列，应为 %(want)d 列。") % {
                "have": len(row),
                "want": len(self.head),
            }
        return record
