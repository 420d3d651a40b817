"""Who is told when a unit's report nears or passes its day: the unit; past the day, once, the petition office and its
inspectors. Units and kinds only, no subject and no name (domain G).

Whoever is recused or complained of is not told; the next one up is told instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Post, Unit
from accounts.selectors import leaders_in_charge, people_of
from conference.models import Order
from core.timekeeping import now
from deadlines.enums import StepKind
from deadlines.ladder import AlertLine, DueStep
from petitions.services.rungs import OFFICE, Rungs


def _posts(unit: Unit, role: Role, at: datetime) -> list[Post]:
    return leaders_in_charge(unit, at) if role == Role.LEADER else people_of(unit, at)


def order_lines(due: Sequence[DueStep]) -> list[AlertLine]:
    rungs, lines = Rungs(now(), _posts), []
    for step in due:
        order: Order = step.clock.order  # type: ignore[attr-defined]
        case = order.petition
        if case is not None and case.sealed:
            continue
        lines.append(
            AlertLine(
                recipients=rungs.told_of(case, order.unit, Role(step.role)),
                text=_words(order, step) + step.late_text,
                link=order.get_absolute_url(),
                about=case.about if case is not None else "",
                dedupe_key=step.key,
                level=step.level,
            )
        )
    return [*lines, *rungs.vacancies.lines()]


def _words(order: Order, step: DueStep) -> str:
    words = {"kind": order.get_kind_display(), "unit": order.unit.label}
    if step.kind == StepKind.REMIND:
        return _("%(unit)s的%(kind)s的书面报告将到期。") % words
    if step.role in OFFICE:
        return _("%(unit)s的%(kind)s已到期，没有报告，请督促。") % words
    return _("%(unit)s的%(kind)s的书面报告已到期，请立即报告。") % words
