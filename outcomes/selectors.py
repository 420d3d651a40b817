"""What the pages of this room show, and what rooms above may ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.actor import Actor
from core.timekeeping import local_day, now
from outcomes import rules
from outcomes.enums import WAITING, ExecutionState, OutcomeAct
from outcomes.models import Execution, ExecutionClock, ReturnVisit
from petitions.extensions import Part
from petitions.models import Petition
from petitions.selectors.public import ANSWERED
from petitions.selectors.veiling import Veil, name_for

REPORT_TEXTS = ("text", "word")


def unexecuted(petition: Petition, at: datetime | None = None) -> list[Execution]:
    """What an answer supported, is due and was not even reported, for whoever supervises (条例 32). One query."""
    found = Execution.objects.filter(petition=petition).overdue(at or now())
    return list(found.select_related("request", "unit").order_by("due_on", "id"))


@dataclass(frozen=True)
class ExecutionRow:
    """An execution as its reader may see it; ``clock`` is the running one."""

    execution: Execution
    clock: ExecutionClock | None


def row_of(execution: Execution) -> ExecutionRow:
    """``with_row_relations`` comes first."""
    clocks: list[ExecutionClock] = execution.ordered_clocks  # type: ignore[attr-defined]
    for clock in clocks:
        clock.execution = execution
    return ExecutionRow(execution, next((clock for clock in clocks if clock.running), None))


def executions_of(petition: Petition) -> list[ExecutionRow]:
    """All executions of a case in the order of its requests; those set aside last. Two queries."""
    found = (
        Execution.objects.filter(petition=petition).with_row_relations().order_by("reply", "request__ordinal")
    )
    rows = []
    for one in found:
        one.petition = petition
        rows.append(row_of(one))
    return sorted(rows, key=lambda row: row.execution.state == ExecutionState.SET_ASIDE)


def own_part(petition: Petition, at: datetime) -> Part | None:
    """On the petitioner's own page: what was promised, until when, and what was done, once the answer was served."""
    if petition.sealed or petition.status not in ANSWERED:
        return None
    rows = [row for row in executions_of(petition) if row.execution.state != ExecutionState.SET_ASIDE]
    late = {row.execution.pk for row in rows if row.clock and row.execution.due_on < local_day(at)}
    return Part("outcomes/own_part.html", {"rows": rows, "late": late}) if rows else None


def case_part(petition: Petition, actor: Actor, at: datetime) -> Part | None:
    """On the case's page: executions with their dates."""
    if petition.sealed:
        return None
    rows = executions_of(petition)
    cover = Veil(petition, actor)
    for row in rows:
        cover.over(row.execution, ("what", "due_reason"))
    visits = visits_of(petition, actor)
    if not rows and petition.status not in ANSWERED:
        return None
    context = {"petition": petition, "rows": rows, "visits": visits}
    return Part("outcomes/case_part.html", context)


def visits_of(petition: Petition, actor: Actor) -> list[ReturnVisit]:
    """What this reader may know of: as a rating, nothing for the unit that answered before the case is closed."""
    found = list(ReturnVisit.objects.visible_to(actor).filter(petition=petition).select_related("assignee"))
    for visit in found:
        visit.petition = petition
    return found


def execution_page(execution: Execution, actor: Actor) -> dict[str, Any]:
    """One execution with its reports; whoever must not know the petitioner has the texts under the veil (条例 30)."""
    petition = execution.petition
    cover = Veil(petition, actor)
    cover.over(petition, ("subject",))
    cover.over(execution, ("what", "due_reason"))
    cover.over(execution.request, ("text",))
    reports = list(execution.reports.prefetch_related("files"))
    for one in reports:
        cover.over(one, REPORT_TEXTS)
        # Shown only, like the texts under the veil.
        shown = [(file, name_for(file, petition, actor)) for file in one.files.all()]
        one.shown_files = shown  # type: ignore[attr-defined]
    return {
        "petition": petition,
        "row": row_of(execution),
        "reports": reports,
        "may": {
            "set_due": execution.state == ExecutionState.OPEN
            and execution.due_by_id is None
            and execution.due_on >= local_day(now())
            and rules.may(OutcomeAct.SET_DUE, actor, petition),
            "report": execution.state == ExecutionState.OPEN
            and rules.may(OutcomeAct.REPORT, actor, petition),
            "confirm": execution.state == ExecutionState.REPORTED
            and rules.may(OutcomeAct.CONFIRM, actor, petition)
            and not any(one.accepted is None and one.by_id == _pk(actor) for one in reports),
        },
    }


def _pk(actor: Actor) -> int | None:
    return actor.user.pk if actor.user is not None else None


NOTES = ("matter", "mood", "heart")


def visit_page(visit: ReturnVisit, actor: Actor) -> dict[str, Any]:
    """One visit; whoever must not know the petitioner has the notes under the veil (条例 30). The case that new facts
    became is named to whoever may read it."""
    petition = visit.petition
    cover = Veil(petition, actor)
    cover.over(petition, ("subject",))
    cover.over(visit, ("reason", *NOTES))
    new = (
        Petition.objects.visible_to(actor).filter(pk=visit.new_case_id).first() if visit.new_case_id else None
    )
    waits = visit.state in WAITING
    return {
        "petition": petition,
        "visit": visit,
        "new_case": new,
        "may": {
            "assign_visit": waits and rules.may(OutcomeAct.ASSIGN_VISIT, actor, petition),
            "record_visit": waits and rules.is_visitor(actor, visit),
        },
    }


def case_page(petition: Petition, actor: Actor) -> dict[str, Any]:
    """All that came after the answer, on one page."""
    cover = Veil(petition, actor)
    rows, visits = executions_of(petition), visits_of(petition, actor)
    cover.over(petition, ("subject",))
    for row in rows:
        cover.over(row.execution, ("what", "due_reason"))
    for visit in visits:
        cover.over(visit, ("reason",))
    free = petition.status in ANSWERED and not any(visit.state in WAITING for visit in visits)
    return {
        "petition": petition,
        "rows": rows,
        "visits": visits,
        "may": {"open_visit": free and rules.may(OutcomeAct.OPEN_VISIT, actor, petition)},
    }
