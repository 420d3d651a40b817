"""紧急处置: calling everybody at once, the live page, what bodies and the office do there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import role_required, staff_required
from accounts.enums import Role
from core.errors import Refusal
from core.forms import BaseForm
from core.htmx import render_page
from core.paging import paginate
from core.tabs import chosen_of, tabs_of
from core.timekeeping import now
from petitions import rules as petition_rules
from petitions.enums import Act
from petitions.querysets import unsealed_cases
from petitions.selectors.desk import WORKERS
from petitions.selectors.veiling import Veil, may_need_veil
from petitions.services.codes import new_token
from petitions.views.asking import actor_of, attempt, case_or_404
from supervision import prefill, selectors
from supervision import urgent_rules as rules
from supervision.enums import Line, UrgentAct
from supervision.models import UrgentResponse
from supervision.selectors import URGENT_TEXTS
from supervision.services import urgent as service
from supervision.urgent_forms import ClearForm, DispatchForm, NoteForm, ReportUpForm
from supervision.views.beginning import asked_for

A = UrgentAct
VIEWS = (("open", "处置中"), ("over", "已处置完毕"))
#: Who may call town and departments (条例 25); of which case, the workflow says.
CALLING = (Role.CLERK, Role.PETITION_OFFICER, Role.INSPECTOR)
FORMS: dict[UrgentAct, type[BaseForm]] = {A.NOTE: NoteForm, A.REPORT_UP: ReportUpForm, A.CLEAR: ClearForm}


@require_safe
@role_required(*WORKERS, Role.CLERK)
def urgent_list(request: HttpRequest) -> HttpResponse:
    """What runs first, then what is over, the newest first."""
    actor = actor_of(request)
    begin, case = asked_for(request, Act.DISPATCH, actor) if actor.role in CALLING else (None, None)
    if case is not None:
        return redirect("supervision:dispatch", number=case.number)
    counts, found = selectors.urgent_running(actor), UrgentResponse.objects.visible_to(actor)
    over = not counts["open"] and found.exclude(cleared_at=None).exists()
    chosen = chosen_of(VIEWS, request.GET.get("view"), counts | {"over": int(over)})
    found = found.with_row_relations()
    found = found.filter(cleared_at=None) if chosen == "open" else found.exclude(cleared_at=None)
    page = paginate(found, order=["-started_at", "-id"], cursor=request.GET.get("cursor"))
    for row in page.items:
        if may_need_veil(row.petition):
            Veil(row.petition, actor).over(row, URGENT_TEXTS)
    context = {"page": page, "tabs": tabs_of(VIEWS, chosen, counts, {"open": "late"}), "begin": begin}
    status = 422 if begin is not None and begin.errors else 200
    return render(request, "supervision/urgent_list.html", context, status=status)


@role_required(*CALLING)
def dispatch(request: HttpRequest, number: str) -> HttpResponse:
    """One tick and one press. While something runs on the case it adds bodies."""
    case, actor = case_or_404(request, number), actor_of(request)
    try:
        petition_rules.require(case, Act.DISPATCH, actor)
    except Refusal as refusal:
        if refusal.code == "forbidden" or request.method != "POST":
            raise
    running = UrgentResponse.objects.open().filter(petition=case).first()
    units = service.units_to_call(case, now())
    initial = {} if running else prefill.dispatch_initial(case, actor, units, now())
    if running is not None:
        cover = Veil(case, actor)
        initial = {"place": cover(running.place), "situation": cover(running.situation)}
    initial["token"] = new_token()
    form = DispatchForm(request.POST or None, units=units, initial=initial)
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        data = {**form.cleaned_data, "units": list(form.cleaned_data["units"])}
        del data["sure"]
        made, status = attempt(form, lambda: service.dispatch(petition=case, actor=actor, **data))
        if made:
            messages.success(request, _("已同时通知，请看处置进展并按两条线上报。"))
            return redirect(made)
    context = {"form": form, "case": case, "running": running}
    return render(request, "supervision/dispatch.html", context, status=status)


def _or_404(request: HttpRequest, pk: int) -> UrgentResponse:
    found = UrgentResponse.objects.visible_to(actor_of(request)).with_row_relations()
    row: UrgentResponse = get_object_or_404(found, pk=pk)
    return row


@require_safe
@staff_required
def response(request: HttpRequest, pk: int) -> HttpResponse:
    """The live page; htmx asks for its moving part every ten seconds until it is over."""
    return _show(request, _or_404(request, pk))


def _show(
    request: HttpRequest, row: UrgentResponse, given: dict[str, BaseForm] | None = None, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    own = next(
        (one for one in row.dispatched.all() if actor.unit is not None and one.unit_id == actor.unit.pk), None
    )
    forms = {
        act.value: FORMS[act](auto_id=f"{act.value}_%s")
        for act in FORMS
        if (row.is_open or act is A.REPORT_UP) and rules.may(act, actor, response=row)
    }
    reported = {report.line for report in row.reports.all()}
    cover = Veil(row.petition, actor)
    cover.over(row, URGENT_TEXTS)
    for note_row in row.notes.all():
        cover.over(note_row, ("text", "who"))
    for report in row.reports.all():
        cover.over(report, ("to_whom", "text", "who"))
    context = {
        "row": row,
        "reads_case": row.is_open or unsealed_cases(actor).filter(pk=row.petition_id).exists(),
        "own": own,
        "forms": forms | (given or {}),
        "missing": [line.label for line in Line if line not in reported],
        "may_mark": own is not None and row.is_open and rules.may(A.ACKNOWLEDGE, actor, response=row),
        "may_add": row.is_open and petition_rules.may(row.petition, Act.DISPATCH, actor),
    }
    return render_page(
        request, "supervision/urgent_detail.html", "supervision/_urgent_live.html", context, status=status
    )


def _mark(request: HttpRequest, pk: int, act: UrgentAct, door: Callable[..., Any], said: str) -> HttpResponse:
    """One tap: no form."""
    row, actor = _or_404(request, pk), actor_of(request)
    rules.require(act, actor, response=row)
    try:
        door(response=row, actor=actor)
    except Refusal as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, said)
    return redirect(row)


def _act(request: HttpRequest, pk: int, act: UrgentAct, door: Callable[..., Any], said: str) -> HttpResponse:
    row, actor = _or_404(request, pk), actor_of(request)
    rules.require(act, actor, response=row)
    form, status = FORMS[act](request.POST, auto_id=f"{act.value}_%s"), 422
    if form.is_valid():
        done, status = attempt(form, lambda: door(response=row, actor=actor, **form.cleaned_data))
        if done:
            messages.success(request, said)
            return redirect(row)
    return _show(request, _or_404(request, pk), {act.value: form}, status)


@require_POST
@staff_required
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    return _mark(request, pk, A.ACKNOWLEDGE, service.acknowledge, _("已登记收到。"))


@require_POST
@staff_required
def arrive(request: HttpRequest, pk: int) -> HttpResponse:
    return _mark(request, pk, A.ARRIVE, service.arrive, _("已登记到达现场。"))


@require_POST
@staff_required
def note(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, A.NOTE, service.note, _("进展已登记。"))


@require_POST
@staff_required
def report_up(request: HttpRequest, pk: int) -> HttpResponse:
    def door(*, line: str, **rest: Any) -> Any:
        return service.report_up(line=Line(line), **rest)

    return _act(request, pk, A.REPORT_UP, door, _("上报已登记。"))


@require_POST
@staff_required
def clear(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, A.CLEAR, service.clear, _("已登记处置完毕。"))
