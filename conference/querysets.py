"""Who may see what of this room. Sealed cases have no part in it, nor has whoever is complained of or recused (条例 28,
30)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from accounts.enums import Role, UnitKind
from accounts.selectors import ANSWERING
from conference.enums import LIVE, OrderState
from petitions.querysets import unsealed_cases
from supervision.querysets import oversees, units_below

if TYPE_CHECKING:
    from accounts.actor import Actor


def presides(actor: Actor) -> bool:
    """Leaders of the district, one of whom is in the chair, and the head of the petition office, where the conference
    has its desk."""
    if actor.unit is None:
        return False
    if actor.role == Role.LEADER:
        return actor.unit.kind == UnitKind.DISTRICT
    return actor.role == Role.UNIT_HEAD and actor.unit.kind == UnitKind.PETITION_OFFICE


def keeps(actor: Actor) -> bool:
    """The petition office's officers keep the conference's papers (条例 13)."""
    office = actor.unit is not None and actor.unit.kind == UnitKind.PETITION_OFFICE
    return office and actor.role == Role.PETITION_OFFICER


def sees_all(actor: Actor) -> bool:
    return oversees(actor) or presides(actor)


def apart(rows: Any, actor: Actor) -> Any:
    """Without what hangs on a case (``petition``, or none) that is sealed, that complains of the actor's unit or of one
    above it, or from which the actor is recused."""
    assert actor.unit is not None
    found = rows.filter(Q(petition=None) | Q(petition__sealed=False))
    if own := actor.unit.ancestor_ids[1:]:
        found = found.exclude(petition__complained_unit__isnull=False, petition__complained_unit__in=own)
    recused = apps.get_model("petitions", "Recusal").objects.filter(
        petition=OuterRef("petition"), user=actor.user, ended_at=None
    )
    return found.exclude(Exists(recused))


class _OfTheRoom(models.QuerySet[Any]):
    def _known(self, actor: Actor) -> bool:
        return actor.unit is not None and actor.user is not None and actor.post is not None


class MeetingQuerySet(_OfTheRoom):
    def visible_to(self, actor: Actor) -> MeetingQuerySet:
        """Whoever keeps, inspects or presides; of the others the units that attend. Which of its items they read is
        asked item by item."""
        if not self._known(actor):
            return self.none()
        if sees_all(actor):
            return self
        if actor.role in ANSWERING | {Role.LEADER}:
            return self.filter(units=actor.unit)
        return self.none()

    def with_row_relations(self) -> MeetingQuerySet:
        return self.select_related("chair__user", "chair__unit", "written_by", "issued_by")


class ItemQuerySet(_OfTheRoom):
    def visible_to(self, actor: Actor) -> Any:
        """Of the meetings one sees, but what one must keep out of."""
        if not self._known(actor):
            return self.none()
        meetings = apps.get_model("conference", "Meeting").objects.visible_to(actor)
        return apart(self.filter(meeting__in=meetings.values("pk")), actor)


class DisputeQuerySet(_OfTheRoom):
    def visible_to(self, actor: Actor) -> Any:
        """Whoever reads the case; the units between which it is disputed, which are asked to agree and may have it no
        more; who leads the common superior; leaders of the district, who sit in the conference."""
        if not self._known(actor):
            return self.none()
        sees = Q(petition__in=unsealed_cases(actor).values("pk"))
        if actor.role in ANSWERING:
            between = apps.get_model("conference", "Dispute").units.through.objects.filter(unit=actor.unit)
            sees |= Q(pk__in=between.values("dispute"))
        if actor.role in {Role.LEADER, Role.UNIT_HEAD}:
            sees |= Q(superior=actor.unit)
        if presides(actor):
            sees = Q()
        return apart(self.filter(sees), actor)

    def live(self) -> DisputeQuerySet:
        return self.filter(state__in=LIVE)

    def with_row_relations(self) -> DisputeQuerySet:
        """What a row prints, in two queries, with how often the case was handed on and objected to."""
        shares = apps.get_model("petitions", "Share").objects.filter(
            petition=OuterRef("petition"), role="lead"
        )
        objections = apps.get_model("petitions", "Objection").objects.filter(petition=OuterRef("petition"))
        return (
            self.select_related("petition__complained_unit", "superior", "lead_unit", "item__meeting")
            .prefetch_related("units", "co_units")
            .annotate(sent=_counted(shares), objected=_counted(objections))
        )


def _counted(rows: models.QuerySet[Any]) -> Any:
    counts = rows.order_by().values("petition").annotate(n=models.Count("pk")).values("n")
    none = models.Value(0)
    return Coalesce(models.Subquery(counts), none, output_field=models.IntegerField())


class OrderQuerySet(_OfTheRoom):
    def visible_to(self, actor: Actor) -> Any:
        """Whoever keeps, inspects or presides; the unit and those above it; for 通报 also whom it was sent to."""
        if not self._known(actor):
            return self.none()
        if sees_all(actor):
            return apart(self, actor)
        if actor.role not in ANSWERING | {Role.LEADER}:
            return self.none()
        sent = apps.get_model("conference", "Order").circulated.through.objects.filter(unit=actor.unit)
        mine = units_below([actor.unit]) | Q(pk__in=sent.values("order"))  # type: ignore[list-item]
        return apart(self.filter(mine), actor)

    def open(self) -> OrderQuerySet:
        return self.filter(state__in=[OrderState.OPEN, OrderState.REPORTED])

    def with_row_relations(self) -> OrderQuerySet:
        """What a row prints, in two queries."""
        clocks = apps.get_model("conference", "OrderClock").objects.select_related("rule")
        return self.select_related(
            "unit",
            "petition__complained_unit",
            "item__meeting",
            "issued_by",
            "talk_post__unit",
            "supervision",
        ).prefetch_related(
            models.Prefetch("clocks", queryset=clocks.order_by("-id"), to_attr="ordered_clocks")
        )
