"""What was registered in a month by channel, category, purpose, path, first or repeated, and place, each beside the
month before, the same month of the year before and the mean of the same month of the three years before.

Months it is compared with are read as they were frozen, where they were: what was reported of them is what their own
page says, and a later case changes no comparison unsaid. The others are counted today. One query for what is counted,
one for what was kept, one more for a month that is frozen itself. Nothing here is by person, and fewer is not better
(domain G).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any

from django.db import connections
from django.db.models import Case, CharField, F, IntegerField, Min, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from core.errors import Refusal
from core.heavy import heavy_read
from petitions.enums import Channel, Kind, Path
from petitions.models import Petition
from reports.models import Freeze, FrozenUnit
from reports.periods import Month
from reports.rates import NOTHING, change_text
from reports.selectors.figures import FIGURES
from reports.selectors.frozen import REGISTERED, kept, latest_of, reading_together
from reports.selectors.frozen_units import as_kept, below
from reports.selectors.reading import Reading

YEARS = 3
#: The tree of units that months are counted by which are not frozen.
TODAY = 0
NOT_NAMED = ""
#: 件次 by (way, key, span), and of all by ("", "", span); a month's span is its place among those compared, itself 0.
Cells = dict[tuple[str, str, int], int]
Spans = Mapping[Month, int]


@dataclass(frozen=True)
class By:
    """One way to tell the volumes apart. ``live``, ``frozen``: the column in the cases and in the frozen rows."""

    code: str
    name: str | Promise
    blank: str | Promise
    live: str
    frozen: str
    word: Callable[[str], Any] = str
    late: bool = False
    """Months frozen before it was kept cannot answer by it."""


BY: dict[str, By] = {
    one.code: one
    for one in (
        By("channel", _("信访形式"), "", "channel", "channel", lambda key: Channel(key).label),
        By("category", _("内容分类"), _("未分类"), "category__level1", "level1"),
        By("kind", _("信访目的"), _("未定"), "kind", "kind", lambda key: Kind(key).label, late=True),
        By("path", _("办理路径"), _("没有路径"), "path", "path", lambda key: Path(int(key)).label, late=True),
        By("first", _("初次和重复"), "", "first_here", "met"),
        By("place", _("问题属地"), _("未填属地"), "place_unit_id", "place_id", late=True),
    )
}
FIRST, REPEATED = "first", "repeated"


@dataclass(frozen=True)
class Line:
    """件次 of one line: this month, the one before, the same month of the last three years (the latest first).

    ``known``: of how many of the three years there are cases at all. Before the first one was registered here nothing
    is known, which is not the same as none.
    """

    key: str
    name: str
    now: int
    before: int
    years: tuple[int, ...]
    depth: int = 0
    known: int = YEARS

    @property
    def last_year(self) -> int:
        return self.years[0]

    @property
    def mean(self) -> Decimal:
        """Of the same month of the known ones of the three years before, one decimal, half up."""
        return (Decimal(sum(self.years)) / max(self.known, 1)).quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def mean_text(self) -> str:
        """A dash where there was nothing; with the number of years where they are fewer than three."""
        if sum(self.years) == 0:
            return NOTHING
        if self.known < YEARS:
            return _now("%(mean)s（%(n)d 年）") % {"mean": f"{self.mean:,}", "n": self.known}
        return f"{self.mean:,}"

    @property
    def on_month(self) -> str:
        """环比; a dash where there was nothing."""
        return change_text(self.now, self.before)

    @property
    def on_year(self) -> str:
        """同比."""
        return change_text(self.now, self.last_year)

    @property
    def on_three_years(self) -> str:
        if sum(self.years) == 0:
            return NOTHING
        return change_text(self.now * self.known, sum(self.years))


@dataclass(frozen=True)
class Volumes:
    """``lines`` by the code of ``By``; ``not_kept``: those the frozen month cannot answer by; ``frozen``: which of the
    ``compared`` months are told as they were frozen."""

    total: Line
    lines: dict[str, list[Line]]
    not_kept: frozenset[str]
    compared: tuple[Month, ...]
    frozen: dict[Month, Freeze]


def compared_with(month: Month) -> tuple[Month, ...]:
    """The month before, then the same month of each of the three years before, the latest first."""
    found = [month.previous, month.last_year]
    while len(found) <= YEARS:
        found.append(found[-1].last_year)
    return tuple(found)


@heavy_read
def volumes(reading: Reading) -> Volumes:
    """Ten queries at most."""
    assert isinstance(reading.month, Month)
    others = compared_with(reading.month)
    frozen = {month: one for month, one in latest_of(reading.unit, others).items() if _kept_so(one)}
    spans = {month: n for n, month in enumerate(others, start=1)}
    live = {month: n for month, n in spans.items() if month not in frozen}
    kept_ones = {month: n for month, n in spans.items() if month in frozen}
    cells: Cells = {}
    if reading.freeze:
        cells |= _counted(_frozen(reading, {reading.month: 0}))
    else:
        live[reading.month] = 0
    if live:
        cells |= _counted(_live(reading, live))
    if kept_ones:
        cells |= _counted(_frozen(reading_together(reading, tuple(frozen.values())), kept_ones))
    late = reading.freeze is not None and not _kept_so(reading.freeze)
    not_kept = frozenset(one.code for one in BY.values() if late and one.late)
    know = partial(_line, known=_known(others[1:]))
    trees = {number: frozen[month] for month, number in kept_ones.items()}
    lines = {
        code: list(_lines(cells, one, know, reading, trees))
        for code, one in BY.items()
        if code not in not_kept
    }
    return Volumes(know(cells, "", "", _now("合计")), lines, not_kept, others, frozen)


@heavy_read
def of_the_month(reading: Reading) -> dict[str, list[Line]]:
    """The month alone, as the reading has it: five queries at most."""
    assert isinstance(reading.month, Month)
    own = {reading.month: 0}
    cells = _counted(_frozen(reading, own) if reading.freeze else _live(reading, own))
    kept_so = reading.freeze is None or _kept_so(reading.freeze)
    know = partial(_line, known=0)
    return {
        code: list(_lines(cells, one, know, reading, {}))
        for code, one in BY.items()
        if kept_so or not one.late
    }


def narrowed(by: str, key: str, reading: Reading) -> Q:
    """The registered rows of one line.

    Raises:
        Refusal: there is no such line.
    """
    one = BY[by]
    column = one.frozen if reading.freeze else one.live
    if by == "first":
        wanted = key == FIRST
        return Q(**{column: wanted is not bool(reading.freeze)})
    if key == NOT_NAMED:
        none = Q(**{f"{column}__isnull": True})
        return none if by in {"path", "place"} else none | Q(**{column: ""})
    if by == "place":
        unit = _place(key, reading)
        if unit is None:
            raise Refusal(_now("没有这个属地，请从月报页面重新点开。"), code="not_found")
        if reading.freeze:
            return below("place", unit, [reading.freeze])
        return Q(**{f"{column}__in": Unit.objects.subtree(unit).values("pk")})
    if by == "path" and key not in {str(path) for path in Path.values}:
        raise Refusal(_now("没有这条办理路径，请从月报页面重新点开。"), code="not_found")
    return Q(**{column: key})


def name_of(by: str, key: str, reading: Reading) -> str:
    """What a line is called; of a place what its unit is, or was when the month was frozen."""
    if by == "place" and key:
        unit = _place(key, reading)
        return unit.label if unit else key
    if by == "first":
        return _now("初次") if key == FIRST else _now("重复")
    if not key:
        return str(BY[by].blank)
    try:
        return str(BY[by].word(key))
    except ValueError:
        return key


def _place(key: str, reading: Reading) -> Unit | None:
    unit: Unit | None = (
        Unit.objects.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 12 else None
    )
    if unit is None or reading.freeze is None:
        return unit
    return as_kept(reading.freeze, [unit]).get(unit.pk)


def _kept_so(freeze: Freeze) -> bool:
    return any("set_to" in one for one in freeze.definitions)


def _known(years: tuple[Month, ...]) -> int:
    """How many of these months, the latest first, are not before the district's first case."""
    first = Petition.objects.aggregate(at=Min("registered_at"))["at"]
    return sum(first is not None and first < month.end for month in years)


