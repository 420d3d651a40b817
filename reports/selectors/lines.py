"""Which line of the month's table a unit is counted in: the unit asked for, or the child below which it stands.

Of a frozen month by the tree that was kept with it, else by today's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Unit
from core.errors import Refusal
from reports.models import Freeze
from reports.selectors.frozen_units import as_kept, subtree, subtrees
from reports.selectors.reading import Reading

#: The line of cases that are not forwarded yet, as addresses name it. No address part at all means the total.
NOT_FORWARDED = 0


@dataclass(frozen=True)
class Lines:
    """``children``: the lines' units by id, in the order of the tree; ``line_of``: unit id to line."""

    unit: Unit
    children: dict[int | None, Unit]
    line_of: dict[int, int]

    def of(self, unit_id: int | None) -> int | None:
        """The line of a unit; a unit elsewhere (the office that forwards) counts in the line of the unit asked for."""
        return None if unit_id is None else self.line_of.get(unit_id, self.unit.pk)

    def condition(self, column: str, line: int) -> Q:
        """The rows whose unit in ``column`` is counted in ``line``: the reverse of :meth:`of`.

        Raises:
            Refusal: code ``"not_found"`` for a line that this table does not have.
        """
        if line == NOT_FORWARDED:
            return Q(**{f"{column}__isnull": True})
        if line not in self.children:
            raise Refusal(_("没有这个机构，或不在您的统计范围内。"), code="not_found")
        if line != self.unit.pk:
            return Q(**{f"{column}__in": [pk for pk, its in self.line_of.items() if its == line]})
        others = [pk for pk, its in self.line_of.items() if its != line]
        return Q(**{f"{column}__isnull": False}) & ~Q(**{f"{column}__in": others})


def lines_of(reading: Reading) -> Lines:
    """Of the month that is read. One query."""
    if reading.freeze is None:
        return lines_under(reading.unit)
    return _lines(reading.unit, subtree(reading.freeze, reading.unit))


def lines_then(freeze: Freeze, unit: Unit) -> Lines:
    """As they were when the month was frozen. Two queries."""
    then = as_kept(freeze, [unit]).get(unit.pk, unit)
    return _lines(then, subtree(freeze, then))


def lines_together(unit: Unit, freezes: Collection[Freeze]) -> dict[int, Lines]:
    """Of several months as they were frozen, by the id of the freeze, in their order. Two queries."""
    found = subtrees(freezes, unit)
    return {pk: _lines(units[0] if units else unit, units) for pk, units in found.items()}


def lines_under(unit: Unit) -> Lines:
    """As they are today. One query."""
    return _lines(unit, Unit.objects.subtree(unit).order_by("path"))


def _lines(unit: Unit, units: Iterable[Unit]) -> Lines:
    depth, line_of = unit.depth, {}
    children: dict[int | None, Unit] = {}
    for one in units:
        line_of[one.pk] = one.ancestor_ids[depth] if one.depth > depth else one.pk
        if one.depth <= depth + 1:
            children[one.pk] = one
    return Lines(unit, children, line_of)
