"""Brings messages of an earlier message board in through the door of registration, each once, none lost in silence."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import DataError, IntegrityError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Unit
from core.cells import as_text, from_text
from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import SHANGHAI, now
from petitions.enums import Channel
from petitions.models import Petition
from petitions.services.reading import Record, Records, decoded
from petitions.services.registering import NewPerson, NewPetition, check
from petitions.services.registering_many import Posted, register_many

COLUMNS = ("message_id", "user", "subject", "posted_at", "body")
AT_ONCE = 500
LONGEST_ID = 60
EARLIEST_YEAR = 1990
#: What one row can do wrong while a batch is written. A database that is away stops the run instead.
SPOILS = (IntegrityError, DataError, Refusal, ValueError)
FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d",
)


@dataclass
class Imported:
    """Counts of one run. ``broken``: records that were not registered, with line and reason."""

    added: int = 0
    known: int = 0
    broken: list[Record] = field(default_factory=list)


def moment(text: str) -> datetime:
    """A posting time, read in Asia/Shanghai where it names no zone.

    Raises:
        ValueError: with a sentence.
    """
    text = clean_text(text)
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    for form in FORMATS if found is None else ():
        try:
            found = datetime.strptime(text, form)
            break
        except ValueError:
            continue
    if found is None:
        raise ValueError(_("发布时间“%(text)s”看不懂。") % {"text": text[:40]})
    return found.replace(tzinfo=SHANGHAI) if found.tzinfo is None else found


def posted(cells: dict[str, str], at: datetime) -> Posted:
    """One message as a petition.

    Raises:
        ValueError, Refusal: why it cannot be registered.
    """
    cells = {name: from_text(text) for name, text in cells.items()}
    message_id = clean_text(cells["message_id"])
    if not message_id or len(message_id) > LONGEST_ID:
        raise ValueError(_("没有编号，或编号太长。"))
    when = moment(cells["posted_at"])
    if when > at:
        raise ValueError(_("发布时间在将来。"))
    if when.year < EARLIEST_YEAR:
        raise ValueError(_("发布时间早于 %(year)d 年。") % {"year": EARLIEST_YEAR})
    user = clean_text(cells["user"])
    new = NewPetition(
        channel=Channel.MESSAGE_BOARD,
        subject=cells["subject"],
        body=cells["body"],
        persons=[NewPerson(name=user)] if user else [],
        received_at=when,
        source_ref=f"board:{message_id}",
    )
    check(new)
    return Posted(new, when)


class MessageImport:
    """One run over one file. ``progress`` is called with the number of lines done so far."""

    def __init__(self, content: bytes, *, unit: Unit, at: datetime | None = None) -> None:
        self.records = Records(decoded(content), _looks_like_message)
        missing = [name for name in COLUMNS if name not in self.records.head]
        if missing:
            raise Refusal(_("第 1 行：缺少列 %(names)s。") % {"names": "、".join(missing)}, code="invalid")
        self.unit = unit
        self.at = at or now()
        self.actor = Actor.system(_("留言板导入"))
        self.seen: dict[str, int] = {}
        self.result = Imported()

    def run(self, progress: Callable[[int], None] = lambda line: None) -> Imported:
        waiting: list[tuple[Record, Posted]] = []
        for record, row in self._good():
            waiting.append((record, row))
            if len(waiting) >= AT_ONCE:
                self._write(waiting)
                progress(self.records.place)
                waiting = []
        self._write(waiting)
        progress(self.records.total)
        return self.result

    def _good(self) -> Iterator[tuple[Record, Posted]]:
        for record in self.records:
            if not record.problem:
                try:
                    row = posted(record.cells, self.at)
                    first = self.seen.setdefault(row.new.source_ref or "", record.line)
                    if first == record.line:
                        yield record, row
                        continue
                    record.problem = _("编号与第 %(line)d 行重复。") % {"line": first}
                except (ValueError, Refusal) as wrong:
                    record.problem = str(wrong)
            self.result.broken.append(record)

    def _write(self, waiting: Sequence[tuple[Record, Posted]]) -> None:
        refs = {row.new.source_ref for _record, row in waiting}
        known = set(Petition.objects.filter(source_ref__in=refs).values_list("source_ref", flat=True))
        fresh = [pair for pair in waiting if pair[1].new.source_ref not in known]
        self.result.known += len(waiting) - len(fresh)
        if not fresh:
            return
        try:
            self._register([row for _record, row in fresh])
        except SPOILS:
            # One bad row must not stop the others: each is tried by itself.
            for record, row in fresh:
                self._write_one(record, row)

    def _write_one(self, record: Record, row: Posted) -> None:
        try:
            self._register([row])
        except SPOILS as wrong:
            if isinstance(wrong, IntegrityError) and "source_ref" in str(wrong):
                self.result.known += 1  # another import brought it in meanwhile
                return
            told = isinstance(wrong, Refusal)
            record.problem = str(wrong) if told else _("数据库没有接受这一行。")
            self.result.broken.append(record)

    def _register(self, rows: Sequence[Posted]) -> None:
        made = register_many(actor=self.actor, rows=rows, unit=self.unit, text=_("从留言板导入"), at=self.at)
        self.result.added += len(made)


def _looks_like_message(cells: dict[str, str]) -> bool:
    try:
        moment(cells.get("posted_at", ""))
    except ValueError:
        return False
    return bool(cells.get("message_id", "").strip())


def write_errors(path: Path, broken: Sequence[Record], head: Sequence[str]) -> None:
    """The broken records, line and reason in front, to be mended and imported again. No file when there are none."""
    if not broken:
        path.unlink(missing_ok=True)
        return
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["line", "reason", *head])
        for record in sorted(broken, key=lambda one: one.line):
            rows.writerow(
                [record.line, record.problem, *(as_text(record.cells.get(name, "")) for name in head)]
            )
