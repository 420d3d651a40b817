"""Who holds what, and what stands above and below a unit. Instants are read as days in Asia/Shanghai."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q

from accounts.enums import Role, UnitKind
from accounts.models import Post, Unit, User
from accounts.querysets import path_range
from core.timekeeping import local_day


def _day(at: datetime | date) -> date:
    return local_day(at) if isinstance(at, datetime) else at


def holders(role: Role, *, unit: Unit | None = None, at: datetime | date) -> list[Post]:
    """Posts with that role held at that moment; with ``unit``, in exactly that unit. One query."""
    posts = Post.objects.current(_day(at)).filter(role=role)
    if unit is not None:
        posts = posts.filter(unit=unit)
    return list(posts.select_related("user", "unit").order_by("id"))


def leaders_in_charge(unit: Unit, at: datetime | date) -> list[Post]:
    """Leader posts in charge of the unit or of one above it, the nearest charge first. One query."""
    posts = (
        Post.objects.current(_day(at))
        .filter(role=Role.LEADER, charge_units__in=unit.ancestor_ids)
        .select_related("user", "unit")
        .order_by("-charge_units__path", "id")
    )
    return list({post.pk: post for post in posts}.values())


def unit_and_ancestors(unit: Unit) -> list[Unit]:
    """The unit first, then each one above it, up to the root. One query."""
    return list(Unit.objects.filter(pk__in=unit.ancestor_ids).order_by("-path"))


def district_of(unit: Unit) -> Unit | None:
    """The nearest district at or above the unit. At most one query."""
    if unit.kind == UnitKind.DISTRICT:
        return unit
    above = Unit.objects.filter(pk__in=unit.ancestor_ids, kind=UnitKind.DISTRICT)
    return above.order_by("-path").first()


def subtree_ids(unit: Unit) -> list[int]:
    """Ids of the unit and of everything below it. One query."""
    return list(Unit.objects.subtree(unit).values_list("pk", flat=True))


def units_in_charge(post: Post) -> list[int]:
    """Ids of the units a leader's post is in charge of, everything below them included. Two queries."""
    below = Q(pk__in=[])
    for path in post.charge_units.values_list("path", flat=True):
        low, high = path_range(path)
        below |= Q(path__gte=low, path__lt=high)
    return list(Unit.objects.filter(below).order_by("path").values_list("pk", flat=True))


def demo_accounts() -> list[User]:
    """The trial's accounts, one per kind of user; empty where no demo county was loaded."""
    return list(User.objects.exclude(demo_note="").filter(is_active=True).order_by("id"))
