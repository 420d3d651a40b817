"""Applications for striking a package off, among what waits for a decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from leaders import gaps, rules
from leaders.enums import LeaderAct, StrikeOffState
from leaders.models import CasePackage, PackageCase, PackageMember, StrikeOff
from leaders.services import striking
from petitions.extensions import Decision
from petitions.selectors.veiling import over_rows

#: Applications that lack something are shown whole with it; no more than this many on one page.
MOST_HELD = 20


@dataclass(frozen=True)
class Held:
    """An application that nobody can approve yet, with what it lacks and who has to do that."""

    row: Decision
    lacks: list[striking.Condition]


def waiting(actor: Actor) -> Any:
    """What waits for this person's word, the oldest first: nothing that lacks what it needs."""
    return gaps.ready(_asked(actor))


def held(actor: Actor) -> list[Held]:
    """What this person would decide if nothing were missing: it does not wait for them, but for whoever has to do what
    is missing."""
    asked = _asked(actor)
    rows = list(asked.exclude(pk__in=gaps.ready(asked).values("pk"))[:MOST_HELD])
    return [
        Held(shown, [one for one in _conditions(row) if one.missing])
        for row, shown in zip(rows, show(rows, actor), strict=True)
    ]


def _conditions(row: StrikeOff) -> list[striking.Condition]:
    inside = PackageCase.objects.inside().filter(package=row.package)
    found = inside.select_related("petition__lead_unit", "petition__registered_unit").order_by("id")
    return striking.conditions(row.package, [one.petition for one in found], row)


def _asked(actor: Actor) -> Any:
    """Nothing of their own, and of no team they are in."""
    asked = StrikeOff.objects.filter(state=StrikeOffState.WAITING)
    if actor.unit is None or actor.user is None or not rules.may(LeaderAct.DECIDE_STRIKE_OFF, actor):
        return asked.none()
    packages = CasePackage.objects.visible_to(actor).exclude(leader=actor.user)
    if actor.unit.kind != UnitKind.PETITION_OFFICE:
        if actor.role != Role.LEADER:
            return asked.none()
        packages = packages.filter(post__unit__path__startswith=actor.unit.path)
    teams = PackageMember.objects.filter(user=actor.user, left_at=None)
    found = asked.filter(package__in=packages).exclude(applied_by=actor.user)
    found = found.exclude(package__in=teams.values("package"))
    return found.select_related("package__petition", "package__leader").order_by("applied_at", "id")


def show(rows: Sequence[StrikeOff], actor: Actor) -> list[Decision]:
    over_rows([row.package.petition for row in rows], actor)
    return [
        Decision(
            what=_("销案：%(leader)s包案") % {"leader": row.package.leader.get_full_name()},
            title=row.package.petition.subject,
            why=f"{row.package.petition.number} · {row.applied_who}",
            url=f"{row.package.get_absolute_url()}#strike-off",
            since=row.applied_at,
        )
        for row in rows
    ]
