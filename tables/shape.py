"""What a table asks for, saved or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import Unit
from core.errors import Refusal
from petitions.enums import Kind
from tables.enums import Key, Period
from tables.measures import MEASURES, Measure
from tables.periods import Span, span_of

MOST_MEASURES = 6


@dataclass(frozen=True, kw_only=True)
class Shape:
    """``rows`` and ``columns`` are keys, ``columns`` may be empty. ``unit``: None for all that each reader reads.

    Of the filters, what is empty or None narrows nothing.
    """

    rows: str
    columns: str
    measures: tuple[str, ...]
    period: str
    since: date | None = None
    until: date | None = None
    unit: Unit | None = None
    place: Unit | None = None
    channel: str = ""
    kind: str = ""
    path: int | None = None
    status: str = ""
    category: str = ""

    @property
    def counted(self) -> list[Measure]:
        return [MEASURES[code] for code in self.measures if code in MEASURES]

    @property
    def narrowed(self) -> bool:
        """Filtered by more than the unit."""
        return bool(
            self.place or self.channel or self.kind or self.path is not None or self.status or self.category
        )

    def span(self, day: date) -> Span:
        """Raises Refusal: days that make no span."""
        return span_of(self.period, day, self.since, self.until)

    def check(self) -> None:
        """Raises Refusal (``"invalid"``), with what to change."""
        if self.rows not in Key.values or (self.columns and self.columns not in Key.values):
            raise Refusal(_("请选择行和列。"), code="invalid")
        if self.rows == self.columns:
            raise Refusal(_("行和列不能相同，请换一个，或不选列。"), code="invalid")
        if not self.measures or any(code not in MEASURES for code in self.measures):
            raise Refusal(_("请至少选择一个指标。"), code="invalid")
        if len(self.measures) > MOST_MEASURES:
            raise Refusal(_("一张表最多 %(n)d 个指标。") % {"n": MOST_MEASURES}, code="invalid")
        if self.period not in Period.values:
            raise Refusal(_("请选择统计期间。"), code="invalid")
        if self.kind == Kind.ACCUSATION:
            raise Refusal(_("检举控告不计入统计表，不能作为条件。"), code="forbidden")
