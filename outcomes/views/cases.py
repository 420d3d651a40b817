"""The page of all that came after a case's answer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import staff_required
from core.forms import BaseForm
from outcomes import rules, selectors
from outcomes.enums import OutcomeAct
from outcomes.forms import OpenVisitForm
from outcomes.services import visiting
from outcomes.views.asking import actor_of, attempt, case_or_404
from petitions.models import Petition


@require_safe
@staff_required
def case(request: HttpRequest, number: str) -> HttpResponse:
    return _show(request, case_or_404(request, number))


def _show(
    request: HttpRequest, petition: Petition, given: dict[str, BaseForm] | None = None, status: int = 200
) -> HttpResponse:
    context = selectors.case_page(petition, actor_of(request))
    forms: dict[str, BaseForm] = {}
    if context["may"]["open_visit"]:
        forms["open_visit"] = OpenVisitForm(auto_id="open_visit_%s")
    return render(request, "outcomes/case.html", context | {"forms": forms | (given or {})}, status=status)


@require_POST
@staff_required
def open_visit(request: HttpRequest, number: str) -> HttpResponse:
    petition, actor = case_or_404(request, number), actor_of(request)
    rules.require(OutcomeAct.OPEN_VISIT, actor, petition)
    form, status = OpenVisitForm(request.POST, auto_id="open_visit_%s"), 422
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        made, status = attempt(
            form, lambda: visiting.open_by_hand(petition=petition, actor=actor, reason=reason)
        )
        if made is not None:
            messages.success(request, _("回访已安排，请确定回访人。"))
            return redirect(made.get_absolute_url())
    return _show(request, case_or_404(request, number), {"open_visit": form}, status)
