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
from accounts.selectors import leaders_in_charge, office_posts
from core.timekeeping import now
from deadlines.enums import StepKind
from deadlines.ladder import AlertLine, DueStep
from petitions import rules as petition_rules
from petitions.models import Petition
from petitions.services import telling
from supervision.models import Supervision
from supervision.services import inside

SENTENCES = {
    StepKind.REMIND: "%(number)s 的督办将到期，请按期反馈。",
    StepKind.BREACH: "%(number)s 的督办已到期，请立即反馈。",
    StepKind.ESCALATE: "%(number)s 的督办超期未反馈，请督促。",
}
UP = [Role.HANDLER, Role.UNIT_HEAD, Role.LEADER, Role.PETITION_OFFICER, Role.INSPECTOR]


class People:
    """Posts by (unit, rung), each looked up once per batch."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._known: dict[tuple[int | None, str], list[Post]] = {}

    def of(self, unit: Unit, role: Role) -> list[Post]:
        key = (None if role in {Role.PETITION_OFFICER, Role.INSPECTOR} else unit.pk, role)
        if key not in self._known:
            self._known[key] = self._look_up(unit, role)
        return self._known[key]

    def _look_up(self, unit: Unit, role: Role) -> list[Post]:
        if role in {Role.PETITION_OFFICER, Role.INSPECTOR}:
            return office_posts(role, self.at)
        if role == Role.LEADER:
            return leaders_in_charge(unit, self.at)
        people = inside.people_of(unit, self.at)
        wanted = [post for post in people if (post.role == Role.UNIT_HEAD) == (role == Role.UNIT_HEAD)]
        return wanted or people

    def told_of(self, case: Petition | None, unit: Unit, role: Role) -> list[int]:
        """User ids of the first rung from ``role`` up in which somebody may know of it and can act."""
        own_part = case is not None and petition_rules.answers_own_part(case, unit)
        for step in UP[UP.index(role) :] if role in UP else UP:
            posts = self.of(unit, step)
            own = own_part and step in {Role.HANDLER, Role.UNIT_HEAD}
            told = (
                sorted({post.user_id for post in posts})
                if case is None
                else telling.who_may_know(case, posts, own_part=own, at=self.at)
            )
            if told:
                return told
        return []


def supervision_lines(due: Sequence[DueStep]) -> list[AlertLine]:
    """The unit's people, its leaders, then the petition office and the inspectors."""
    people, lines = People(now()), []
    for step in due:
        row: Supervision = step.clock.supervision  # type: ignore[attr-defined]
        case = row.petition
        if case is not None and case.sealed:
            continue
        number = case.number if case is not None else row.unit.label
        lines.append(
            AlertLine(
                recipients=people.told_of(case, row.unit, Role(step.role)),
                text=_(SENTENCES[StepKind(step.kind)]) % {"number": number} + step.late_text,
                link=row.get_absolute_url(),
                about=case.about if case is not None else "",
                dedupe_key=step.key,
                level=step.level,
            )
        )
    return lines
