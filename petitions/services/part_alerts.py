"""Who is told when a co-unit's part nears or passes its day: the co-unit and its head; whoever leads hears with the
head, since the lead answers for the whole (牵头抓总制); then the petition office. Numbers and units only (domain G)."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.enums import Role
from deadlines.enums import RuleCode, StepKind
from deadlines.ladder import AlertLine, DueStep
from petitions.enums import Act
from petitions.models import Petition, Share
from petitions.services import telling
from petitions.services.alerts import Recipients, in_the_place_of, words


def lines(due: Sequence[DueStep]) -> list[AlertLine]:
    """One line for each rung; nothing of a sealed case, and nothing for a window that has passed."""
    if not due:
        return []
    at = max(step.at + step.late_by for step in due)
    found, told = Recipients(at), []
    for step in due:
        share: Share = step.clock.share  # type: ignore[attr-defined]
        case = share.petition
        if step.kind == StepKind.LAPSE or case.sealed or not share.is_live_part:
            continue
        people = set(found.of(case, share.unit, Role(step.role)))
        instead = in_the_place_of(found.passed)
        if step.role == Role.UNIT_HEAD:
            people |= set(telling.those_who_answer(case, at))
        told.append(
            AlertLine(
                recipients=sorted(people),
                text=_words(case, share, step) + instead,
                link=_link(case, step),
                about=case.about,
                dedupe_key=step.key,
                level=step.level,
            )
        )
    return [*told, *found.vacancies.lines()]


def _words(case: Petition, share: Share, step: DueStep) -> str:
    if step.clock.rule.code == RuleCode.OBJECTION:
        return words(case.number, _("协办异议"), step)
    if step.kind == StepKind.REMIND or step.role == Role.HANDLER:
        return words(case.number, step.clock.rule.name, step)
    late = _("%(number)s 的协办单位%(unit)s没有按期反馈，请催办；主办单位对全案负责。%(when)s") % {
        "number": case.number,
        "unit": share.unit.label,
        "when": step.by_when,
    }
    return f"{late}{step.late_text}"


def _link(case: Petition, step: DueStep) -> str:
    """The co-unit's own form for its handlers; the case for everybody else."""
    if step.role == Role.HANDLER and step.clock.rule.code == RuleCode.CO_ANSWER:
        return reverse("petitions:act", args=[case.number, Act.CO_ANSWER.value])
    return case.get_absolute_url()
