"""批示: the list (批示待办), one instruction with its reports, writing one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import Actor
from accounts.decorators import role_required, staff_required
from accounts.enums import Role
from core.paging import capped_count, paginate
from core.timekeeping import now
from deadlines.selectors import explain
from leaders import rules
from leaders.enums import LeaderAct
from leaders.forms.instructions import AcknowledgeForm, DoerForm, InstructionForm, ReportForm
from leaders.models import Instruction, InstructionClock
from leaders.selectors.packages import own_package_on
from leaders.services import doing
from leaders.services import instructions as service
from petitions import rules as petition_rules
from petitions.enums import Act
from petitions.services.codes import new_token
from petitions.views.asking import actor_of, attempt, case_or_404, require_step

LEADER_VIEWS = (("waiting", "待反馈"), ("unread", "待阅"), ("all", "全部"))
UNIT_VIEWS = (("todo", "批示待办"), ("done", "已反馈"))


@require_safe
@role_required(Role.LEADER, Role.PETITION_OFFICER, Role.HANDLER, Role.UNIT_HEAD, Role.INSPECTOR)
def instruction_list(request: HttpRequest) -> HttpResponse:
    """A leader's own; a unit's own; the whole district's for the petition office. Earliest date first."""
    actor = actor_of(request)
    views = LEADER_VIEWS if actor.role == Role.LEADER else UNIT_VIEWS
    chosen = request.GET.get("view", "")
    if chosen not in dict(views):
        chosen = views[0][0]
    found = _of_view(Instruction.objects.concerning(actor), chosen)
    order = ["due_on", "id"] if chosen in {"waiting", "todo"} else ["-given_at", "-id"]
    page = paginate(found.with_row_relations(), order=order, cursor=request.GET.get("cursor"))
    context = {
        "page": page,
        "title": _("我的批示") if actor.role == Role.LEADER else _("批示待办"),
        "count": capped_count(found),
        "tabs": [
            {"label": _(label), "url": f"?view={key}", "active": key == chosen, "count": None}
            for key, label in views
        ],
    }
    return render(request, "leaders/instruction_list.html", context)


def _of_view(found: QuerySet[Instruction], view: str) -> Any:
    match view:
        case "waiting" | "todo":
            return found.filter(done_at=None)
        case "unread":
            return found.filter(done_at__isnull=False, acknowledged=None)
        case "done":
            return found.filter(done_at__isnull=False)
    return found


def _instruction_or_404(request: HttpRequest, pk: int) -> Instruction:
    found = Instruction.objects.concerning(actor_of(request)).with_row_relations()
    task: Instruction = get_object_or_404(found.select_related("doer__user"), pk=pk)
    return task


@require_safe
@staff_required
def instruction(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _instruction_or_404(request, pk))


