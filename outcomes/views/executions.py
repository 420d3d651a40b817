"""The list of executions with their dates, and the page of one of them with all that is done there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import role_required, staff_required
from core.forms import BaseForm
from core.paging import paginate
from core.tabs import chosen_of, tabs_of
from core.timekeeping import now
from deadlines.selectors import explain
from outcomes import rules, selectors
from outcomes.enums import UNDONE, OutcomeAct
from outcomes.forms import ConfirmForm, ReportForm, SetDueForm
from outcomes.models import Execution, ExecutionClock, ExecutionReport
from outcomes.services import executing
from petitions.selectors.desk import WORKERS
from petitions.selectors.veiling import over_rows
from petitions.views.asking import actor_of, attempt, case_or_404

FORMS: dict[OutcomeAct, type[BaseForm]] = {
    OutcomeAct.SET_DUE: SetDueForm,
    OutcomeAct.REPORT: ReportForm,
    OutcomeAct.CONFIRM: ConfirmForm,
}
VIEWS = (("open", "待落实"), ("late", "超期"), ("ended", "已落实"))


@require_safe
@role_required(*WORKERS)
def execution_list(request: HttpRequest) -> HttpResponse:
    """Executions of the cases one reads, the nearest date first; of those that ended, the latest."""
    actor = actor_of(request)
    counts = selectors.executions_waiting(actor)
    over = not any(counts.values()) and Execution.objects.visible_to(actor).exists()
    chosen = chosen_of(VIEWS, request.GET.get("view"), counts | {"ended": int(over)})
    found, order = Execution.objects.visible_to(actor).with_row_relations(), ["due_on", "id"]
    if chosen == "open":
        found = found.filter(state__in=UNDONE)
    elif chosen == "late":
        found = found.overdue(now())
    else:
        found, order = found.exclude(state__in=UNDONE), ["-due_on", "-id"]
    page = paginate(found, order=order, cursor=request.GET.get("cursor"))
    over_rows([one.petition for one in page.items], actor)
    context = {
        "page": page,
        "rows": [selectors.row_of(one, actor) for one in page.items],
        "tabs": tabs_of(VIEWS, chosen, counts, {"late": "late"}),
    }
    return render(request, "outcomes/execution_list.html", context)


@require_safe
@staff_required
def execution(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    return _show(request, _execution_or_404(request, number, pk))


def _execution_or_404(request: HttpRequest, number: str, pk: int) -> Execution:
    petition = case_or_404(request, number)
    rows = Execution.objects.with_row_relations().filter(petition=petition)
    found: Execution = get_object_or_404(rows, pk=pk)
    found.petition = petition
    return found


def _show(
    request: HttpRequest, row: Execution, given: dict[str, BaseForm] | None = None, status: int = 200
) -> HttpResponse:
    context = selectors.execution_page(row, actor_of(request))
    initial = {OutcomeAct.SET_DUE: {"due_on": row.due_on}}
    forms = {
        act.value: form(auto_id=f"{act.value}_%s", initial=initial.get(act))
        for act, form in FORMS.items()
        if context["may"][act]
    }
    context["forms"] = forms | (given or {})
    return render(request, "outcomes/execution.html", context, status=status)


def _act(
    request: HttpRequest, number: str, pk: int, act: OutcomeAct, door: Callable[..., Any], done: str
) -> HttpResponse:
    """Do ``door`` to this execution with what the form of ``act`` holds; the right is asked before the form."""
    row, actor = _execution_or_404(request, number, pk), actor_of(request)
    rules.require(act, actor, row.petition)
    form, status = FORMS[act](request.POST, files=request.FILES, auto_id=f"{act.value}_%s"), 422
    if form.is_valid():
        made, status = attempt(form, lambda: door(execution=row, actor=actor, **form.cleaned_data))
        if made is not None:
            messages.success(request, done)
            return redirect(row.get_absolute_url())
    return _show(request, _execution_or_404(request, number, pk), {act.value: form}, status)


@require_POST
@staff_required
def set_due(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    return _act(request, number, pk, OutcomeAct.SET_DUE, executing.set_due, _("执行日期已设定。"))


@require_POST
@staff_required
def report(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    def door(*, proofs: list[UploadedFile], **rest: Any) -> ExecutionReport:
        return executing.report(files=proofs, **rest)

    return _act(request, number, pk, OutcomeAct.REPORT, door, _("已反馈，等待核实。"))


@require_POST
@staff_required
def confirm(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    def door(*, done: str, **rest: Any) -> Execution:
        return executing.confirm(done=done == "yes", **rest)

    return _act(request, number, pk, OutcomeAct.CONFIRM, door, _("核实结果已登记。"))


@require_safe
@staff_required
def clock(request: HttpRequest, number: str, pk: int, clock: int) -> HttpResponse:
    row = _execution_or_404(request, number, pk)
    found = get_object_or_404(ExecutionClock.objects.select_related("rule"), pk=clock, execution=row)
    found.execution = row
    context = {"explanation": explain(found), "clock": found, "back": row.get_absolute_url()}
    return render(request, "outcomes/clock.html", context)