def _live(reading: Reading, spans: Spans) -> QuerySet[Any]:
    """Cases of the months, each with its month's place in ``spans``."""
    within, which = Q(pk__in=[]), []
    for month, number in spans.items():
        inside = Q(registered_at__gte=month.start, registered_at__lt=month.end)
        within |= inside
        which.append(When(inside, then=Value(number)))
    rows = reading.cases.filter(within, registered_at__lte=reading.at).annotate(
        v_span=Case(*which, output_field=IntegerField()), v_weight=FIGURES[REGISTERED].weight
    )
    repeated = Case(When(first_here=True, then=Value(FIRST)), default=Value(REPEATED))
    return _columns(rows, {code: one.live for code, one in BY.items()}, repeated)


def _frozen(reading: Reading, spans: Spans) -> QuerySet[Any]:
    which = [When(freeze__month=month.first_day, then=Value(number)) for month, number in spans.items()]
    rows = kept(reading, FIGURES[REGISTERED]).annotate(
        v_span=Case(*which, output_field=IntegerField()), v_weight=F("weight")
    )
    repeated = Case(When(met=False, then=Value(FIRST)), default=Value(REPEATED))
    return _columns(rows, {code: one.frozen for code, one in BY.items()}, repeated)


def _columns(rows: QuerySet[Any], columns: dict[str, str], repeated: Any) -> QuerySet[Any]:
    text = {
        f"v_{code}": Coalesce(Cast(F(column), CharField()), Value(NOT_NAMED))
        for code, column in columns.items()
        if code != "first"
    }
    rows = rows.annotate(**text, v_first=repeated)
    return rows.order_by().values_list("v_span", "v_weight", *(f"v_{code}" for code in BY))


