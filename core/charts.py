"""A chart is a table first: the page shows the table and a sentence that says what it tells, and a script draws the
picture from that very table (``static/js/charts.js``, ``components/chart.html``). Whoever cannot see the picture, or
has no scripts, misses nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """LINE: rows along the axis, one line for each column. BAR: rows one below the other. HEAT: rows by columns.
    MAP: rows are places, one column."""

    LINE = "line"
    BAR = "bar"
    HEAT = "heat"
    MAP = "map"


@dataclass(frozen=True)
class Mark:
    """One number. ``value``: what is drawn, None for a gap; ``url``: the list it was counted from."""

    text: str
    value: int | Decimal | None
    url: str = ""

    @property
    def drawn(self) -> str:
        """For the script: no thousands separators, whatever the language."""
        return "" if self.value is None else str(self.value)


@dataclass(frozen=True)
class Line:
    """A row of the table."""

    name: str
    marks: Sequence[Mark]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """``key`` is unique on its page; ``unit`` is what is counted (件次, %); ``map_url`` answers with GeoJSON whose
    features are named as the lines are."""

    key: str
    kind: Kind
    title: str
    sentence: str
    corner: str
    heads: Sequence[str]
    lines: Sequence[Line] = field(default_factory=list)
    unit: str = ""
    note: str = ""
    map_url: str = ""
