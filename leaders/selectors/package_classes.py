"""Cases of one class, to be put into a package together: of one matter, one place, or both."""

from __future__ import annotations

from accounts.actor import Actor
from accounts.models import Unit
from accounts.querysets import path_range
from leaders.models import PackageCase
from petitions.enums import Status
from petitions.models import Category, Petition
from petitions.querysets import unsealed_cases

OPEN = [state for state in Status if state.is_open]


def matters() -> list[str]:
    """First levels of the categories in force."""
    found = Category.objects.filter(version__is_current=True).order_by("level1")
    return list(found.values_list("level1", flat=True).distinct())


def of_a_class(actor: Actor, *, matter: str, place: Unit | None, most: int) -> list[Petition]:
    """Open cases the actor reads that are in nobody's package, the oldest first; one more than ``most`` at most. What
    was joined to another case goes with that one."""
    found = unsealed_cases(actor).filter(status__in=OPEN, joined_to=None)
    found = found.exclude(pk__in=PackageCase.objects.inside().values("petition"))
    if matter:
        found = found.filter(category__level1=matter)
    if place is not None:
        low, high = path_range(place.path)
        found = found.filter(place_unit__path__gte=low, place_unit__path__lt=high)
    return list(found.order_by("registered_at", "pk")[: most + 1])