def _counted(rows: QuerySet[Any]) -> Cells:
    """件次 by (way, key, month), and of all by ("", "", month). One pass over the rows, whatever the ways."""
    sql, values = rows.query.sql_with_params()
    names = ", ".join(f"c_{code}" for code in BY)
    sets = ", ".join(f"(span, c_{code})" for code in BY)
    statement = (
        f"SELECT GROUPING({names}), span, COALESCE({names}), SUM(weight)::bigint "  # noqa: S608 - our own column names
        f"FROM ({sql}) AS counted(span, weight, {names}) GROUP BY GROUPING SETS ((span), {sets})"
    )
    codes = list(BY)
    found: Cells = {}
    with connections[rows.db].cursor() as cursor:  # where a heavy read reads
        cursor.execute(statement, values)
        for mask, span, key, n in cursor.fetchall():
            # A bit is 0 for the column that was grouped by; all are 1 for the total.
            grouped = [code for bit, code in enumerate(reversed(codes)) if not mask >> bit & 1]
            found[grouped[0] if grouped else "", key or "", span] = n
    return found


def _line(cells: Cells, by: str, key: str, name: str, *, depth: int = 0, known: int) -> Line:
    numbers = [cells.get((by, key, span), 0) for span in range(2 + YEARS)]
    return Line(key, name, numbers[0], numbers[1], tuple(numbers[2:]), depth, known)


def _lines(
    cells: Cells, one: By, line: Callable[..., Line], reading: Reading, trees: Mapping[int, Freeze]
) -> Iterator[Line]:
    """``trees``: by span, the freezes that months of comparison are read from."""
    if one.code == "place":
        yield from _places(cells, line, {**trees, 0: reading.freeze} if reading.freeze else trees)
        return
    keys = {key for by, key, _span in cells if by == one.code}
    found = [line(cells, one.code, key, name_of(one.code, key, reading)) for key in keys]
    if one.code in {"category"}:
        yield from sorted(found, key=lambda line: (-line.now, line.key == NOT_NAMED, line.name))
        return
    order = {"channel": Channel.values, "kind": Kind.values, "path": [str(p) for p in Path.values]}.get(
        one.code, [FIRST, REPEATED]
    )
    yield from sorted(found, key=lambda line: order.index(line.key) if line.key in order else len(order))


def _places(cells: Cells, line: Callable[..., Line], trees: Mapping[int, Freeze]) -> Iterator[Line]:
    """Towns with what stands below them, each followed by its villages; at the end what names no place.

    Every month is added up by the tree that its own page has: ``trees`` by span, the others by today's. Lines stand and
    are called as in the month asked for, or where that has no such place, as in the latest that has it."""
    named = {int(key) for by, key, _span in cells if by == "place" and key}
    known = _units_of(trees.values(), named)
    above = {pk for units in known.values() for unit in units.values() for pk in unit.ancestor_ids[1:]}
    for tree, units in _units_of(trees.values(), above - named).items():
        known[tree] |= units
    sums: Cells = {}
    for (by, key, span), n in cells.items():
        if by != "place" or not key:
            continue
        units = known[trees[span].pk if span in trees else TODAY]
        for pk in units[int(key)].ancestor_ids[1:] or [int(key)]:
            sums["place", str(pk), span] = sums.get(("place", str(pk), span), 0) + n
    order = [known[trees[span].pk if span in trees else TODAY] for span in range(2 + YEARS)]
    called = {pk: unit for units in reversed(order) for pk, unit in units.items()}
    shown = {int(key) for _by, key, _span in sums}
    for unit in sorted((called[pk] for pk in shown), key=lambda unit: unit.path):
        yield line(sums, "place", str(unit.pk), unit.label, depth=max(unit.depth - 2, 0))
    if any(by == "place" and not key for by, key, _span in cells):
        yield line(cells, "place", NOT_NAMED, str(BY["place"].blank))


def _units_of(trees: Collection[Freeze], ids: Collection[int]) -> dict[int, dict[int, Unit]]:
    """By id, as they are today (``TODAY``) and as they were in each frozen month, by the id of the freeze. Two
    queries."""
    found: dict[int, dict[int, Unit]] = {one.pk: {} for one in trees}
    found[TODAY] = {unit.pk: unit for unit in Unit.objects.filter(pk__in=ids)}
    for one in FrozenUnit.objects.filter(freeze__in=found.keys() - {TODAY}, unit__in=ids):
        found[one.freeze_id][one.unit_id] = one.as_unit()
    return found


__all__ = ["BY", "Line", "Volumes", "compared_with", "name_of", "narrowed", "of_the_month", "volumes"]
