"""Who is told when a level's days near their end or are over: the mediator, the head of the room's unit, the petition
office. The number of the case only."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.in_office import InOffice
from accounts.models import Post
from core.timekeeping import now
from deadlines.enums import StepKind
from deadlines.ladder import AlertLine, DueStep
from mediation.models import Stay
from mediation.services import matters
from petitions.services.vacant import Vacancies, last_resort


def lines(due: Sequence[DueStep]) -> list[AlertLine]:
    """A few queries for the batch. A case that was sealed meanwhile is told about to nobody here."""
    staff = InOffice(now())
    vacancies = Vacancies(staff)
    staff.prepare(step.clock.stay.room.unit for step in due)  # type: ignore[attr-defined]
    found = []
    for step in due:
        stay: Stay = step.clock.stay  # type: ignore[attr-defined]
        matter = stay.mediation.matter
        if matter.sealed:
            continue
        sentence = {
            StepKind.REMIND: _("%(number)s 在“%(level)s”的调解天数将满，请约双方，或问问是否转上一级。"),
            StepKind.BREACH: _("%(number)s 在“%(level)s”的调解天数已满，请问双方是转上一级还是结束调解。"),
        }.get(StepKind(step.kind), _("%(number)s 在“%(level)s”的调解天数已满，还没有安排，请过问。"))
        found.append(
            AlertLine(
                recipients=_told(stay, Role(step.role), staff, vacancies),
                text=sentence % {"number": matter.number, "level": stay.level} + step.late_text,
                link=stay.mediation.get_absolute_url(),
                about=matter.about,
                dedupe_key=step.key,
                level=step.level,
            )
        )
    return [*found, *vacancies.lines()]


def _told(stay: Stay, role: Role, staff: InOffice, vacancies: Vacancies) -> list[int]:
    """User ids of the rung; where it has nobody who may know of the case, of the petition office."""
    matter, unit = stay.mediation.matter, stay.room.unit
    wanted: list[Post | int] = []
    if role == Role.HANDLER:
        wanted = [stay.mediator_id]
    elif role == Role.UNIT_HEAD:
        wanted = list(staff.of(role, unit))
        if not wanted:
            vacancies.note(unit, role)
    else:
        wanted = list(staff.office(role))
    if told := matters.who_may_know(matter, wanted, at=staff.at):
        return told
    office = matters.who_may_know(matter, list(staff.office(Role.PETITION_OFFICER)), at=staff.at)
    return office or last_resort(stay.mediation.petition, staff)