def _show(
    request: HttpRequest,
    task: Instruction,
    *,
    report: ReportForm | None = None,
    word: AcknowledgeForm | None = None,
    doer: DoerForm | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = actor_of(request)
    may_report = task.is_open and rules.may(LeaderAct.REPORT, actor, unit=task.unit, petition=task.petition)
    may_read = task.awaits_reading and rules.may(
        LeaderAct.ACKNOWLEDGE, actor, leader=task.post, petition=task.petition
    )
    may_name = task.is_open and rules.may(
        LeaderAct.NAME_DOER, actor, leader=task.post, unit=task.unit, petition=task.petition
    )
    context = {
        "task": task,
        "doer_form": doer or (DoerForm(posts=doing.candidates(task, now())) if may_name else None),
        "clock": next(iter(task.ordered_clocks), None),  # type: ignore[attr-defined]
        "reports": task.reports.all(),
        "report_form": (report or ReportForm()) if may_report or report else None,
        "word_form": (word or AcknowledgeForm()) if may_read or word else None,
    }
    return render(request, "leaders/instruction_detail.html", context, status=status)


@require_POST
@staff_required
def report(request: HttpRequest, pk: int) -> HttpResponse:
    task, actor = _instruction_or_404(request, pk), actor_of(request)
    rules.require(LeaderAct.REPORT, actor, unit=task.unit, petition=task.petition)
    form, status = ReportForm(request.POST), 422
    if form.is_valid():
        text = form.cleaned_data["text"]
        done, status = attempt(
            form, lambda: service.report_instruction(instruction=task, actor=actor, text=text)
        )
        if done:
            messages.success(request, _("已反馈，领导会收到提醒。"))
            return redirect(task)
    return _show(request, _instruction_or_404(request, pk), report=form, status=status)


@require_POST
@staff_required
def name_doer(request: HttpRequest, pk: int) -> HttpResponse:
    """Who in the unit does it; chosen on the page of the instruction."""
    task, actor = _instruction_or_404(request, pk), actor_of(request)
    rules.require(LeaderAct.NAME_DOER, actor, leader=task.post, unit=task.unit, petition=task.petition)
    form, status = DoerForm(request.POST, posts=doing.candidates(task, now())), 422
    if form.is_valid():
        post = form.cleaned_data["post"]
        _nothing, status = attempt(form, lambda: doing.name_doer(instruction=task, actor=actor, post=post))
        if status == 200:
            messages.success(request, _("已指定，本人会收到提醒。"))
            return redirect(task)
    return _show(request, _instruction_or_404(request, pk), doer=form, status=status)


@require_POST
@role_required(Role.LEADER)
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    task, actor = _instruction_or_404(request, pk), actor_of(request)
    rules.require(LeaderAct.ACKNOWLEDGE, actor, leader=task.post, petition=task.petition)
    form, status = AcknowledgeForm(request.POST), 422
    if form.is_valid():
        enough = form.cleaned_data["enough"] == "yes"
        _nothing, status = attempt(form, lambda: _acknowledge(task, actor, enough, form))
        if status == 200:
            messages.success(request, _("已阅。") if enough else _("已退回承办单位继续办理。"))
            return redirect(task)
    return _show(request, _instruction_or_404(request, pk), word=form, status=status)


def _acknowledge(task: Instruction, actor: Actor, enough: bool, form: AcknowledgeForm) -> None:
    service.acknowledge_instruction(
        instruction=task,
        actor=actor,
        enough=enough,
        text=form.cleaned_data["text"],
        due_on=form.cleaned_data["due_on"],
    )


@role_required(Role.LEADER)
def instruct(request: HttpRequest, number: str) -> HttpResponse:
    """Write one; most of the time a quick pick and one press. Afterwards one is where one came from.
    A case that takes none shows no form; what was typed comes back with the sentence."""
    case, actor = case_or_404(request, number), actor_of(request)
    require_step(case, Act.INSTRUCT, actor)
    rules.require(LeaderAct.INSTRUCT, actor, leader=actor.post, petition=case)
    if request.method != "POST":
        petition_rules.require(case, Act.INSTRUCT, actor)
    package = own_package_on(case, actor) if request.GET.get("back") == "package" else None
    back = (package or case).get_absolute_url()
    units = service.units_that_may_do(case)
    people = doing.people_able(case, now())
    form = InstructionForm(request.POST or None, units=units, people=people, initial={"token": new_token()})
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made, status = attempt(
            form,
            lambda: doing.instruct(
                petition=case,
                actor=actor,
                text=data["words"],
                unit=data["unit"],
                doer=data["doer"],
                due_on=data["due_on"],
                token=data["token"],
            ),
        )
        if made:
            messages.success(
                request,
                _("已批示，%(unit)s须在 %(day)s 前反馈。")
                % {"unit": made.unit.label, "day": made.due_on.isoformat()},
            )
            return redirect(back)
    return render(request, "leaders/instruct.html", {"form": form, "case": case, "back": back}, status=status)


@require_safe
@staff_required
def instruction_clock(request: HttpRequest, pk: int, clock: int) -> HttpResponse:
    task = _instruction_or_404(request, pk)
    found = get_object_or_404(InstructionClock.objects.select_related("rule"), pk=clock, instruction=task)
    context = {"explanation": explain(found), "clock": found, "back": task.get_absolute_url()}
    return render(request, "leaders/clock.html", context)
