"""Cells of a sheet's XML, found or made in their places; what a form does not name stays as it is."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from lxml import etree

from core.sheets import MOST_ROWS
from core.text import clean_text

Value = str | int | Decimal
MOST_COLUMNS = 16_384
PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class Ordered:
    """The children of a table or of a row by their places. What names no place follows what stands before it."""

    def __init__(self, parent: Any, place_of: Callable[[Any], int]) -> None:
        self.parent = parent
        self.by_place: dict[int, Any] = {}
        last = 0
        for child in parent.iterchildren("{*}*"):
            last = place_of(child) or last + 1
            self.by_place.setdefault(last, child)
        self.order = sorted(self.by_place)

    def at(self, place: int, tag: str, name: str) -> Any:
        """The child there; made between those beside it where there is none."""
        child = self.by_place.get(place)
        if child is None:
            child = etree.Element(tag)
            index = bisect(self.order, place)
            if index < len(self.order):
                self.by_place[self.order[index]].addprevious(child)
            else:
                self.parent.append(child)
            self.order.insert(index, place)
            self.by_place[place] = child
        child.set("r", name)
        return child


class Sheet:
    """A worksheet. ``touched``: a cell of it was filled."""

    def __init__(self, tree: Any) -> None:
        self.tree = tree
        self.space = etree.QName(tree).namespace
        self.touched = False
        data = tree.find("{*}sheetData")
        self.rows = None if data is None else Ordered(data, lambda row: whole(row.get("r", "")))
        self.cells: dict[int, Ordered] = {}
        self.merged = {one.get("ref") for one in tree.iter("{*}mergeCell")}

    def put(self, column: str, row: int, rest: str, value: Value) -> bool:
        """Fill the cell. ``rest``: of an area, what stands behind its first cell.

        False where that is no cell, several that are not merged into one, or one with a formula."""
        where, area = f"{column}{row}", f"{column}{row}{rest}".replace("$", "")
        if not 0 < row <= MOST_ROWS or number(column) > MOST_COLUMNS or self.rows is None:
            return False
        if rest and area not in self.merged and area != f"{where}:{where}":
            return False
        line = self.rows.at(row, self._tag("row"), str(row))
        if row not in self.cells:
            self.cells[row] = Ordered(line, lambda cell: column_of(cell.get("r", "")))
        cell = self.cells[row].at(number(column), self._tag("c"), where)
        if cell.find("{*}f") is not None:
            return False
        self._write(cell, value)
        # How wide the row and the sheet are is said anew by whatever opens them.
        line.attrib.pop("spans", None)
        size = self.tree.find("{*}dimension")
        if size is not None:
            self.tree.remove(size)
        self.touched = True
        return True

    def _write(self, cell: Any, value: Value) -> None:
        for child in list(cell):
            cell.remove(child)
        for old in ("t", "cm", "vm"):  # its kind, and what Excel kept about the value that was there
            cell.attrib.pop(old, None)
        if isinstance(value, str):
            cell.set("t", "inlineStr")
            inside = etree.SubElement(cell, self._tag("is"))
            etree.SubElement(inside, self._tag("t")).text = clean_text(value)
        else:
            etree.SubElement(cell, self._tag("v")).text = str(value)

    def _tag(self, name: str) -> str:
        return f"{{{self.space}}}{name}"

    def forget_results(self) -> bool:
        """Drop what formulas gave before the cells were filled; True where there are any."""
        found = [formula.getparent() for formula in self.tree.iter("{*}f")]
        for cell in found:
            result = cell.find("{*}v")
            if result is not None:
                cell.remove(result)
            cell.attrib.pop("t", None)
        return bool(found)


def whole(text: str) -> int:
    """The number, or 0 for what is none of a sane length."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else 0


def column_of(name: str) -> int:
    """3 for C5; 0 for what names no cell."""
    found = PLACE.fullmatch(name)
    return number(found[1]) if found else 0


def number(letters: str) -> int:
    """3 for C, 28 for AB."""
    found = 0
    for letter in letters:
        found = found * 26 + ord(letter) - 64
    return found
