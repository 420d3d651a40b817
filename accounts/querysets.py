"""Questions to the tables of units and posts, each answered in one query."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import Post, Unit  # noqa: F401 (named in a base class)


def valid_on(day: date) -> Q:
    """Rows valid on a day: ``valid_from`` is the first day, ``valid_until`` the first one no longer valid."""
    return (Q(valid_from=None) | Q(valid_from__lte=day)) & (Q(valid_until=None) | Q(valid_until__gt=day))


def path_range(path: str) -> tuple[str, str]:
    """Bounds of all paths at or below ``path``: lower one included, upper one not.

    Compared byte by byte (collation C), so a plain btree answers it, with query parameters too.
    """
    return path, path[:-1] + "/"


class UnitQuerySet(models.QuerySet["Unit"]):
    def subtree(self, unit: Unit) -> UnitQuerySet:
        """The unit and everything below it."""
        low, high = path_range(unit.path)
        return self.filter(path__gte=low, path__lt=high)

    def active(self, on: date) -> UnitQuerySet:
        return self.filter(valid_on(on))


class PostQuerySet(models.QuerySet["Post"]):
    def current(self, on: date) -> PostQuerySet:
        """Posts held on that day (Asia/Shanghai) by users who may still log in."""
        return self.filter(valid_on(on), user__is_active=True)
