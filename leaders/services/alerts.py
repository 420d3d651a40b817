"""Who is told when a package or an instruction nears or passes its date. Posts are looked up then.

Numbers only: no subject and no name (domain G). A case that was sealed meanwhile is told about to nobody here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.enums import Role, UnitKind
from accounts.models import Unit
from accounts.selectors import holders
from core.timekeeping import now
from deadlines.enums import StepKind
from deadlines.ladder import AlertLine, DueStep
from leaders.models import CasePackage, Instruction
from petitions.models import Petition


class _People:
    """User ids by (role, unit), each looked up once per batch."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._known: dict[tuple[str, int | None], list[int]] = {}

    def of(self, role: Role, unit: Unit | None = None) -> list[int]:
        """Handlers and heads of that unit; petition officers and inspectors of the petition office."""
        office = role in {Role.PETITION_OFFICER, Role.INSPECTOR}
        key = (role, None if office or unit is None else unit.pk)
        if key not in self._known:
            posts = holders(role, unit=None if office else unit, at=self.at)
            self._known[key] = sorted(
                {p.user_id for p in posts if not office or p.unit.kind == UnitKind.PETITION_OFFICE}
            )
        return self._known[key]

    def in_unit(self, role: Role, unit: Unit) -> list[int]:
        """Where nobody holds the post (a petition office has no handlers), the next one up."""
        return self.of(role, unit) or self.of(Role.UNIT_HEAD, unit) or self.of(Role.PETITION_OFFICER)


def package_lines(due: Sequence[DueStep]) -> list[AlertLine]:
    """The leader is reminded and told of the breach; after that the petition office and the inspectors are."""
    people, lines = _People(now()), []
    for step in due:
        package: CasePackage = step.clock.package  # type: ignore[attr-defined]
        if package.petition.sealed:
            continue
        role = Role(step.role)
        told = people.of(role) if role in {Role.PETITION_OFFICER, Role.INSPECTOR} else [package.leader_id]
        lines.append(_line(step, told, package.get_absolute_url(), _("包案"), package.petition))
    return lines


def instruction_lines(due: Sequence[DueStep]) -> list[AlertLine]:
    """Handlers, heads, the leader who wrote it, then petition office and inspectors."""
    people, lines = _People(now()), []
    for step in due:
        task: Instruction = step.clock.instruction  # type: ignore[attr-defined]
        if task.petition.sealed:
            continue
        told = _told_of(task, Role(step.role), people)
        lines.append(_line(step, told, task.get_absolute_url(), _("批示"), task.petition))
    return lines


def _told_of(task: Instruction, role: Role, people: _People) -> list[int]:
    if role == Role.LEADER:
        return [task.leader_id]
    if role in {Role.PETITION_OFFICER, Role.INSPECTOR}:
        return people.of(role)
    return people.in_unit(role, task.unit)


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
