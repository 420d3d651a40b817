"""Who is told when a supervision nears or passes its date: posts are looked up then; numbers only, no subject, no name.

A case that was sealed meanwhile is told about to nobody here, nor to whoever is recused or complained of; the next one
up is told instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Post, Unit
from accounts.selectors import leaders_in_charge, people_of
from core.timekeeping import now
from deadlines.enums import StepKind
from deadlines.ladder import AlertLine, DueStep
from petitions.services.rungs import Rungs
from supervision.models import Supervision

SENTENCES = {
    StepKind.REMIND: "%(number)s 的督办将到期，请按期反馈。",
    StepKind.BREACH: "%(number)s 的督办已到期，请立即反馈。",
    StepKind.ESCALATE: "%(number)s 的督办超期未反馈，请督促。",
}


def _posts(unit: Unit, role: Role, at: datetime) -> list[Post]:
    """Where nobody heads the unit its other people are told, and the other way round."""
    if role == Role.LEADER:
        return leaders_in_charge(unit, at)
    people = people_of(unit, at)
    wanted = [post for post in people if (post.role == Role.UNIT_HEAD) == (role == Role.UNIT_HEAD)]
    return wanted or people


def supervision_lines(due: Sequence[DueStep]) -> list[AlertLine]:
    """The unit's people, its leaders, then the petition office and the inspectors."""
    rungs, lines = Rungs(now(), _posts), []
    for step in due:
        row: Supervision = step.clock.supervision  # type: ignore[attr-defined]
        case = row.petition
        if case is not None and case.sealed:
            continue
        number = case.number if case is not None else row.unit.label
        lines.append(
            AlertLine(
                recipients=rungs.told_of(case, row.unit, Role(step.role)),
                text=_(SENTENCES[StepKind(step.kind)]) % {"number": number} + step.late_text,
                link=row.get_absolute_url(),
                about=case.about if case is not None else "",
                dedupe_key=step.key,
                level=step.level,
            )
        )
    return [*lines, *rungs.vacancies.lines()]
