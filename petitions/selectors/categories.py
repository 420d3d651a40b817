"""Choices found by typing: categories, places, units. And where cases of a category usually went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from accounts.actor import Actor
from accounts.enums import UnitKind
from accounts.models import Unit
from core.text import clean_text
from core.timekeeping import local_day, now
from petitions.enums import Status
from petitions.models import Category, Petition

MOST = 30
LONGEST_WORDS = 40
PLACE_KINDS = (UnitKind.TOWN, UnitKind.VILLAGE, UnitKind.STATION)
SUGGEST_FROM = timedelta(days=365)
SUGGEST_LEAST = 3


class Option(TypedDict):
    """One line of a picker: ``path`` is the way to it (城市管理 › 噪声)."""

    value: int
    label: str
    path: str


@dataclass(frozen=True)
class Suggestion:
    """The unit most cases of a category went to. ``percent`` of ``of`` cases; a hint, nothing more."""

    unit: Unit
    percent: int
    of: int


def current_categories() -> QuerySet[Category]:
    """The leaves of the table that is offered for new cases."""
    return Category.objects.filter(version__is_current=True)


def _words(typed: str) -> list[str]:
    return clean_text(typed)[:LONGEST_WORDS].split()


def category_options(typed: str) -> list[Option]:
    """Leaves in which every typed word occurs at some level; those whose own name begins with it first. One query."""
    found = current_categories()
    words = _words(typed)
    for word in words:
        found = found.filter(
            Q(level3__icontains=word) | Q(level2__icontains=word) | Q(level1__icontains=word)
        )
    near = Value(2)
    if words:
        near = Case(  # type: ignore[assignment]
            When(level3__istartswith=words[-1], then=0),
            When(level3__icontains=words[-1], then=1),
            default=2,
            output_field=IntegerField(),
        )
    rows = found.annotate(near=near).order_by("near", "pk")[:MOST]
    return [{"value": row.pk, "label": row.level3, "path": f"{row.level1} › {row.level2}"} for row in rows]


def places() -> QuerySet[Unit]:
    return Unit.objects.active(local_day(now())).filter(kind__in=PLACE_KINDS)


def units() -> QuerySet[Unit]:
    """Units a case can be about: every one in force but the district as such."""
    return Unit.objects.active(local_day(now())).exclude(kind=UnitKind.DISTRICT)


def place_options(typed: str, *, near: Unit | None = None) -> list[Option]:
    """Towns and villages by name, by the town's name, or by statistical code; those at or below ``near`` first."""
    return _unit_options(places(), typed, near)


def unit_options(typed: str) -> list[Option]:
    """Any unit by name, its superior's name, or code."""
    return _unit_options(units(), typed, None)


def _unit_options(found: QuerySet[Unit], typed: str, near: Unit | None) -> list[Option]:
    words = _words(typed)
    for word in words:
        found = found.filter(
            Q(name__icontains=word)
            | Q(short_name__icontains=word)
            | Q(parent__name__icontains=word)
            | Q(code__startswith=word)
        )
    own = Q(path__startswith=near.path) if near is not None else Q(pk__in=[])
    begins = Q(name__istartswith=words[-1]) | Q(short_name__istartswith=words[-1]) if words else Q(pk__in=[])
    rows = (
        found.annotate(
            far=Case(When(own, then=0), default=1, output_field=IntegerField()),
            late=Case(When(begins, then=0), default=1, output_field=IntegerField()),
        )
        .select_related("parent")
        .order_by("far", "late", "path")[:MOST]
    )
    return [{"value": row.pk, "label": row.label, "path": _path(row)} for row in rows]


def _path(unit: Unit) -> str:
    parent = unit.parent
    return parent.label if parent is not None and parent.kind != UnitKind.DISTRICT else ""


def usual_unit(*, actor: Actor, category: Category, at: datetime | None = None) -> Suggestion | None:
    """去向建议: the lead unit of most visible cases of the same category in the last year. At most two queries.

    Says nothing on fewer than three cases: a share of one case is no habit.
    """
    since = (at or now()) - SUGGEST_FROM
    went = list(
        Petition.objects.visible_to(actor)
        .filter(
            category__level1=category.level1,
            category__level2=category.level2,
            category__level3=category.level3,
            lead_unit__isnull=False,
            registered_at__gte=since,
        )
        .exclude(status=Status.REFUSED)
        .values_list("lead_unit")
        .annotate(n=Count("pk"))
        .order_by("-n", "lead_unit")
    )
    total = sum(n for _pk, n in went)
    if total < SUGGEST_LEAST:
        return None
    pk, most = went[0]
    return Suggestion(Unit.objects.get(pk=pk), round(100 * most / total), total)
