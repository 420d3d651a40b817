"""The numbers of a table, counted from the cases its reader may see.

One query for all volumes and one for each rate, whatever lines and columns there are. A rate of ratings that the reader
may not be told one by one is counted only where the month's page shows it too (``reports.selectors.withholding``): by
unit, of one month, of all cases. Other cuts of it would come apart into few, or be taken from one another.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from core.errors import Refusal
from core.heavy import heavy_read
from core.timekeeping import now
from reports.periods import Month
from reports.rates import NO_RATE, Rate
from reports.selectors.figures import FIGURES, Figure, Reading, default_unit, reading_of
from reports.selectors.withholding import told, withholds
from tables.enums import Key
from tables.measures import MEASURES, REGISTERED, VOLUMES, Measure
from tables.periods import Span
from tables.selectors.axes import Axis, Line, axis_of, of_case
from tables.shape import Shape

#: More would be no table that anybody reads, nor a page that is there within seconds.
MOST_COLUMNS, MOST_CELLS = 60, 20_000
#: The line and the column of the totals in ``Counted.cells``.
TOTAL = ""
Value = int | Rate


@dataclass(frozen=True)
class View:
    """A shape on a day in front of a reader. ``columns``: None where the table has none."""

    shape: Shape
    span: Span
    reading: Reading
    rows: Axis
    columns: Axis | None
    charge_only: bool

    @property
    def heading(self) -> str:
        part = _("（分管范围）") if self.charge_only else ""
        return f"{self.reading.unit.name}{part} {self.span.label}"


@dataclass
class Counted:
    """``cells`` by (line, column, measure); the keys of totals are ``TOTAL``. What is not in it is nothing.

    ``withheld``: measures that this reader is not shown in this table.
    """

    view: View
    lines: list[Line] = field(default_factory=list)
    columns: list[Line] = field(default_factory=list)
    cells: dict[tuple[str, str, str], Value] = field(default_factory=dict)
    withheld: list[Measure] = field(default_factory=list)


def view_of(actor: Actor, shape: Shape, *, day: date, at: datetime | None = None) -> View:
    """``day`` says what the period means; ``at``: deadlines and events up to this instant.

    Raises:
        Refusal: ``"not_found"``: the unit is none that the actor reads figures of; ``"invalid"``: days, keys.
    """
    shape.check()
    span = shape.span(day)
    # A whole month is the month itself: rates of few ratings are told of months.
    reading = reading_of(
        actor, shape.unit or default_unit(actor), cast(Month, span.month or span), at=at or now()
    )
    rows = axis_of(shape.rows, reading, span)
    columns = axis_of(shape.columns, reading, span) if shape.columns else None
    if columns is not None and len(columns.lines) > MOST_COLUMNS:
        raise Refusal(
            _("这一项有 %(n)d 种，作列太宽，请放到行里。") % {"n": len(columns.lines)}, code="invalid"
        )
    return View(shape, span, reading, rows, columns, actor.role == Role.LEADER)


@heavy_read
def count(view: View) -> Counted:
    """Raises Refusal: ``"invalid"``: too large; ``"unavailable"``: it took too long."""
    found = Counted(view)
    wanted = view.shape.counted
    if any(not one.is_rate or one.code == REGISTERED for one in wanted):
        _add_volumes(found)
    for one in wanted:
        if one.is_rate and one.code != REGISTERED:
            _add_rate(found, one)
    used = {key for key, _column, _measure in found.cells}, {key for _row, key, _measure in found.cells}
    found.lines = [line for line in _in_order(view.rows) if line.key in used[0]]
    if view.columns is not None:
        found.columns = [line for line in _in_order(view.columns) if line.key in used[1]]
    cells = len(found.lines) * (len(found.columns) + 1) * len(wanted)
    if cells > MOST_CELLS:
        raise Refusal(
            _("这张表有 %(n)d 格，最多 %(most)d 格，请少选指标、换一项作列，或者加条件。")
            % {"n": cells, "most": MOST_CELLS},
            code="invalid",
        )
    return found


def shows(view: View, measure: Measure) -> bool:
    """Whether this reader may be shown the measure in this table at all."""
    return not withholds(measure.figure, view.reading) or is_of_the_month(view.shape, view.span)


def is_of_the_month(shape: Shape, span: Span) -> bool:
    """Its cells are those of the month's page: by unit, of a month, of all cases."""
    return shape.rows == Key.UNIT and not shape.columns and not shape.narrowed and span.month is not None


