"""Counts so small that they would tell of single people, and what else must go with them (domain G)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

Key = TypeVar("Key")
#: Fewer than so many are not told.
LEAST = 5


def tellable(wholes: Mapping[Key, int]) -> frozenset[Key]:
    """The lines of a table with a known total that may be shown. The smallest follow those that are too few, until
    what is not shown is either nothing or enough by itself."""
    return frozenset(line for line in wholes if wholes[line]) - withheld(wholes)


def withheld(wholes: Mapping[Any, int], also: Collection[Any] = ()) -> frozenset[Any]:
    """The lines that may not be shown, with those that are not shown anyway (``also``); empty ones stand for
    themselves."""
    by_size = sorted((line for line in wholes if wholes[line]), key=lambda line: (wholes[line], str(line)))
    hidden = [line for line in by_size if wholes[line] < LEAST or line in also]
    rest = [line for line in by_size if line not in hidden]
    while hidden and rest and sum(wholes[line] for line in hidden) < LEAST:
        hidden.append(rest.pop(0))
    return frozenset(hidden)


def withheld_cells(table: Mapping[Any, Mapping[Any, int]]) -> frozenset[tuple[Any, Any]]:
    """Of a table whose totals are known both ways: the cells that may not be shown, so that none of them is found by
    taking away along a line or down a column."""
    columns = sorted({column for row in table.values() for column in row}, key=str)
    hidden: set[tuple[Any, Any]] = set()
    while True:
        before = len(hidden)
        for line, row in table.items():
            gone = [column for column in row if (line, column) in hidden]
            hidden |= {(line, column) for column in withheld(row, gone)}
        for column in columns:
            cells = {line: row[column] for line, row in table.items() if column in row}
            lost = [line for line in cells if (line, column) in hidden]
            hidden |= {(line, column) for line in withheld(cells, lost)}
        if len(hidden) == before:
            return frozenset(hidden)
