"""The page on which a form of the upper level is filled, with every name it may use."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.decorators import role_required
from accounts.models import Unit
from core.errors import Refusal
from reports.month_cells import UNFORWARDED
from reports.selectors import board
from reports.selectors.figures import default_unit
from reports.selectors.month import default_month
from reports.services import upper_forms
from reports.upper_form_forms import UpperForm
from reports.upper_names import offered


@require_http_methods(["GET", "POST"])
@role_required(*upper_forms.FILLERS)
def upper_form(request: HttpRequest) -> HttpResponse:
    """GET offers the form and the names; POST fills what was sent and says what was filled, with the file to fetch."""
    actor = request.actor  # type: ignore[attr-defined]
    units = board.units_offered(actor)
    form = UpperForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        units=Unit.objects.filter(pk__in=[unit.pk for unit in units]).order_by("path"),
        initial={
            "month": request.GET.get("month", "")[:7] or str(default_month()),
            "unit": default_unit(actor),
        },
    )
    context: dict[str, Any] = {"form": form, "names": offered(), "unforwarded": UNFORWARDED}
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            made = upper_forms.fill_form(
                actor=actor, unit=data["unit"], month=data["month"], file=data["file"]
            )
            context |= {"job": made.job, "told": made.told}
        except Refusal as refusal:
            form.add_error("file", refusal.sentence)
    context["lines"] = [unit for unit in units if unit.code]
    return render(request, "reports/upper_form.html", context, status=422 if form.errors else 200)