def rows_of(view: View, figure: Figure) -> QuerySet[Any]:
    """The counted rows of a figure that the filters leave, each with ``t_row`` and ``t_column``."""
    shape, rows = view.shape, figure.counted(view.reading)
    if shape.place is not None:
        low = shape.place.path
        rows = rows.annotate(t_place=of_case(figure, "place_unit__path")).filter(t_place__startswith=low)
    for name, value in (
        ("channel", shape.channel),
        ("kind", shape.kind),
        ("path", shape.path),
        ("status", shape.status),
        ("category__level1", shape.category),
    ):
        if value not in {"", None}:
            alias = f"t_{name.partition('__')[0]}"
            rows = rows.annotate(**{alias: of_case(figure, name)}).filter(**{alias: value})
    rows = rows.annotate(t_row=view.rows.column(figure))
    return rows if view.columns is None else rows.annotate(t_column=view.columns.column(figure))


def cell(rows: QuerySet[Any], view: View, row: str, column: str) -> QuerySet[Any]:
    """The rows counted in one cell.

    Raises:
        Refusal: ``"not_found"``: there is no such line or column.
    """
    if row:
        rows = rows.filter(view.rows.condition("t_row", view.rows.named(row)))
    if column:
        if view.columns is None:
            raise Refusal(_("没有这一行或这一列，请从统计表重新点开。"), code="not_found")
        rows = rows.filter(view.columns.condition("t_column", view.columns.named(column)))
    return rows


def _in_order(axis: Axis) -> list[Line]:
    found = [*axis.lines]
    for line in (axis.rest, axis.none):
        if line is not None and line not in found:
            found.append(line)
    return found


def _grouped(view: View, figure: Figure, **sums: Any) -> QuerySet[Any]:
    keys = ["t_row"] if view.columns is None else ["t_row", "t_column"]
    return rows_of(view, figure).values(*keys).annotate(**sums).order_by()


def _places(view: View, row: dict[str, Any]) -> list[tuple[str, str]]:
    """The cell of a group, and the totals it is part of."""
    line = view.rows.of(row["t_row"])
    assert line is not None
    if view.columns is None:
        return [(line.key, TOTAL), (TOTAL, TOTAL)]
    column = view.columns.of(row["t_column"])
    assert column is not None
    return [(line.key, column.key), (line.key, TOTAL), (TOTAL, column.key), (TOTAL, TOTAL)]


def _add_volumes(found: Counted) -> None:
    view, sums = found.view, {}
    for code in VOLUMES:
        one = MEASURES[code]
        sums[f"v_{code}"] = Sum(one.adds, filter=one.counts, default=0)
    for row in _grouped(view, FIGURES[REGISTERED], **sums):
        rate = Rate(row["v_repeats"], row["v_count"])
        for place in _places(view, row):
            for one in view.shape.counted:
                if not one.is_rate:
                    _add(found, (*place, one.code), row[f"v_{one.code}"])
                elif one.code == REGISTERED:
                    _add(found, (*place, one.code), rate)


def _add_rate(found: Counted, measure: Measure) -> None:
    view, figure = found.view, measure.figure
    if not shows(view, measure):
        found.withheld.append(measure)
        return
    for row in _grouped(view, figure, **figure.sums):
        for place in _places(view, row):
            _add(found, (*place, measure.code), Rate(row["part"], row["whole"]))
    if withholds(figure, view.reading):
        _withhold(found, measure)


def _withhold(found: Counted, measure: Measure) -> None:
    """What the month's page does not show is not shown here."""
    view = found.view
    may = told(measure.figure, view.reading)
    shown = {line.key for line in _in_order(view.rows) if (line.unit_id or None) in may.lines}
    for row, column, code in list(found.cells):
        if code == measure.code and not (may.total if row == TOTAL else row in shown):
            found.cells[row, column, code] = NO_RATE


def _add(found: Counted, place: tuple[str, str, str], value: Value) -> None:
    before = found.cells.get(place)
    found.cells[place] = value if before is None else before + value  # type: ignore[operator]


def require_shown(view: View) -> None:
    """Whoever builds a table is told at once what cannot be shown in it.

    Raises:
        Refusal: ``"forbidden"``, with the measures and what to do.
    """
    hidden = [one.name for one in view.shape.counted if not shows(view, one)]
    if hidden:
        raise Refusal(
            _(
                "%(what)s只能按单位、按一个整月看，不加其他条件和列：评价太少会让人猜出是谁评的。请改条件，或不选这一项。"
            )
            % {"what": "、".join(hidden)},
            code="forbidden",
        )


__all__ = ["TOTAL", "Counted", "View", "cell", "count", "require_shown", "rows_of", "shows", "view_of"]
