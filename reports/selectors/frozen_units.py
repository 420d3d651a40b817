"""The tree of units as it was when a month was frozen.

Whose figures a reader may ask for is a question of today's tree (``selectors.reading``). Which rows of a frozen month
stand below a unit, in which line, and what the line is called, is one of the tree that was kept with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Exists, OuterRef, Q

from accounts.enums import UnitKind
from accounts.models import Unit
from accounts.querysets import path_range
from reports.models import Freeze, FrozenUnit


def as_kept(freeze: Freeze, units: Iterable[Unit]) -> dict[int, Unit]:
    """Those of these units that there were then, as they were, by id. One query."""
    kept = FrozenUnit.objects.filter(freeze=freeze, unit__in=[unit.pk for unit in units])
    return {one.unit_id: one.as_unit() for one in kept}


def subtree(freeze: Freeze, unit: Unit) -> list[Unit]:
    """The unit and everything that was below it, in the order of the tree. ``unit``: as it was then. One query."""
    low, high = path_range(unit.path)
    found = FrozenUnit.objects.filter(freeze=freeze, path__gte=low, path__lt=high)
    return [one.as_unit() for one in found.order_by("path")]


def subtrees(freezes: Collection[Freeze], unit: Unit) -> dict[int, list[Unit]]:
    """Of several months, by the id of the freeze: the unit and everything that was below it, in the order of the tree.
    Two queries, however many months."""
    under = Q(pk__in=[])
    for freeze_id, path in FrozenUnit.objects.filter(freeze__in=freezes, unit=unit.pk).values_list(
        "freeze", "path"
    ):
        low, high = path_range(path)
        under |= Q(freeze=freeze_id, path__gte=low, path__lt=high)
    found: dict[int, list[Unit]] = {freeze.pk: [] for freeze in freezes}
    for one in FrozenUnit.objects.filter(under).order_by("path"):
        found[one.freeze_id].append(one.as_unit())
    return found


def stood_within(column: str, unit: Unit, freezes: Collection[Freeze]) -> Q:
    """Frozen rows whose unit in ``column`` was then the unit asked for or below it; all for the district.

    Each freeze has a tree of its own: where the unit stood in them is one query more."""
    return Q() if unit.kind == UnitKind.DISTRICT else below(column, unit, freezes)


def below(column: str, unit: Unit, freezes: Collection[Freeze]) -> Q:
    """The same of any unit: rows without one in ``column`` are below none."""
    trees = Q(pk__in=[])
    for freeze_id, path in _places(unit, freezes):
        low, high = path_range(path)
        trees |= Q(freeze=freeze_id, path__gte=low, path__lt=high)
    return Q(Exists(FrozenUnit.objects.filter(trees, freeze=OuterRef("freeze"), unit=OuterRef(column))))


def _places(unit: Unit, freezes: Collection[Freeze]) -> list[tuple[int, str]]:
    kept = FrozenUnit.objects.filter(freeze__in=freezes, unit=unit.pk)
    return list(kept.values_list("freeze", "path"))
