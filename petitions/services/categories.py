"""Loads tables of content categories (内容分类). No table is edited: a new one takes over, old cases keep theirs."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps.registry import Apps
from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Refusal
from core.text import clean_text
from core.timekeeping import now
from petitions.services.reading import decoded

LEVELS = ("level1", "level2", "level3")
LONGEST = 60
DEFAULT = Path(__file__).resolve().parent.parent / "data" / "categories_default.csv"
Leaf = tuple[str, str, str]


@dataclass(frozen=True)
class Loaded:
    """``created``: a new version was written; ``switched``: another version is now the current one."""

    version_id: int
    leaves: int
    created: bool
    switched: bool


def load(content: bytes, *, name: str, at: datetime | None = None) -> Loaded:
    """Load a table and make it the current one, in one transaction.

    A table that was loaded before is not written again; it only becomes current again if it is not.

    Raises:
        Refusal: a line is wrong (the sentence names it), and nothing is changed.
    """
    from django.apps import apps

    return write(apps, read(content), name=name, at=at or now())


def read(content: bytes) -> list[Leaf]:
    """The leaves of a table with the columns level1, level2, level3, checked.

    Raises:
        Refusal: naming the line.
    """
    rows = csv.reader(io.StringIO(decoded(content).replace("\0", ""), newline=""))
    head = [clean_text(cell).lower() for cell in next(rows, [])]
    if not set(LEVELS) <= set(head):
        raise Refusal(_("第 1 行：表头须有 level1、level2、level3 三列。"), code="invalid")
    places = [head.index(level) for level in LEVELS]
    seen: dict[Leaf, int] = {}
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        leaf = _leaf(row, places, rows.line_num)
        if leaf in seen:
            raise Refusal(
                _("第 %(line)d 行：与第 %(first)d 行重复。") % {"line": rows.line_num, "first": seen[leaf]},
                code="invalid",
            )
        seen[leaf] = rows.line_num
    if not seen:
        raise Refusal(_("文件里没有任何分类。"), code="invalid")
    return list(seen)


def _leaf(row: list[str], places: list[int], line: int) -> Leaf:
    cells = [clean_text(row[place]) if place < len(row) else "" for place in places]
    if not all(cells):
        raise Refusal(_("第 %(line)d 行：三级分类缺一不可。") % {"line": line}, code="invalid")
    if any(len(cell) > LONGEST or "\n" in cell for cell in cells):
        raise Refusal(
            _("第 %(line)d 行：名称须在一行内，最多 %(most)d 字。") % {"line": line, "most": LONGEST},
            code="invalid",
        )
    return cells[0], cells[1], cells[2]


def digest(leaves: Iterable[Leaf]) -> str:
    """SHA-256 over the leaves in their order: encoding, blank lines and other columns do not make a new table."""
    text = "\n".join("\t".join(leaf) for leaf in leaves)
    return hashlib.sha256(text.encode()).hexdigest()


def write(apps: Apps, leaves: list[Leaf], *, name: str, at: datetime) -> Loaded:
    """The rows themselves; ``apps`` may be a migration's."""
    versions: Any = apps.get_model("petitions", "CategoryVersion").objects
    with transaction.atomic():
        # Two loads at once: the second waits here and then finds the first one's version.
        current = versions.select_for_update().filter(is_current=True).first()
        version, created = versions.get_or_create(
            digest=digest(leaves), defaults={"name": name[:100], "loaded_at": at}
        )
        if created:
            category: Any = apps.get_model("petitions", "Category")
            category.objects.bulk_create(
                category(version=version, level1=one, level2=two, level3=three) for one, two, three in leaves
            )
        switched = current is None or current.pk != version.pk
        if switched:
            versions.filter(is_current=True).update(is_current=False)
            versions.filter(pk=version.pk).update(is_current=True)
    return Loaded(version.pk, len(leaves), created, switched)


def load_default(apps: Apps, at: datetime) -> Loaded | None:
    """The project's own small table, where no table was loaded yet."""
    if apps.get_model("petitions", "CategoryVersion").objects.exists():
        return None
    return write(apps, read(DEFAULT.read_bytes()), name="默认分类", at=at)
