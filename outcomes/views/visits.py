"""The list of return visits to make, and the page of one of them."""

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
from core.forms import BaseForm
from core.paging import paginate
from core.tabs import chosen_of, tabs_of
from core.timekeeping import now
from outcomes import rules, selectors, visit_selectors
from outcomes.enums import WAITING, VisitResult, VisitWay
from outcomes.forms import AssignVisitForm, RecordVisitForm
from outcomes.models import ReturnVisit
from outcomes.services import visiting
from petitions.selectors.desk import WORKERS
from petitions.selectors.veiling import over_rows
from petitions.views.asking import actor_of, attempt, case_or_404
from petitions.views.desk import look_on_record

VIEWS = (("open", "待回访"), ("mine", "由我回访"), ("ended", "已回访"))


@require_safe
@role_required(*WORKERS, Role.CLERK)
def visit_list(request: HttpRequest) -> HttpResponse:
    """Visits one may know of: those opened first before the others; of those made, the latest."""
    actor = actor_of(request)
    counts = selectors.visits_waiting(actor)
    over = not any(counts.values()) and ReturnVisit.objects.visible_to(actor).exists()
    chosen = chosen_of(VIEWS, request.GET.get("view"), counts | {"ended": int(over)})
    found, order = ReturnVisit.objects.visible_to(actor).with_row_relations(), ["opened_at", "id"]
    if chosen == "ended":
        found, order = found.exclude(state__in=WAITING), ["-opened_at", "-id"]
    else:
        found = found.filter(state__in=WAITING)
    if chosen == "mine":
        found = found.filter(assignee=actor.user)
    page = paginate(found, order=order, cursor=request.GET.get("cursor"))
    over_rows([selectors.as_read(visit).petition for visit in page.items], actor)
    context = {"page": page, "tabs": tabs_of(VIEWS, chosen, counts, {"mine": "soon"})}
    return render(request, "outcomes/visit_list.html", context)


@require_safe
@staff_required
def visit(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    return _show(request, _visit_or_404(request, number, pk))


def _visit_or_404(request: HttpRequest, number: str, pk: int) -> ReturnVisit:
    petition = case_or_404(request, number, "complained_unit")
    rows = ReturnVisit.objects.visible_to(actor_of(request)).filter(petition=petition)
    found: ReturnVisit = get_object_or_404(rows.select_related("assignee", "post__unit"), pk=pk)
    found.petition = petition
    return found


def _assign_form(row: ReturnVisit, *data: Any) -> AssignVisitForm:
    posts = visiting.going_to(row, now())
    return AssignVisitForm(*data, posts=posts, auto_id="assign_visit_%s")


def _show(
    request: HttpRequest, row: ReturnVisit, given: dict[str, BaseForm] | None = None, status: int = 200
) -> HttpResponse:
    if request.method != "POST":
        look_on_record(request, row.petition, "visit")
    context = visit_selectors.visit_page(row, actor_of(request))
    forms: dict[str, BaseForm] = {}
    if context["may"]["assign_visit"]:
        form = forms["assign_visit"] = _assign_form(row)
        context["choices"] = form.fields["post"].queryset.exists()  # type: ignore[attr-defined]
        context["left_out"] = visit_selectors.left_out(row, now())
    if context["may"]["record_visit"]:
        forms["record_visit"] = RecordVisitForm(auto_id="record_visit_%s")
    context["forms"] = forms | (given or {})
    response = render(request, "outcomes/visit.html", context, status=status)
    response["Cache-Control"] = "no-store, private"
    return response


def _done(
    request: HttpRequest, row: ReturnVisit, name: str, form: BaseForm, door: Callable[[], Any], said: str
) -> HttpResponse:
    status = 422
    if form.is_valid():
        made, status = attempt(form, door)
        if made is not None:
            messages.success(request, said)
            return redirect(row.get_absolute_url())
    return _show(request, _visit_or_404(request, row.petition.number, row.pk), {name: form}, status)


@require_POST
@staff_required
def assign(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    row, actor = _visit_or_404(request, number, pk), actor_of(request)
    rules.require_assign(actor, row)
    form = _assign_form(row, request.POST)

    def door() -> ReturnVisit:
        return visiting.assign(visit=row, actor=actor, post=form.cleaned_data["post"])

    return _done(request, row, "assign_visit", form, door, _("回访人已确定。"))


@require_POST
@staff_required
def record(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    row, actor = _visit_or_404(request, number, pk), actor_of(request)
    rules.require_visitor(actor, row)
    form = RecordVisitForm(request.POST, auto_id="record_visit_%s")

    def door() -> ReturnVisit:
        data = form.cleaned_data
        way, result = VisitWay(data["way"]), VisitResult(data["result"])
        return visiting.record(visit=row, actor=actor, **{**data, "way": way, "result": result})

    return _done(request, row, "record_visit", form, door, _("回访已登记。"))
