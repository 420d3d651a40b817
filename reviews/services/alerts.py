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
from accounts.selectors import office_posts
from core.timekeeping import now
from deadlines.enums import StepKind
from deadlines.ladder import AlertLine, DueStep
from petitions.services import telling
from reviews import people
from reviews.enums import Level
from reviews.models import Review

SENTENCES = {
    StepKind.REMIND: "%(number)s 的%(level)s将到期。",
    StepKind.BREACH: "%(number)s 的%(level)s已到期，请立即作出意见。",
    StepKind.ESCALATE: "%(number)s 的%(level)s超期未作出意见，请督促。",
}


class _People:
    """Posts by (body, rung), each looked up once per batch."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._known: dict[tuple[int | None, str], list[Post]] = {}

    def of(self, body: Unit, role: Role) -> list[Post]:
        key = (None if role in {Role.PETITION_OFFICER, Role.INSPECTOR} else body.pk, role)
        if key not in self._known:
            self._known[key] = self._look_up(body, role)
        return self._known[key]

    def _look_up(self, body: Unit, role: Role) -> list[Post]:
        if role in {Role.PETITION_OFFICER, Role.INSPECTOR}:
            return office_posts(role, self.at)
        return people.workers(body, self.at) if role == Role.HANDLER else people.deciders(body, self.at)

    def told_of(self, review: Review, role: Role) -> list[int]:
        order = [Role.HANDLER, Role.UNIT_HEAD, Role.LEADER, Role.PETITION_OFFICER, Role.INSPECTOR]
        assert review.body is not None  # no clock of ours runs for a body outside
        for step in order[order.index(role) :] if role in order else ():
            if told := telling.who_may_know(review.petition, self.of(review.body, step), at=self.at):
                return told
        return []


def review_lines(due: Sequence[DueStep]) -> list[AlertLine]:
    """The body's desk, its heads, then the petition office and the inspectors."""
    found, lines = _People(now()), []
    for step in due:
        review: Review = step.clock.review  # type: ignore[attr-defined]
        if step.kind == StepKind.LAPSE or review.petition.sealed:
            continue
        words = {"number": review.petition.number, "level": Level(review.level).label}
        lines.append(
            AlertLine(
                recipients=found.told_of(review, Role(step.role)),
                text=_(SENTENCES[StepKind(step.kind)]) % words + step.late_text,
                link=review.get_absolute_url(),
                about=review.petition.about,
                dedupe_key=step.key,
                level=step.level,
            )
        )
    return lines
