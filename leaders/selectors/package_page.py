"""All that one package shows on its page."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post
from core.timekeeping import local_day, now
from hearings.models import Hearing
from leaders.enums import StrikeOffState
from leaders.models import CasePackage, PackageCase, StrikeOff, VisitRecord
from leaders.selectors.instructions import instructions_on
from leaders.selectors.packages import package_row
from leaders.services import striking
from outcomes.models import Execution
from petitions import extensions
from petitions.enums import Status
from petitions.models import Petition

#: Rows of one kind on the page; older ones are on the pages of their cases.
MOST = 20
PackagePage = dict[str, Any]
TEAM_ROLES = (Role.HANDLER, Role.UNIT_HEAD, Role.PETITION_OFFICER, Role.INSPECTOR, Role.MEDIATOR)


def package_page(package: CasePackage, actor: Actor) -> PackagePage:
    """A package from ``visible_to`` and ``with_row_relations``, so that its reader reads all its cases."""
    rows = list(
        PackageCase.objects.visible_to(actor).filter(package=package).select_related("petition__lead_unit")
    )
    cases = [row.petition for row in [row for row in rows if row.left_at is None] or rows]
    today = local_day(now())
    steps = list(package.milestones.filter(dropped_at=None))
    inquiries = list(package.inquiries.all())
    return {
        "package": package,
        "row": package_row(package),
        "case_rows": rows,
        "cases": [row.petition for row in rows],
        "tasks": instructions_on(cases, actor),
        "records": VisitRecord.objects.filter(petition__in=cases)
        .select_related("leader", "petition")
        .order_by("-at")[:MOST],
        "may_instruct": actor.role == Role.LEADER and Status(package.petition.status).is_open,
        "team": package.members.filter(left_at=None).select_related("user", "post__unit"),
        "milestones": [(one, one.lamp_on(today)) for one in steps],
        "has_steps": any(one.done_at is None for one in steps),
        "notes": package.notes.all()[:MOST],
        "inquiries": inquiries,
        "open_inquiry": any(one.closed_at is None for one in inquiries),
        "handovers": package.handovers.select_related("from_post__user", "to_post__user"),
        "reopenings": package.reopenings.select_related("petition"),
        **_beside(cases, actor),
        **_striking(package, cases, actor),
    }


def _beside(cases: list[Petition], actor: Actor) -> dict[str, Any]:
    """What the rooms beside and below know of its cases."""
    return {
        "executions": Execution.objects.visible_to(actor)
        .filter(petition__in=cases)
        .select_related("petition", "unit")
        .order_by("due_on", "id")[:MOST],
        "hearings": Hearing.objects.filter(petition__in=cases)
        .select_related("petition", "unit")
        .order_by("-id")[:MOST],
        "mediations": extensions.work_of("mediation", cases, actor),
    }


def _striking(package: CasePackage, cases: list[Petition], actor: Actor) -> dict[str, Any]:
    """How somebody feels is for those who decide, not for the units that answered (条例 21; domain G)."""
    found: list[StrikeOff] = list(package.strike_offs.select_related("visited_by"))
    waiting = next((one for one in found if one.state == StrikeOffState.WAITING), None)
    return {
        "strike_offs": found,
        "waiting": waiting,
        "conditions": striking.conditions(package, cases, waiting) if waiting is not None else [],
        "sees_notes": sees_notes(package, actor),
    }


def sees_notes(package: CasePackage, actor: Actor) -> bool:
    if actor.unit is None or actor.user is None:
        return False
    in_office = actor.unit.kind == UnitKind.PETITION_OFFICE and actor.role in {
        Role.PETITION_OFFICER,
        Role.INSPECTOR,
        Role.UNIT_HEAD,
    }
    return in_office or actor.user.pk == package.leader_id


def team_candidates(package: CasePackage) -> QuerySet[Post]:
    """People of the units that answer for its cases, of the petition office, and mediators;
    nobody of a unit complained of or below it, nobody recused, and not the leader (条例 28)."""
    cases = Petition.objects.filter(package_rows__package=package, package_rows__left_at=None)
    posts = Post.objects.current(local_day(now())).filter(role__in=TEAM_ROLES, user__is_active=True)
    units = (
        Q(unit__in=cases.values("lead_unit"))
        | Q(unit__in=cases.values("shares__unit"))
        | Q(role=Role.MEDIATOR)
        | Q(unit__kind=UnitKind.PETITION_OFFICE)
    )
    complained = cases.exclude(complained_unit=None).exclude(complained_unit__kind=UnitKind.DISTRICT)
    for path in set(complained.values_list("complained_unit__path", flat=True)):
        posts = posts.exclude(unit__path__startswith=path)
    found: QuerySet[Post] = (
        posts.filter(units)
        .exclude(user__in=cases.filter(recusals__ended_at=None, has_recusals=True).values("recusals__user"))
        .exclude(user=package.leader_id)
        .exclude(user__in=package.members.filter(left_at=None).values("user"))
    )
    return found.select_related("user", "unit").order_by("unit__path", "id")
