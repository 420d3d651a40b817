"""Applications for striking a package off, among what waits for a decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from leaders import rules
from leaders.enums import LeaderAct, StrikeOffState
from leaders.models import CasePackage, PackageMember, StrikeOff
from petitions.extensions import Decision
from petitions.selectors.veiling import over_rows


def waiting(actor: Actor) -> Any:
    """What this person may decide, the oldest first: nothing of their own, and of no team they are in."""
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
