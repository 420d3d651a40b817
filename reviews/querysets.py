"""Who may see what of this room: the case's own scope comes first, and sealed cases have no part in it (条例 30)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Q

from accounts.enums import UnitKind
from petitions.querysets import OfACase
from reviews.enums import OPEN, USED

if TYPE_CHECKING:
    from accounts.models import Unit


class PublicationQuerySet(OfACase):
    case = "review__petition"

    def public(self) -> PublicationQuerySet:
        """For everybody; of a case sealed since, nothing."""
        return self.filter(published_at__isnull=False, taken_down_at=None, review__petition__sealed=False)


class CareQuerySet(OfACase):
    def open(self) -> CareQuerySet:
        return self.filter(done_on=None)


class ReviewQuerySet(OfACase):
    def open(self) -> ReviewQuerySet:
        return self.filter(state__in=OPEN)

    def used(self) -> ReviewQuerySet:
        """Those that count: neither withdrawn nor refused admission."""
        return self.filter(state__in=USED)

    def before(self, unit: Unit) -> ReviewQuerySet:
        """Those that lie with this unit: as the body itself, or as the petition office that works for it."""
        bodies = Q(body=unit)
        if unit.kind == UnitKind.PETITION_OFFICE:
            bodies |= Q(body=unit.parent_id, body__kind=UnitKind.DISTRICT)
        return self.filter(bodies)

    def with_row_relations(self) -> ReviewQuerySet:
        """What a row prints, in eight queries: case, body, both clocks, hearings with panels, hearing days, files,
        granted requests."""
        clocks = apps.get_model("reviews", "ReviewClock").objects.select_related("rule").order_by("-id")
        return self.select_related(
            "petition__lead_unit", "petition__complained_unit", "body", "reply__unit", "first__body"
        ).prefetch_related(
            "hearings",
            "called_hearings__panel__user",
            "files",
            "grants",
            models.Prefetch("clocks", queryset=clocks, to_attr="ordered_clocks"),
        )
