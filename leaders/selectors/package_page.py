"""All that one package shows on its page."""

from __future__ import annotations

from typing import Any

from accounts.actor import Actor
from accounts.enums import Role
from leaders.models import CasePackage, PackageCase, VisitRecord
from leaders.selectors.instructions import instructions_on
from leaders.selectors.packages import package_row

#: Rows of one kind on the page; older ones are on the pages of their cases.
MOST = 20


def package_page(package: CasePackage, actor: Actor) -> dict[str, Any]:
    """A package from ``visible_to`` and ``with_row_relations``, so that its reader reads all its cases."""
    rows = list(
        PackageCase.objects.visible_to(actor).filter(package=package).select_related("petition__lead_unit")
    )
    inside = [row for row in rows if row.left_at is None] or rows
    cases = [row.petition for row in inside]
    return {
        "package": package,
        "row": package_row(package),
        "case_rows": rows,
        "tasks": instructions_on(cases, actor),
        "records": VisitRecord.objects.filter(petition__in=cases)
        .select_related("leader", "petition")
        .order_by("-at")[:MOST],
        "may_instruct": actor.role == Role.LEADER,
    }
