"""Who may see what of this room. Every read starts from ``visible_to``; the case's own scope comes first."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.enums import Role, UnitKind
from leaders.enums import LeaveWhy, PackageState
from petitions.querysets import OfACase, unsealed_cases

if TYPE_CHECKING:
    from accounts.actor import Actor


class PackageQuerySet(OfACase):
    def open(self) -> PackageQuerySet:
        return self.filter(state=PackageState.OPEN)

    def visible_to(self, actor: Actor) -> Any:
        """Whoever reads every case that is or was in it: its words tell of all of them, and somebody recused from one,
        or complained of in it, gets nothing (条例 28). One that was sealed has left without a trace here."""
        cases = unsealed_cases(actor)
        rows = apps.get_model("leaders", "PackageCase").objects.filter(package=OuterRef("pk"))
        # Each case is looked up: a list of all that one may not see would be read through for every row.
        kept = rows.exclude(left_why=LeaveWhy.SEALED).filter(~Exists(cases.filter(pk=OuterRef("petition"))))
        return self.filter(petition__in=cases.values("pk")).exclude(Exists(kept))

    def holding(self, cases: Any) -> PackageQuerySet:
        """Packages in which one of these cases is now."""
        rows = apps.get_model("leaders", "PackageCase").objects.filter(left_at=None, petition__in=cases)
        return self.filter(pk__in=rows.values("package"))

    def with_row_relations(self) -> PackageQuerySet:
        """What a row prints: the case, the leader and whether they are recused, the last clock, visits so far. Two
        queries."""
        recused = apps.get_model("petitions", "Recusal").objects.filter(
            petition__package_rows__package=OuterRef("pk"),
            petition__package_rows__left_at=None,
            user=OuterRef("leader"),
            ended_at=None,
        )
        team = apps.get_model("leaders", "PackageMember").objects.filter(package=OuterRef("pk"), left_at=None)
        inside = apps.get_model("leaders", "PackageCase").objects.filter(package=OuterRef("pk"), left_at=None)
        visits = (
            apps.get_model("leaders", "VisitRecord")
            .objects.filter(
                petition__package_rows__package=OuterRef("pk"), petition__package_rows__left_at=None
            )
            .order_by()
        )
        clocks = apps.get_model("leaders", "PackageClock").objects.select_related("rule").order_by("-id")
        return (
            self.select_related("petition__lead_unit", "leader", "post__unit")
            .prefetch_related(models.Prefetch("clocks", queryset=clocks, to_attr="ordered_clocks"))
            .annotate(
                leader_recused=Exists(recused),
                # Subqueries, so that only the rows of the page are counted for.
                visits=Coalesce(
                    Subquery(
                        visits.values("petition__package_rows__package").annotate(n=Count("pk")).values("n")
                    ),
                    0,
                ),
                member_ids=ArraySubquery(team.order_by("joined_at", "id").values("user_id")),
                case_ids=ArraySubquery(inside.order_by("entered_at", "id").values("petition_id")),
                last_visit_at=Subquery(visits.order_by("-at").values("at")[:1]),
            )
        )


class PackageCaseQuerySet(OfACase):
    def inside(self) -> PackageCaseQuerySet:
        return self.filter(left_at=None)


class ProposalQuerySet(OfACase):
    def open(self) -> ProposalQuerySet:
        return self.filter(state="open")


class InstructionQuerySet(OfACase):
    def concerning(self, actor: Actor) -> InstructionQuerySet:
        """Instructions whose text the actor may read: whoever wrote it, whoever must do it, and the office."""
        found = self.visible_to(actor)
        if actor.role == Role.LEADER:
            return found.filter(leader=actor.user)
        if actor.unit is not None and actor.unit.kind == UnitKind.PETITION_OFFICE:
            return found
        return found.filter(unit__in=[actor.unit.pk] if actor.unit else [])

    def with_row_relations(self) -> InstructionQuerySet:
        clocks = apps.get_model("leaders", "InstructionClock").objects.select_related("rule").order_by("-id")
        return self.select_related("petition", "unit", "leader", "post__unit").prefetch_related(
            models.Prefetch("clocks", queryset=clocks, to_attr="ordered_clocks")
        )


class VisitDayQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> VisitDayQuerySet:
        """Published days are everybody's; the rest are the planner's, the leader's and the companions'."""
        if actor.unit is None or actor.user is None:
            return self.filter(published=True)
        if actor.unit.kind == UnitKind.PETITION_OFFICE:
            return self.all()
        companion = self.model.accompanying.through.objects.filter(unit=actor.unit).values("visitday")
        return self.filter(
            Q(published=True) | Q(leader=actor.user) | Q(planned_by=actor.user) | Q(pk__in=companion)
        )

    def with_row_relations(self) -> VisitDayQuerySet:
        return self.select_related(
            "leader", "post__unit", "place_unit", "site", "deputy__user"
        ).prefetch_related("accompanying", "post__charge_units")


class SiteQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> SiteQuerySet:
        """Sites of one's own office: the petition office has all of them."""
        if actor.unit is None:
            return self.none()
        if actor.unit.kind == UnitKind.PETITION_OFFICE:
            return self.all()
        return self.filter(unit__path__startswith=actor.unit.path)

    def in_use(self, first: date, last: date) -> SiteQuerySet:
        return self.filter(Q(used_until=None) | Q(used_until__gte=first), used_from__lte=last)


class DayRuleQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> DayRuleQuerySet:
        """Rules of one's own office: of another than the petition office those whose leaders are all below it."""
        if actor.unit is None:
            return self.none()
        if actor.unit.kind == UnitKind.PETITION_OFFICE:
            return self.all()
        turns = apps.get_model("leaders", "RuleTurn").objects.filter(rule=OuterRef("pk"))
        return self.filter(Exists(turns)).exclude(
            Exists(turns.exclude(post__unit__path__startswith=actor.unit.path))
        )

    def with_row_relations(self) -> DayRuleQuerySet:
        return self.prefetch_related("turns__post__user", "turns__post__unit", "places__site")


class BookingQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> BookingQuerySet:
        """Who asked for a place is known to the desk of the petition office and of the unit where it is, and to the
        leader of that day, but not for a case that complains of them or from which they are recused (条例 28). Whose
        names are kept all the same says ``selectors.bookings.with_cases``."""
        if actor.unit is None or actor.user is None:
            return self.none()
        if actor.role == Role.LEADER:
            mine = self.filter(day__leader=actor.user)
            return mine.filter(Q(petition=None) | Q(petition__in=unsealed_cases(actor).values("pk")))
        if actor.role not in {Role.CLERK, Role.PETITION_OFFICER}:
            return self.none()
        cases = apps.get_model("petitions", "Petition").objects.not_against(actor)
        served = self.filter(Q(petition=None) | Q(petition__in=cases.values("pk")))
        if actor.unit.kind == UnitKind.PETITION_OFFICE:
            return served
        return served.filter(day__place_unit__path__startswith=actor.unit.path)

    def to_call(self, actor: Actor) -> BookingQuerySet:
        """Those who have to be told something by this desk. Whoever asked for their name to be kept is called by the
        petition office alone (domain G)."""
        found = self.visible_to(actor).exclude(to_tell="")
        if actor.unit is not None and actor.unit.kind == UnitKind.PETITION_OFFICE:
            return found
        return found.exclude(petition__confidential=True)


class DayCaseQuerySet(OfACase):
    def concerning(self, actor: Actor) -> DayCaseQuerySet:
        """What is taken along, for the planners and the leader who goes; each reads the case."""
        found: DayCaseQuerySet = self.visible_to(actor)
        if actor.role == Role.LEADER:
            return found.filter(day__leader=actor.user)
        return found if actor.role == Role.PETITION_OFFICER else self.none()


class VisitRecordQuerySet(OfACase):
    pass
