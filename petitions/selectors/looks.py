"""Looks at what is protected, by person: numbers and reasons, never which case."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Max
from django.db.models.functions import TruncHour

from core.timekeeping import SHANGHAI
from petitions.models import Look

MOST_PEOPLE, MOST_REASONS = 100, 10


@dataclass
class PersonLooks:
    """One person's looks of a day; ``peak``: the most within one hour of the clock."""

    who: str
    number: int
    last_at: datetime
    peak: int = 0
    reasons: list[tuple[str, int]] = field(default_factory=list)
    more: int = 0


def looks_on(day: date) -> list[PersonLooks]:
    """Everybody who looked that day (Asia/Shanghai), whoever looked most often first; at most 100. Three queries."""
    start = datetime.combine(day, time.min, SHANGHAI)
    looks = Look.objects.filter(at__gte=start, at__lt=start + timedelta(days=1))
    rows = looks.values("user").annotate(n=Count("pk"), who=Max("who"), last=Max("at")).order_by("-n", "user")
    people = {row["user"]: PersonLooks(row["who"], row["n"], row["last"]) for row in rows[:MOST_PEOPLE]}
    hours = looks.filter(user__in=people).annotate(hour=TruncHour("at")).values("user", "hour")
    for row in hours.annotate(n=Count("pk")).order_by():
        person = people[row["user"]]
        person.peak = max(person.peak, row["n"])
    for user, reasons in _reasons(looks, list(people)).items():
        people[user].reasons, people[user].more = reasons[:MOST_REASONS], max(0, len(reasons) - MOST_REASONS)
    return list(people.values())


def _reasons(looks: object, users: list[int]) -> dict[int, list[tuple[str, int]]]:
    given = looks.filter(user__in=users).exclude(reason="").values("user", "reason")  # type: ignore[attr-defined]
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for row in given.annotate(n=Count("pk")).order_by("user", "-n", "reason"):
        found[row["user"]].append((row["reason"], row["n"]))
    return found
