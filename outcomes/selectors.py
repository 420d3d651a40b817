"""What the pages of this room show, and what rooms above may ask."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.enums import Role
from core.timekeeping import han_date, local_day, now
from outcomes import rules
from outcomes.enums import WAITING, CheckItem, ExecutionState, MarkKind, OutcomeAct, VisitState
from outcomes.forms import SetDueForm
from outcomes.models import ClosingCheck, Execution, ExecutionClock, Mark, ReturnVisit
from outcomes.services import ending, executing
from petitions import rules as petition_rules
from petitions.enums import Status
from petitions.extensions import Part, struck_off_on
from petitions.models import Petition
from petitions.selectors.public import ANSWERED
from petitions.selectors.veiling import Veil, name_for

REPORT_TEXTS = ("text", "word")


def unexecuted(petition: Petition, at: datetime | None = None) -> list[Execution]:
    """What an answer supported, is due and was not even reported, for whoever supervises (条例 32). One query."""
    found = Execution.objects.filter(petition=petition).overdue(at or now())
    return list(found.select_related("request", "unit").order_by("due_on", "id"))


def caution_before_closing(petition: Petition) -> str:
    """What an answer promised and nobody has confirmed: closing is no end of it, and 解决问题到位 is not said yet."""
    rows = Execution.objects.undone().filter(petition=petition).select_related("request")
    left = [
        _("诉求 %(n)d（%(state)s，期限 %(day)s）")
        % {"n": one.request.ordinal, "state": one.get_state_display(), "day": han_date(one.due_on)}
        for one in rows.order_by("request__ordinal", "id")
    ]
    if not left:
        return ""
    return _(
        "支持的诉求还没有落实完：%(left)s。“解决问题到位”请按实际填写；办结归档以后，落实仍要继续，直到核实为止。"
    ) % {"left": "、".join(left)}


def overdue(at: datetime) -> QuerySet[Any]:
    """All of these, for whoever looks through all cases (``petitions.extensions.UNEXECUTED``)."""
    rows: QuerySet[Any] = Execution.objects.overdue(at)
    return rows.select_related("request")


@dataclass(frozen=True)
class ExecutionRow:
    """An execution as its reader may see it; ``clock`` is the running one. ``what`` is empty for whoever must not know
    the petitioner (条例 30)."""

    execution: Execution
    clock: ExecutionClock | None
    what: str = ""
    due_form: SetDueForm | None = None


def row_of(execution: Execution, actor: Actor | None = None) -> ExecutionRow:
    """``with_row_relations`` comes first. No query."""
    clocks: list[ExecutionClock] = execution.ordered_clocks  # type: ignore[attr-defined]
    for clock in clocks:
        clock.execution = execution
    told = actor is not None and petition_rules.knows_petitioner(execution.petition, actor)
    running = next((clock for clock in clocks if clock.running), None)
    return ExecutionRow(execution, running, execution.what if told else "")


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
    context = {
        "rows": rows,
        "late": late,
        "open": Status(petition.status).is_open,
        "phone": petition.registered_unit.phone or settings.RECEPTION_PHONE,
    }
    return Part("outcomes/own_part.html", context) if rows else None


@dataclass(frozen=True)
class State:
    """One of the four marks: 办结, 化解, 销案, 息诉. ``row`` is that of 化解 and 息诉."""

    label: str
    on: date | None
    row: Mark | None = None


def four_states(petition: Petition, standing: dict[str, Mark]) -> list[State]:
    """Each from its own source: the status, a mark, a leader's package, a mark. None follows from another."""
    closed = petition.status == Status.CLOSED and petition.closed_at is not None
    resolved, accepted = (standing.get(kind) for kind in (MarkKind.RESOLVED, MarkKind.ACCEPTED))
    return [
        State(_("办结"), local_day(petition.closed_at) if closed and petition.closed_at else None),
        State(_("化解"), resolved.on if resolved else None, resolved),
        State(_("销案"), struck_off_on(petition)),
        State(_("息诉"), accepted.on if accepted else None, accepted),
    ]


def _marks(petition: Petition, cover: Veil) -> list[Mark]:
    found = list(Mark.objects.filter(petition=petition))
    for one in found:
        cover.over(one, ("evidence", "end_reason"))
    return found


def _standing(marks: list[Mark]) -> dict[str, Mark]:
    return {one.kind: one for one in marks if one.ended_at is None}


def _checks(petition: Petition, cover: Veil) -> list[tuple[str, ClosingCheck | None]]:
    """The four items with the newest row for the answer in force, which has those before it, the latest first, as
    ``earlier``; empty where none is asked for."""
    if not ending.needs_checks(petition):
        return []
    known: dict[str, ClosingCheck] = {}
    for one in ClosingCheck.objects.filter(reply__petition=petition).order_by("id"):
        cover.over(one, ("note",))
        last = known.get(one.item)
        earlier = [last, *last.earlier] if last is not None else []  # type: ignore[attr-defined]
        one.earlier = earlier  # type: ignore[attr-defined]
        known[one.item] = one
    return [(str(item.label), known.get(item)) for item in CheckItem]


def case_part(petition: Petition, actor: Actor, at: datetime) -> Part | None:
    """On the case's page: the four states, executions with their dates, visits, whether the checks are to be made."""
    if petition.sealed:
        return None
    rows = executions_of(petition)
    cover = Veil(petition, actor)
    for row in rows:
        cover.over(row.execution, ("what", "due_reason"))
    rows = _with_due_forms(rows, petition, actor, at)
    visits = visits_of(petition, actor)
    checks = _checks(petition, cover)
    marks = _marks(petition, cover)
    if not (rows or marks or checks) and petition.status not in ANSWERED:
        return None
    context = {
        "petition": petition,
        "rows": rows,
        "visits": visits,
        "states": four_states(petition, _standing(marks)),
        "unchecked": any(one is None for _label, one in checks),
    }
    return Part("outcomes/case_part.html", context)


