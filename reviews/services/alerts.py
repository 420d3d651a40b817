"""Who is told when a review nears or passes its 30 days. Posts are looked up then; numbers only, no subject, no name.

A case that was sealed meanwhile is told about to nobody here, nor to whoever is recused or complained of; the next one
up is told instead. The petitioner's window is a right: nobody is told when it ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Post, Unit
from core.timekeeping import now
from deadlines.enums import StepKind
from deadlines.ladder import AlertLine, DueStep
from petitions.services.rungs import Rungs
from reviews import people
from reviews.enums import Level
from reviews.models import Review

SENTENCES = {
    StepKind.REMIND: "%(number)s 的%(level)s将到期。",
    StepKind.BREACH: "%(number)s 的%(level)s已到期，请立即作出意见。",
    StepKind.ESCALATE: "%(number)s 的%(level)s超期未作出意见，请督促。",
}


#: Of a 复查 that was referred upward: the petition office asks there, and its inspectors ask it.
REFERRED = {
    StepKind.REMIND: "%(number)s 的%(level)s已报请上级机关，30日将到期，请催问办理情况并登记结果。",
    StepKind.BREACH: "%(number)s 报请上级机关的%(level)s已满30日，还没有登记结果，请催问并登记。",
    StepKind.ESCALATE: "%(number)s 报请上级机关的%(level)s已过30日，还没有登记结果，请督促。",
}
#: Who stands in the place of a rung there; the unit's and the leaders' rungs are nobody's.
OF_THE_OFFICE = {
    Role.HANDLER: Role.PETITION_OFFICER,
    Role.PETITION_OFFICER: Role.PETITION_OFFICER,
    Role.INSPECTOR: Role.INSPECTOR,
}


def _posts(body: Unit, role: Role, at: datetime) -> list[Post]:
    return people.workers(body, at) if role == Role.HANDLER else people.deciders(body, at)


def review_lines(due: Sequence[DueStep]) -> list[AlertLine]:
    """The body's desk, its heads, then the petition office and the inspectors."""
    rungs, lines = Rungs(now(), _posts), []
    for step in due:
        review: Review = step.clock.review  # type: ignore[attr-defined]
        if step.kind == StepKind.LAPSE or review.petition.sealed:
            continue
        unit, role, sentences = review.body, Role(step.role), SENTENCES
        if unit is None:
            if role not in OF_THE_OFFICE:
                continue
            unit, role, sentences = review.petition.registered_unit, OF_THE_OFFICE[role], REFERRED
        words = {"number": review.petition.number, "level": Level(review.level).label}
        lines.append(
            AlertLine(
                recipients=rungs.told_of(review.petition, unit, role),
                text=_(sentences[StepKind(step.kind)]) % words + step.late_text,
                link=review.get_absolute_url(),
                about=review.petition.about,
                dedupe_key=step.key,
                level=step.level,
            )
        )
    return [*lines, *rungs.vacancies.lines()]
