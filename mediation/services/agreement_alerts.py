"""Who is told of a duty's day, of the thirty days of judicial confirmation, of a return visit: the mediator first.

The number of the case or the dispute, never what was agreed or between whom (人民调解法 4).
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.in_office import InOffice
from accounts.models import Post
from core.timekeeping import now
from deadlines.enums import RuleCode, StepKind
from deadlines.ladder import AlertLine, DueStep
from mediation.models import Agreement, AgreementClock
from mediation.services import matters
from petitions.services.vacant import Vacancies, last_resort

#: By rule: what is said before the day, at it, and above the mediator after it.
WORDS = {
    RuleCode.AGREEMENT_DUTY: (
        _("%(matter)s 的调解协议有一项义务将到期，请提醒双方。"),
        _("%(matter)s 的调解协议有一项义务已到期，请核实履行情况。"),
        _("%(matter)s 的调解协议有一项义务已到期，还没有登记履行情况，请过问。"),
    ),
    RuleCode.JUDICIAL_CONFIRMATION: (
        _("%(matter)s 的调解协议申请司法确认的期限将满，双方愿意的，请提醒他们共同申请。"),
        _("%(matter)s 的调解协议申请司法确认的期限已满。"),
        _("%(matter)s 的调解协议申请司法确认的期限已满。"),
    ),
    RuleCode.AGREEMENT_VISIT: (
        _("%(matter)s 的调解快到回访日期，请联系双方。"),
        _("%(matter)s 的调解该回访了，请联系双方并登记结果。"),
        _("%(matter)s 的调解回访已到日期，还没有登记结果，请过问。"),
    ),
}


def lines(due: Sequence[DueStep]) -> list[AlertLine]:
    """A few queries for the batch. Of a case that was sealed meanwhile nobody here is told."""
    staff = InOffice(now())
    vacancies = Vacancies(staff)
    staff.prepare(_agreement(step).mediation.room.unit for step in due)
    found = []
    for step in due:
        agreement = _agreement(step)
        mediation = agreement.mediation
        matter = mediation.matter
        if matter.sealed:
            continue
        before, then, above = WORDS[RuleCode(step.clock.rule.code)]
        sentence = {StepKind.REMIND: before, StepKind.BREACH: then}.get(StepKind(step.kind), above)
        found.append(
            AlertLine(
                recipients=_told(agreement, Role(step.role), staff, vacancies),
                text=str(sentence) % {"matter": matter.number} + step.late_text,
                link=agreement.get_absolute_url(),
                about=matter.about,
                dedupe_key=step.key,
                level=step.level,
            )
        )
    return [*found, *vacancies.lines()]


def _agreement(step: DueStep) -> Agreement:
    assert isinstance(step.clock, AgreementClock)
    return step.clock.agreement


def _told(agreement: Agreement, role: Role, staff: InOffice, vacancies: Vacancies) -> list[int]:
    """User ids of the rung; where it has nobody who may know, of the petition office."""
    mediation, unit = agreement.mediation, agreement.mediation.room.unit
    wanted: list[Post | int] = []
    if role == Role.HANDLER:
        wanted = [mediation.mediator_id]
    elif role == Role.UNIT_HEAD:
        wanted = list(staff.of(role, unit))
        if not wanted:
            vacancies.note(unit, role)
    else:
        wanted = list(staff.office(role))
    office = list(staff.office(Role.PETITION_OFFICER))
    if told := matters.who_may_know(mediation.matter, wanted, at=staff.at):
        return told
    told = matters.who_may_know(mediation.matter, office, at=staff.at)
    return told or last_resort(mediation.petition, staff)
