"""How often leaders met people about a case, and what came of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q

from accounts.actor import Actor
from leaders.models import VisitRecord
from leaders.reception_enums import RecordWay
from petitions import rules as petition_rules
from petitions.extensions import Part
from petitions.models import Petition

SHOWN = 5


@dataclass(frozen=True)
class Visits:
    """Of one case: receptions and home visits so far, and the last of them."""

    received: int = 0
    visited: int = 0
    last_at: datetime | None = None

    @property
    def total(self) -> int:
        return self.received + self.visited


def counts_of(case_ids: Collection[int]) -> dict[int, Visits]:
    """By case, those with any. The caller has asked who may read the cases. One query."""
    rows = (
        VisitRecord.objects.filter(petition__in=case_ids, petition__sealed=False)
        .order_by()
        .values("petition")
        .annotate(
            received=Count("pk", filter=Q(way=RecordWay.DESK)),
            visited=Count("pk", filter=Q(way=RecordWay.HOME)),
            last_at=Max("at"),
        )
    )
    return {row["petition"]: Visits(row["received"], row["visited"], row["last_at"]) for row in rows}


def case_part(petition: Petition, actor: Actor, at: datetime) -> Part | None:
    """On the case's page: how often, and the last few with what changed. Not for whoever is complained of (条例 28).
    Two queries, one where there were none."""
    if petition.sealed or petition_rules.is_complained_of(petition, actor):
        return None
    visits = counts_of([petition.pk]).get(petition.pk)
    if visits is None:
        return None
    last = VisitRecord.objects.filter(petition=petition).select_related(
        "leader", "place_unit", "first_receiver"
    )
    return Part(
        "leaders/case_visits.html", {"visits": visits, "last": list(last.order_by("-at", "-id")[:SHOWN])}
    )
