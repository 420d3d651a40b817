"""三项建议: the register with filters and its export, one suggestion with its answer, issuing one."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import Actor
from accounts.decorators import role_required, staff_required
from accounts.enums import Role
from accounts.services import audit
from core import downloads
from core.errors import Refusal
from core.marking import EXPORT, Mark
from core.paging import paginate
from core.timekeeping import local_day, now
from core.workbooks import XLSX
from deadlines.selectors import explain
from petitions.querysets import unsealed_cases
from petitions.selectors.desk import WORKERS
from petitions.views.asking import actor_of, attempt
from supervision import selectors, workbook
from supervision.enums import Adoption, SuggestionKind
from supervision.models import Suggestion, SuggestionClock
from supervision.services import suggesting
from supervision.suggestion_forms import AnswerForm, RegisterForm, SuggestionForm

ORDER = ["-issued_at", "-id"]


def _found(request: HttpRequest, form: RegisterForm) -> Any:
    found = Suggestion.objects.visible_to(actor_of(request)).with_row_relations()
    form.is_valid()
    wanted = form.cleaned_data
    if wanted.get("kind"):
        found = found.filter(kind=wanted["kind"])
    if wanted.get("unit"):
        found = found.filter(unit=wanted["unit"])
    if wanted.get("year"):
        found = found.filter(issued_at__year=wanted["year"])
    if state := wanted.get("state"):
        found = found.open() if state == "open" else found.filter(adoption=state)
    return found


@require_safe
@role_required(*WORKERS)
def register(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    form = RegisterForm(request.GET)
    page = paginate(_found(request, form), order=ORDER, cursor=request.GET.get("cursor"))
    context = {
        "page": page,
        "rows": selectors.suggestion_rows(page.items, actor),
        "form": form,
        "filters": request.GET.urlencode(),
        "may_issue": suggesting.may_issue(actor),
        "may_export": suggesting.may_issue(actor) or actor.role == Role.LEADER,
    }
    return render(request, "supervision/suggestion_list.html", context)


@require_safe
@role_required(Role.INSPECTOR, Role.PETITION_OFFICER, Role.LEADER)
def export(request: HttpRequest) -> HttpResponseBase:
    """What the register shows this reader, filtered alike; marked and on record. At most ``MOST_ROWS`` rows."""
    actor, form = actor_of(request), RegisterForm(request.GET)
    if not suggesting.may_issue(actor) and actor.role != Role.LEADER:
        raise PermissionDenied
    assert actor.user is not None and actor.post is not None
    rows = list(_found(request, form).order_by(*ORDER)[: workbook.MOST_ROWS])
    mark = Mark(EXPORT, actor.user.pk, actor.post.pk, now(), "suggestions")
    content = workbook.register(selectors.suggestion_rows(rows, actor), provenance=actor.label, mark=mark)
    filters = sorted(name for name, value in form.cleaned_data.items() if value)
    audit.record(actor=actor, act="suggestion.export", detail={"filters": filters, "rows": len(rows)})
    return downloads.download(BytesIO(content), f"三项建议登记册-{local_day(now())}.xlsx", XLSX)


def _or_404(request: HttpRequest, pk: int) -> Suggestion:
    found = Suggestion.objects.visible_to(actor_of(request)).with_row_relations()
    row: Suggestion = get_object_or_404(found, pk=pk)
    return row


@require_safe
@staff_required
def suggestion(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _or_404(request, pk))


def _show(
    request: HttpRequest, row: Suggestion, form: AnswerForm | None = None, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    may = row.is_open and suggesting.may_answer(actor, row)
    context = {
        "one": selectors.suggestion_rows([row], actor)[0],
        "row": row,
        "people": list(row.about_people.all()),
        "form": (form or AnswerForm()) if may or form else None,
    }
    return render(request, "supervision/suggestion_detail.html", context, status=status)


@require_POST
@staff_required
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    row, actor = _or_404(request, pk), actor_of(request)
    if not suggesting.may_answer(actor, row):
        raise PermissionDenied
    form, status = AnswerForm(request.POST), 422
    if form.is_valid():
        data = {**form.cleaned_data, "adoption": Adoption(form.cleaned_data["adoption"])}
        done, status = attempt(form, lambda: suggesting.answer(suggestion=row, actor=actor, **data))
        if done:
            messages.success(request, _("已反馈。"))
            return redirect(row)
    return _show(request, _or_404(request, pk), form, status)


@role_required(Role.INSPECTOR, Role.PETITION_OFFICER)
def add(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    if not suggesting.may_issue(actor):
        raise PermissionDenied
    kinds = [kind for kind in SuggestionKind if suggesting.may_issue(actor, kind)]
    form = SuggestionForm(
        request.POST or None, kinds=kinds, initial={"number": request.GET.get("number", "")}
    )
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        made, status = attempt(form, lambda: _issue(actor, dict(form.cleaned_data)))
        if made:
            messages.success(request, _("已提出，%(unit)s会收到提醒。") % {"unit": made.unit.label})
            return redirect(made)
    return render(request, "supervision/suggestion_form.html", {"form": form}, status=status)


def _issue(actor: Actor, data: dict[str, Any]) -> Suggestion:
    number, case = data.pop("number"), None
    if number:
        case = unsealed_cases(actor).filter(number=number).first()
        if case is None:
            raise Refusal(_("没有找到这个编号的信访件。"), code="invalid")
    return suggesting.issue(actor=actor, petition=case, **{**data, "kind": SuggestionKind(data["kind"])})


@require_safe
@staff_required
def clock(request: HttpRequest, pk: int, clock: int) -> HttpResponse:
    row = _or_404(request, pk)
    found = get_object_or_404(SuggestionClock.objects.select_related("rule"), pk=clock, suggestion=row)
    context = {"explanation": explain(found), "clock": found, "back": row.get_absolute_url()}
    return render(request, "supervision/clock.html", context)
