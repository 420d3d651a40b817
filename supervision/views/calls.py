"""Calls before a date is over: which cases, whom to dial, and what was said."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.decorators import role_required
from accounts.enums import Role
from core.errors import Refusal
from core.paging import paginate
from core.timekeeping import now
from petitions import rules as petition_rules
from petitions.enums import Act, CallOutcome
from petitions.services.codes import new_token
from petitions.views.asking import actor_of, attempt, case_or_404
from supervision import calls as reading
from supervision import rules
from supervision.enums import SupervisionAct
from supervision.forms import CallForm
from supervision.services import calling


@require_safe
@role_required(Role.INSPECTOR, Role.PETITION_OFFICER)
def call_list(request: HttpRequest) -> HttpResponse:
    """Dates that are near, the nearest first. No figures: a number would move with what one may not see."""
    actor, at = actor_of(request), now()
    page = paginate(reading.due_soon(actor, at), order=["due_at", "id"], cursor=request.GET.get("cursor"))
    context = {
        "page": page,
        "rows": reading.rows_of(page.items, actor, at),
        "days": settings.CALL_BEFORE_DAYS,
    }
    return render(request, "supervision/call_list.html", context)


@role_required(Role.INSPECTOR, Role.PETITION_OFFICER)
def call(request: HttpRequest, number: str) -> HttpResponse:
    """Whom to dial about one case, and the log of it."""
    case, actor = case_or_404(request, number), actor_of(request)
    rules.require(SupervisionAct.EFFORT, actor, petition=case, unit=case.lead_unit)
    if case.lead_unit is None:
        raise Refusal(_("本件还没有承办单位，不用电话提醒。"), code="stale")
    if request.method != "POST":
        petition_rules.require(case, Act.SUPERVISE, actor)
    form = CallForm(request.POST or None, initial={"token": new_token()})
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        data = {**form.cleaned_data, "outcome": CallOutcome(form.cleaned_data["outcome"])}
        done, status = attempt(form, lambda: calling.log_call(petition=case, actor=actor, **data))
        if done:
            messages.success(request, _("%(number)s 的提醒电话已登记。") % {"number": case.number})
            return redirect("supervision:calls")
    context = {
        "form": form,
        "case": case,
        "dial": reading.numbers_of([case], now())[case.pk],
        "calls": reading.calls_on(case, actor),
    }
    return render(request, "supervision/call.html", context, status=status)
