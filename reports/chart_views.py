"""The month in charts, and the outlines that its map is drawn from."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.decorators import role_required
from accounts.models import Unit
from core.errors import Refusal
from reports import asking, divisions
from reports.periods import Month
from reports.selectors.board import units_offered
from reports.selectors.charts import charts
from reports.selectors.figures import default_unit, require_unit
from reports.selectors.month import default_month
from reports.selectors.series import places_of
from reports.views import STATISTICS


@require_safe
@role_required(*STATISTICS)
def chart_page(request: HttpRequest) -> HttpResponse:
    """Twelve months of a unit and the month asked for, drawn; every drawing stands beside its table."""
    actor = request.actor  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "units": units_offered(actor),
        "month_text": request.GET.get("month", "") or str(default_month()),
    }
    try:
        wanted, unit = _asked(request)
        context |= {
            "unit": unit,
            "month": wanted,
            "charts": list(charts(actor=actor, unit=unit, month=wanted)),
        }
    except Refusal as refusal:
        return render(request, "reports/charts.html", {**context, "problem": str(refusal)}, status=422)
    return render(request, "reports/charts.html", context)


@require_safe
@role_required(*STATISTICS)
def division_outlines(request: HttpRequest) -> JsonResponse:
    """GeoJSON of the places below a unit. Raises Refusal: not one's own to ask for."""
    unit = _unit(request)
    return JsonResponse(divisions.outlines(places_of(unit)), content_type="application/geo+json")


def _asked(request: HttpRequest) -> tuple[Month, Unit]:
    text = request.GET.get("month", "")
    return asking.month_of(text) if text else default_month(), _unit(request)


def _unit(request: HttpRequest) -> Unit:
    actor = request.actor  # type: ignore[attr-defined]
    unit = asking.unit_of(request.GET["unit"]) if request.GET.get("unit") else default_unit(actor)
    require_unit(actor, unit)
    return unit
