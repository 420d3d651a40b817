"""The pages beside the month's table: further indicators, the volumes told apart, and what each figure means."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.actor import Actor
from accounts.decorators import role_required
from accounts.models import Unit
from core.timekeeping import now
from reports import asking
from reports.models import Freeze
from reports.periods import Month
from reports.selectors import board, further
from reports.selectors import volumes as counting
from reports.selectors.changes import restated
from reports.selectors.figures import RATES, shown
from reports.selectors.frozen import latest, reading_for
from reports.selectors.month import month_figures
from reports.views import STATISTICS


@require_GET
@role_required(*STATISTICS)
def indicators(request: HttpRequest) -> HttpResponse:
    """Further indicators of a month; as they were frozen, with what changed since, where it was."""
    context, unit, wanted = _asked(request)
    if unit is not None and wanted is not None:
        actor, frozen = request.actor, context["freeze"]  # type: ignore[attr-defined]
        codes = [code for code in shown() if code not in RATES]
        if frozen:
            figures, context["changes"] = restated(actor, unit, frozen, codes)
        else:
            figures = month_figures(actor=actor, unit=unit, month=wanted, codes=codes)
        reading = reading_for(actor, unit, wanted, freeze=frozen, at=figures.made_at)
        context |= {
            "heading": figures.heading,
            "made_at": figures.made_at,
            "sections": further.sections(figures),
            "channels": further.by_channel(figures, reading, "first_resolved"),
            "mediation": further.mediation(reading),
            "tabs": _tabs(request, unit, wanted, "reports:indicators"),
        }
        context |= further.comparison(request.GET, actor, unit, figures, codes)
    return render(request, "reports/indicators.html", context, status=422 if context["problem"] else 200)


@require_GET
@role_required(*STATISTICS)
def volumes(request: HttpRequest) -> HttpResponse:
    """What was registered, told apart in one way (``?by=``), beside the months it is compared with.

    Raises:
        Http404: there is no such way; nobody is led there by a link.
    """
    by = request.GET.get("by") or "channel"
    if by not in counting.BY:
        raise Http404
    context, unit, wanted = _asked(request)
    if unit is not None and wanted is not None:
        reading = reading_for(request.actor, unit, wanted, freeze=context["freeze"])  # type: ignore[attr-defined]
        found = counting.volumes(reading)
        context |= {
            "heading": f"{reading.unit.name} {wanted.label}",
            "made_at": reading.at,
            "runs": wanted.end > now(),
            "by": counting.BY[by],
            "not_kept": by in found.not_kept,
            "rows": further.volume_rows(found, by, reading),
            "total": further.total_row(found, reading),
            "tabs": _tabs(request, unit, wanted, by),
        }
    return render(request, "reports/volumes.html", context, status=422 if context["problem"] else 200)


@require_GET
@role_required(*STATISTICS)
def definitions(request: HttpRequest) -> HttpResponse:
    """Every definition with a number of the month, as the reader counts it today, and its list."""
    context, unit, wanted = _asked(request)
    if unit is not None and wanted is not None:
        figures = month_figures(actor=request.actor, unit=unit, month=wanted, codes=shown())  # type: ignore[attr-defined]
        context |= {
            "heading": figures.heading,
            "made_at": figures.made_at,
            "examples": further.examples(figures),
        }
    return render(request, "reports/definitions.html", context, status=422 if context["problem"] else 200)


def _asked(request: HttpRequest) -> tuple[dict[str, Any], Unit | None, Month | None]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    unit, wanted, problem = asking.wish_of(request)
    frozen: Freeze | None = None
    if unit is not None and wanted is not None and "today" not in request.GET:
        frozen = latest(unit, wanted)
    context: dict[str, Any] = {
        "units": board.units_offered(actor),
        "month_text": request.GET.get("month", "") or (str(wanted) if wanted else ""),
        "unit": unit,
        "month": wanted,
        "problem": problem,
        "freeze": frozen,
    }
    return context, unit, wanted


def _tabs(request: HttpRequest, unit: Unit, month: Month, active: str) -> list[dict[str, Any]]:
    return further.tabs(unit.pk, month, active, today="today" in request.GET)