def may_set_due(execution: Execution, actor: Actor, at: datetime) -> bool:
    """Once, by the head of the unit, before the day has passed."""
    free = execution.state == ExecutionState.OPEN and execution.due_by_id is None
    return (
        free
        and execution.due_on >= local_day(at)
        and rules.may(OutcomeAct.SET_DUE, actor, execution.petition)
    )


def _with_due_forms(
    rows: list[ExecutionRow], petition: Petition, actor: Actor, at: datetime
) -> list[ExecutionRow]:
    """On the case's page the head finds the day to confirm, or another to set, where the answer stands."""
    if actor.role != Role.UNIT_HEAD:
        return rows
    return [
        replace(
            row,
            due_form=SetDueForm(initial={"due_on": row.execution.due_on}, auto_id=f"due{place}_%s")
            if may_set_due(row.execution, actor, at)
            else None,
        )
        for place, row in enumerate(rows)
    ]


def caution_before_answer(petition: Petition) -> str:
    """Above the form of the answer: until when a request answered with 支持 has to be carried out (条例 32)."""
    if petition.sealed:
        return ""
    return _(
        "结论为“支持”的诉求，默认 %(day)s前落实；答复以后，单位负责人可以在本件的“答复之后”确认或者另定一次。"
    ) % {"day": han_date(executing.default_due_on(now()))}


def visits_of(petition: Petition, actor: Actor) -> list[ReturnVisit]:
    """What this reader may know of, as ``as_read`` shows it."""
    found = list(ReturnVisit.objects.visible_to(actor).filter(petition=petition).select_related("assignee"))
    for visit in found:
        visit.petition = petition
    return [as_read(visit) for visit in found]


def was_asked_to_visit(petition: Petition, actor: Actor) -> bool:
    """Whoever is to make a visit needs a telephone number, though their post alone opens none: the inspector. The
    others open it by the case itself, so that a case's page asks nothing here. One query at most."""
    if actor.role != Role.INSPECTOR or actor.user is None:
        return False
    mine = ReturnVisit.objects.filter(petition=petition, assignee=actor.user, state=VisitState.ASSIGNED)
    return any(rules.is_visitor(actor, visit) for visit in mine.select_related("petition"))


def as_read(visit: ReturnVisit) -> ReturnVisit:
    """A visit that came by ``visible_to``, for showing only: whoever has it not whole reads the result and its day,
    and neither why somebody went, nor who, nor what they noted."""
    if not getattr(visit, "whole", False):
        visit.ground = visit.reason = visit.way = ""
        visit.assignee = visit.post = visit.opened_by = visit.new_case = None
        visit.matter = visit.mood = visit.heart = ""
    return visit


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
            "set_due": may_set_due(execution, actor, now()),
            "report": execution.state == ExecutionState.OPEN
            and rules.may(OutcomeAct.REPORT, actor, petition),
            "confirm": execution.state == ExecutionState.REPORTED
            and rules.may_confirm(actor, execution)
            and not any(one.accepted is None and one.by_id == _pk(actor) for one in reports),
        },
    }


def _pk(actor: Actor) -> int | None:
    return actor.user.pk if actor.user is not None else None


def executions_waiting(actor: Actor) -> dict[str, int]:
    """How many executions this reader sees undone, and past their day. One query."""
    late = Q(state=ExecutionState.OPEN, due_on__lt=local_day(now()))
    seen = Execution.objects.visible_to(actor).undone().order_by()
    counts: dict[str, int] = seen.aggregate(open=Count("pk"), late=Count("pk", filter=late))
    return counts


def visits_waiting(actor: Actor) -> dict[str, int]:
    """How many return visits this reader sees waiting, and how many are their own. One query."""
    seen = ReturnVisit.objects.visible_to(actor).waiting().order_by()
    mine = Q(assignee=actor.user)
    counts: dict[str, int] = seen.aggregate(open=Count("pk"), mine=Count("pk", filter=mine))
    return counts


def case_page(petition: Petition, actor: Actor) -> dict[str, Any]:
    """All that came after the answer, on one page."""
    cover = Veil(petition, actor)
    rows, visits = executions_of(petition), visits_of(petition, actor)
    cover.over(petition, ("subject",))
    for row in rows:
        cover.over(row.execution, ("what", "due_reason"))
    for visit in visits:
        cover.over(visit, ("reason",))
    marks, checks = _marks(petition, cover), _checks(petition, cover)
    free = petition.status in ANSWERED and not any(visit.state in WAITING for visit in visits)
    return {
        "petition": petition,
        "rows": rows,
        "visits": visits,
        "marks": marks,
        "states": four_states(petition, _standing(marks)),
        "checks": checks,
        "may": {
            "open_visit": free and rules.may(OutcomeAct.OPEN_VISIT, actor, petition),
            "check": bool(checks) and rules.may(OutcomeAct.CHECK, actor, petition),
            "mark": petition.concluded_at is not None
            and len(_standing(marks)) < len(MarkKind)
            and rules.may(OutcomeAct.MARK, actor, petition),
            "unmark": rules.may(OutcomeAct.UNMARK, actor, petition),
        },
    }
