"""督办: the list, one with all that is done there, opening one from a case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import Actor
from accounts.decorators import role_required, staff_required
from accounts.enums import Role
from core.forms import BaseForm
from core.paging import paginate
from core.tabs import chosen_of, tabs_of
from core.timekeeping import local_day, now
from deadlines.selectors import explain
from petitions import rules as petition_rules
from petitions.enums import Act
from petitions.selectors.desk import WORKERS
from petitions.services.codes import new_token
from petitions.views.asking import actor_of, attempt, case_or_404
from supervision import rules, selectors
from supervision.enums import LIVE, Ground, Mode, State, SupervisionAct
from supervision.forms import (
    ConfirmForm,
    DecideForm,
    DismissForm,
    EffortForm,
    FeedbackForm,
    ListForm,
    OpenForm,
    TickForm,
)
from supervision.models import Listing, Milestone, Supervision, SupervisionClock, SupervisionEffort
from supervision.querysets import oversees
from supervision.services import opening, working
from supervision.views.beginning import asked_for
from supervision.views.files import file_of

A = SupervisionAct
VIEWS = (
    ("proposed", "待确认"),
    ("open", "督办中"),
    ("late", "超期未反馈"),
    ("fed_back", "待审核"),
    ("ended", "已结束"),
)
FORMS: dict[SupervisionAct, type[BaseForm]] = {
    A.CONFIRM: ConfirmForm,
    A.DISMISS: DismissForm,
    A.FEED_BACK: FeedbackForm,
    A.DECIDE: DecideForm,
    A.EFFORT: EffortForm,
    A.LIST: ListForm,
}
#: In which states each form is offered.
OFFERED: dict[SupervisionAct, tuple[State, ...]] = {
    A.CONFIRM: (State.PROPOSED,),
    A.DISMISS: (State.PROPOSED,),
    A.FEED_BACK: (State.OPEN,),
    A.DECIDE: (State.FED_BACK,),
    A.EFFORT: (State.OPEN, State.FED_BACK),
    A.LIST: (State.OPEN,),
}


#: The form of one milestone, by its id.
TICK = "tick:"


@require_safe
@role_required(*WORKERS)
def supervision_list(request: HttpRequest) -> HttpResponse:
    """The overseers': proposed first. A unit's: what is demanded of it, the earliest date first."""
    actor = actor_of(request)
    may_open = rules.may(A.OPEN, actor)
    begin, case = asked_for(request, Act.SUPERVISE, actor) if may_open else (None, None)
    if case is not None:
        return redirect("supervision:open", number=case.number)
    views = [one for one in VIEWS if one[0] != "proposed" or oversees(actor)]
    counts = selectors.waiting_for(actor)
    chosen = chosen_of(views, request.GET.get("view"), counts | selectors.anything_ended(actor, counts))
    found = _of_view(Supervision.objects.visible_to(actor), chosen)
    order = {"proposed": ["-found_at", "-id"], "ended": ["-ended_at", "-id"]}.get(chosen, ["due_on", "id"])
    page = paginate(found.with_row_relations(), order=order, cursor=request.GET.get("cursor"))
    context = {
        "page": page,
        "rows": [selectors.row_of(row, actor) for row in page.items],
        "chosen": chosen,
        "may_confirm": rules.may(A.CONFIRM, actor),
        "sees_rules": oversees(actor),
        "sees_list": oversees(actor) or actor.role == Role.LEADER,
        "tabs": tabs_of(views, chosen, counts, {"late": "late", "proposed": "soon", "fed_back": "soon"}),
        "begin": begin,
    }
    status = 422 if begin is not None and begin.errors else 200
    return render(request, "supervision/supervision_list.html", context, status=status)


def _of_view(found: QuerySet[Any], view: str) -> Any:
    match view:
        case "proposed" | "open" | "fed_back":
            return found.filter(state=view)
        case "late":
            return found.filter(state=State.OPEN, due_on__lt=local_day(now()))
    return found.exclude(state__in=LIVE)


def or_404(request: HttpRequest, pk: int) -> Supervision:
    found = Supervision.objects.visible_to(actor_of(request)).with_row_relations()
    row: Supervision = get_object_or_404(found, pk=pk)
    return row


@require_safe
@staff_required
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, or_404(request, pk))


def show(
    request: HttpRequest, row: Supervision, given: dict[str, BaseForm] | None = None, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    forms = {
        act.value: FORMS[act](auto_id=f"{act.value}_%s", initial=_initial(act, row, actor))
        for act in FORMS
        if row.state in OFFERED[act] and rules.may(act, actor, supervision=row)
    }
    listing = Listing.objects.filter(supervision=row).prefetch_related("milestones").first()
    if listing is not None:
        forms.pop(A.LIST.value, None)
    milestones = list(listing.milestones.all()) if listing else []
    ticks = row.is_live and rules.may(A.EFFORT, actor, supervision=row)
    nodes, refused = (
        _ticked(milestones, given or {}) if ticks else ([(one, None) for one in milestones], None)
    )
    efforts = list(row.efforts.all()) if selectors.reads_efforts(row, actor) else None
    context = {
        "one": selectors.row_of(row, actor),
        "row": row,
        "forms": forms | (given or {}),
        "efforts": efforts,
        "listing": listing,
        "milestones": nodes,
        "refused": refused,
        "feedbacks": [
            (one, selectors.shown(row, actor, one.measures), selectors.shown(row, actor, one.result))
            for one in row.feedbacks.all()
        ],
    }
    return render(request, "supervision/supervision_detail.html", context, status=status)


def _ticked(
    milestones: list[Milestone], given: dict[str, BaseForm]
) -> tuple[list[tuple[Milestone, BaseForm | None]], BaseForm | None]:
    """Each milestone with its form, none where it is ticked; beside, the form that came too late for the one it was
    sent to: its sentence stands once, above them."""
    sent = {key.removeprefix(TICK): form for key, form in given.items() if key.startswith(TICK)}
    nodes = [
        (one, None if one.done_at else sent.pop(str(one.pk), None) or TickForm(auto_id=False))
        for one in milestones
    ]
    return nodes, next(iter(sent.values()), None)


def _initial(act: SupervisionAct, row: Supervision, actor: Actor) -> dict[str, Any]:
    if act is A.CONFIRM:
        return {"demand": row.demand, "due_on": row.due_on}
    return {"who": actor.user.get_full_name() if actor.user else ""} if act is A.EFFORT else {}


def act_on(
    request: HttpRequest, pk: int, act: SupervisionAct, door: Callable[..., Any], sentence: str
) -> HttpResponse:
    """Do ``door`` with what the form of ``act`` holds."""
    row, actor = or_404(request, pk), actor_of(request)
    rules.require(act, actor, supervision=row)
    form, status = FORMS[act](request.POST, request.FILES, auto_id=f"{act.value}_%s"), 422
    if form.is_valid():
        done, status = attempt(form, lambda: door(supervision=row, actor=actor, **form.cleaned_data))
        if done:
            messages.success(request, sentence)
            return redirect(row)
    return show(request, or_404(request, pk), {act.value: form}, status)


@require_POST
@staff_required
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """One tap in the list sends no form: what the rule proposed is demanded as it stands."""
    if "demand" in request.POST:
        return act_on(request, pk, A.CONFIRM, opening.confirm, _("已督办，单位会收到提醒。"))
    row, actor = or_404(request, pk), actor_of(request)
    rules.require(A.CONFIRM, actor, supervision=row)
    form = ConfirmForm({"demand": row.demand, "due_on": row.due_on}, auto_id="confirm_%s")
    done, status = attempt(form, lambda: opening.confirm(supervision=row, actor=actor))
    if done:
        messages.success(request, _("已督办%(unit)s，单位会收到提醒。") % {"unit": row.unit.label})
        return redirect("supervision:list")
    return show(request, or_404(request, pk), {A.CONFIRM.value: form}, status)


@require_POST
@staff_required
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    return act_on(request, pk, A.DISMISS, opening.dismiss, _("已登记不予督办。"))


@require_POST
@staff_required
def effort(request: HttpRequest, pk: int) -> HttpResponse:
    def door(*, mode: str, file: Any, **rest: Any) -> SupervisionEffort:
        return working.record_effort(mode=Mode(mode), files=[file] if file else [], **rest)

    return act_on(request, pk, A.EFFORT, door, _("督办情况已登记。"))


@require_POST
@staff_required
def feed_back(request: HttpRequest, pk: int) -> HttpResponse:
    return act_on(request, pk, A.FEED_BACK, working.feed_back, _("已反馈，督办人员会收到提醒。"))


@require_POST
@staff_required
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    def door(*, accept: str, **rest: Any) -> Supervision:
        return working.decide(accept=accept == "yes", **rest)

    accepted = request.POST.get("accept") == "yes"
    return act_on(
        request, pk, A.DECIDE, door, _("督办已办结。") if accepted else _("已退回，单位会收到提醒。")
    )


@require_safe
@staff_required
def effort_file(request: HttpRequest, pk: int, effort: int) -> FileResponse:
    row = or_404(request, pk)
    rules_row = row.efforts if selectors.reads_efforts(row, actor_of(request)) else row.efforts.none()
    return file_of(request, get_object_or_404(rules_row, pk=effort), "supervision.download")


@require_safe
@staff_required
def clock(request: HttpRequest, pk: int, clock: int) -> HttpResponse:
    row = or_404(request, pk)
    found = get_object_or_404(SupervisionClock.objects.select_related("rule"), pk=clock, supervision=row)
    context = {"explanation": explain(found), "clock": found, "back": row.get_absolute_url()}
    return render(request, "supervision/clock.html", context)


@role_required(Role.INSPECTOR, Role.PETITION_OFFICER)
def open_one(request: HttpRequest, number: str) -> HttpResponse:
    """Open one by hand. A case that takes none shows no form; what was typed comes back with the sentence."""
    case, actor = case_or_404(request, number), actor_of(request)
    rules.require(A.OPEN, actor, petition=case)
    if request.method != "POST":
        petition_rules.require(case, Act.SUPERVISE, actor)
    units = opening.units_to_press(case, actor, now())
    form = OpenForm(request.POST or None, units=units, initial={"token": new_token()})
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        data = {**form.cleaned_data, "ground": Ground(form.cleaned_data["ground"])}
        made, status = attempt(form, lambda: opening.open_supervision(petition=case, actor=actor, **data))
        if made:
            words = {"unit": made.unit.label, "day": made.due_on.isoformat() if made.due_on else ""}
            messages.success(request, _("已督办，%(unit)s须在 %(day)s 前反馈。") % words)
            return redirect(made)
    context = {"form": form, "case": case, "units": units}
    return render(request, "supervision/open.html", context, status=status)
