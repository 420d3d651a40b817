"""Who is told when an execution nears or passes its day: as of a clock of the case itself, up to the inspectors.

Numbers only: no subject and no name (domain G). Of a case that was sealed meanwhile nobody is told here.
"""

from __future__ import annotations

from collections.abc import Sequence

from accounts.enums import Role
from core.timekeeping import now
from deadlines.enums import StepKind
from deadlines.ladder import AlertLine, DueStep
from outcomes.models import Execution
from petitions.services.alerts import Recipients, words


def execution_lines(due: Sequence[DueStep]) -> list[AlertLine]:
    found, lines = Recipients(now()), []
    for step in due:
        row: Execution = step.clock.execution  # type: ignore[attr-defined]
        case = row.petition
        if step.kind == StepKind.LAPSE or case.sealed:
            continue
        lines.append(
            AlertLine(
                recipients=found.of(case, case.lead_unit or row.unit, Role(step.role)),
                text=words(case.number, step.clock.rule.name, step),
                link=row.get_absolute_url(),
                about=case.about,
                dedupe_key=step.key,
                level=step.level,
            )
        )
    return [*lines, *found.vacancies.lines()]
