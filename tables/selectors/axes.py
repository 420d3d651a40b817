"""What lines and columns there are: for each key its lines, and the value of a counted row that puts it into one.

Values come from the database already gathered (a unit as the path of the line it stands below, a category as the name
of its level), so that a table of a million cases brings home as many groups as it has cells.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Concat, ExtractMonth, ExtractYear, Left
from django.utils.translation import gettext as _

from accounts.enums import UnitKind
from accounts.models import Unit
from core.converters import scattered
from core.errors import Refusal
from core.timekeeping import SHANGHAI
from petitions.enums import Channel, Kind, Path, Status
from petitions.models import Category
from reports.selectors.figures import Figure, Reading
from reports.selectors.lines import lines_under
from tables.enums import Key
from tables.periods import Span

NONE, REST = "none", "rest"
#: Between the levels of a category.
BETWEEN = " / "
#: Figures of each unit in a path: six digits and a dot.
STEP = 7


@dataclass(frozen=True)
class Line:
    """``key`` names it in addresses; ``values``: what is counted in it. ``unit_id``: of a line of units."""

    key: str
    label: str
    values: frozenset[Any]
    unit_id: int | None = None


@dataclass(frozen=True)
class Axis:
    """``column``: of a figure's rows, the value that says the line. A value that no line has counts in ``rest``; no
    value, or one that stands for none, in ``none``."""

    column: Callable[[Figure], Any]
    lines: list[Line]
    none: Line | None = None
    rest: Line | None = None
    by_value: dict[Any, Line] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for line in (*self.lines, *([self.none] if self.none else [])):
            self.by_value.update(dict.fromkeys(line.values, line))

    def of(self, value: Any) -> Line | None:
        """The line of a value; None where the table has none for it."""
        return self.none if value is None else self.by_value.get(value, self.rest)

    def named(self, key: str) -> Line:
        """Raises Refusal (``"not_found"``): there is no such line."""
        for line in (*self.lines, self.none, self.rest):
            if line is not None and line.key == key:
                return line
        raise Refusal(_("没有这一行或这一列，请从统计表重新点开。"), code="not_found")

    def condition(self, column: str, line: Line) -> Q:
        """The rows counted in ``line``: the reverse of :meth:`of`."""
        named = Q(**{f"{column}__in": list(line.values)})
        if line is self.none:
            return Q(**{f"{column}__isnull": True}) | named
        if line is self.rest:
            others = [value for value, its in self.by_value.items() if its is not line]
            return Q(**{f"{column}__isnull": False}) & ~Q(**{f"{column}__in": others})
        return named


def instant(figure: Figure) -> str:
    """The column that puts a row into the period. A window whose beginning became known late counts when it was over
    (``clocks_due``), which may be months after its deadline."""
    return "ends" if figure.moment == "due_at" else figure.moment


def of_case(figure: Figure, name: str) -> Any:
    """A field of the case that a counted row is about."""
    if figure.case == "rated_case":  # a rating hangs on its case or, once ordered anew, on the former one
        return Coalesce(f"petition__{name}", f"former_of__{name}")
    return F(f"{figure.case}__{name}" if figure.case else name)


def axis_of(key: str, reading: Reading, span: Span) -> Axis:
    """One query for units, places and categories, none for the rest."""
    makers: dict[str, Callable[[], Axis]] = {
        Key.UNIT: lambda: _units(reading),
        Key.PLACE: _places,
        Key.MONTH: lambda: _months(span),
        Key.CHANNEL: lambda: _choices("channel", Channel.choices),
        Key.KIND: lambda: _choices(
            "kind", [one for one in Kind.choices if one[0] != Kind.ACCUSATION], _("未定目的")
        ),
        Key.PATH: lambda: _choices("path", Path.choices, _("没有路径")),
        Key.STATUS: lambda: _choices("status", Status.choices),
    }
    return makers[key]() if key in makers else _categories(int(key[-1]))


def _units(reading: Reading) -> Axis:
    """The lines of the month's table: the unit and its children, each with what is below it."""
    lines = lines_under(reading.unit)
    width = STEP * (reading.unit.depth + 1)
    found = [
        Line(scattered(unit.pk), unit.label, frozenset([unit.path]), unit.pk)
        for unit in lines.children.values()
    ]
    own = next(line for line in found if line.unit_id == reading.unit.pk)

    return Axis(
        lambda figure: Left(figure.unit_path, width),
        found,
        none=Line(NONE, _("未转送"), frozenset(), 0),
        rest=own,
    )


def _places() -> Axis:
    """Towns, each with its villages."""
    towns = Unit.objects.filter(kind=UnitKind.TOWN).order_by("path")
    width = STEP * 2
    lines = [
        Line(scattered(town.pk), town.label, frozenset([town.path]), town.pk)
        for town in towns
        if town.depth == 2
    ]
    return Axis(
        lambda figure: Left(of_case(figure, "place_unit__path"), width),
        lines,
        none=Line(NONE, _("未填属地"), frozenset()),
        rest=Line(REST, _("乡镇以外"), frozenset()),
    )


def _months(span: Span) -> Axis:
    return Axis(
        lambda figure: (
            ExtractYear(instant(figure), tzinfo=SHANGHAI) * 100
            + ExtractMonth(instant(figure), tzinfo=SHANGHAI)
        ),
        [Line(str(one), one.label, frozenset([one.year * 100 + one.month])) for one in span.months],
    )


def _choices(name: str, choices: Any, none: str = "") -> Axis:
    lines = [Line(str(value), str(label), frozenset([value])) for value, label in choices]
    nothing = Line(NONE, none, frozenset([""] if name == "kind" else [])) if none else None
    return Axis(lambda figure: of_case(figure, name), lines, none=nothing)


def _categories(level: int) -> Axis:
    """By name: the tables of several years count together where they say the same."""
    levels = [f"level{n}" for n in range(1, level + 1)]
    names = Category.objects.order_by("version_id", *levels).values_list(*levels)
    texts = dict.fromkeys(BETWEEN.join(one) for one in names)

    def column(figure: Figure) -> Any:
        parts: list[Any] = []
        for name in levels:
            parts += [*([Value(BETWEEN)] if parts else []), of_case(figure, f"category__{name}")]
        return parts[0] if len(parts) == 1 else Concat(*parts)

    lines = [Line(text, text, frozenset([text])) for text in texts]
    # CONCAT takes nothing for an empty text: of no category at all only what stands between the levels is left.
    return Axis(column, lines, none=Line(NONE, _("未分类"), frozenset([BETWEEN * (level - 1)])))
