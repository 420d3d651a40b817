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


def _posts(body: Unit, role: Role, at: datetime) -> list[Post]:
    return people.workers(body, at) if role == Role.HANDLER else people.deciders(body, at)


def review_lines(due: Sequence[DueStep]) -> list[AlertLine]:
    """The body's desk, its heads, then the petition office and the inspectors."""
    rungs, lines = Rungs(now(), _posts), []
    for step in due:
        review: Review = step.clock.review  # type: ignore[attr-defined]
        if step.kind == StepKind.LAPSE or review.petition.sealed:
            continue
        assert review.body is not None  # no clock of ours runs for a body outside
        words = {"number": review.petition.number, "level": Level(review.level).label}
        lines.append(
            AlertLine(
                recipients=rungs.told_of(review.petition, review.body, Role(step.role)),
                text=_(SENTENCES[StepKind(step.kind)]) % words + step.late_text,
                link=review.get_absolute_url(),
                about=review.petition.about,
                dedupe_key=step.key,
                level=step.level,
            )
        )
    return [*lines, *rungs.vacancies.lines()]
