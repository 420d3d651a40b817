"""Who is told when a package or an instruction nears or passes its date. Posts are looked up then.

Numbers only: no subject and no name (domain G). A case that was sealed meanwhile is told about to nobody here, and no
case to whoever is recused or complained of; the next one up is told instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.enums import Role, UnitKind
from accounts.in_office import InOffice
from accounts.models import Post, Unit
from core.timekeeping import local_day, now
from deadlines.enums import StepKind
from deadlines.ladder import AlertLine, DueStep
from leaders.models import CasePackage, Instruction
from petitions import rules as petition_rules
from petitions.models import Petition
from petitions.services import telling
from petitions.services.vacant import Vacancies, last_resort, reads


class People:
    """Posts by (role, unit), each looked up once per batch."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.staff = InOffice(at)
        self.vacancies = Vacancies(self.staff)

    def of(self, role: Role, unit: Unit | None = None) -> list[Post]:
        """Handlers and heads of that unit; petition officers and inspectors of the petition office."""
        if unit is None or role in {Role.PETITION_OFFICER, Role.INSPECTOR}:
            unit, found = None, self.staff.office(role)
        else:
            found = self.staff.of(role, unit)
        if not found:
            self.vacancies.note(unit, role)
        return found

    def told_of(self, case: Petition, *wanted: Sequence[Post], own_part: bool = False) -> list[int]:
        """User ids of the first of these groups in which somebody may know of the case; failing all, the petition
        office's officers, then its inspectors, so that no alert is lost where the first are recused.

        ``own_part``: the first groups are of the unit that answers for its own part (``telling.notify_about``).
        """
        for posts in wanted:
            if told := telling.who_may_know(case, posts, own_part=own_part, at=self.at):
                return told
        for role in (Role.PETITION_OFFICER, Role.INSPECTOR):
            if told := telling.who_may_know(case, self.of(role), at=self.at):
                return told
        return last_resort(case, self.staff)


def package_lines(due: Sequence[DueStep]) -> list[AlertLine]:
    """The leader is reminded and told of the breach; after that the petition office and the inspectors are."""
    people, lines = People(now()), []
    for step in due:
        package: CasePackage = step.clock.package  # type: ignore[attr-defined]
        if package.petition.sealed:
            continue
        role = Role(step.role)
        wanted = (
            people.of(role)
            if role in {Role.PETITION_OFFICER, Role.INSPECTOR}
            else leader_now(package.post, package.petition, people)
        )
        told = people.told_of(package.petition, wanted)
        lines.append(_line(step, told, package.get_absolute_url(), _("包案"), package.petition))
    return [*lines, *people.vacancies.lines()]


def instruction_lines(due: Sequence[DueStep]) -> list[AlertLine]:
    """Handlers, heads, the leader who wrote it, then petition office and inspectors."""
    people, lines = People(now()), []
    for step in due:
        task: Instruction = step.clock.instruction  # type: ignore[attr-defined]
        if task.petition.sealed:
            continue
        told = _told_of(task, Role(step.role), people)
        lines.append(_line(step, told, task.get_absolute_url(), _("批示"), task.petition))
    return [*lines, *people.vacancies.lines()]


def _told_of(task: Instruction, role: Role, people: People) -> list[int]:
    if role == Role.LEADER:
        return people.told_of(task.petition, leader_now(task.post, task.petition, people))
    if role in {Role.PETITION_OFFICER, Role.INSPECTOR}:
        return people.told_of(task.petition, people.of(role))
    # Where nobody holds the post (a petition office has no handlers), the next one up.
    if role == Role.HANDLER and task.unit.kind == UnitKind.PETITION_OFFICE:
        role = Role.PETITION_OFFICER
    own_part = petition_rules.answers_own_part(task.petition, task.unit)
    named = task.who_does if role == Role.HANDLER else None
    groups = [[named]] if named is not None and named.held_on(local_day(people.at)) else []
    groups += [people.of(rung, task.unit) for rung in dict.fromkeys((role, Role.UNIT_HEAD))]
    for posts in groups:
        if told := telling.who_may_know(task.petition, posts, own_part=own_part, at=people.at):
            return told
    return people.told_of(task.petition)


def leader_now(post: Post, case: Petition, people: People) -> list[Post]:
    """The leader's post while it is held, and whoever stands in for it and reads the case; whoever has left it is not
    told instead of anybody."""
    if not post.user.is_active or not post.held_on(local_day(people.at)):
        return []
    leaders = people.staff.anywhere(Role.LEADER)
    return [post, *(one for one in leaders if one.stands_in_for_id == post.pk and reads(one, case))]


def _line(step: DueStep, told: list[int], link: str, what: str, case: Petition) -> AlertLine:
    sentence = {
        StepKind.REMIND: _("%(number)s 的%(what)s将到期。"),
        StepKind.BREACH: _("%(number)s 的%(what)s已到期，请立即处理。"),
        StepKind.ESCALATE: _("%(number)s 的%(what)s超期未完成，请督促。"),
    }[StepKind(step.kind)]
    return AlertLine(
        recipients=told,
        text=sentence % {"number": case.number, "what": what} + step.late_text,
        link=link,
        about=case.about,
        dedupe_key=step.key,
        level=step.level,
    )
