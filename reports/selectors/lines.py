"""Which line of the month's table a unit is counted in: the unit asked for, or the child below which it stands."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Unit
from core.errors import Refusal

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


def lines_under(unit: Unit) -> Lines:
    """One query."""
    depth = unit.depth
    units = list(Unit.objects.subtree(unit).order_by("path"))
    line_of = {u.pk: (u.ancestor_ids[depth] if u.depth > depth else u.pk) for u in units}
    children: dict[int | None, Unit] = {u.pk: u for u in units if u.depth <= depth + 1}
    return Lines(unit, children, line_of)
