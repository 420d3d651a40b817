"""The page staff land on, the county's month, and the files made from it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.actor import Actor
from accounts.decorators import role_required, staff_required
from accounts.enums import Role
from accounts.models import Unit
from accounts.services import audit
from core import downloads
from core.errors import Refusal
from core.htmx import is_htmx
from core.timekeeping import now
from deadlines.selectors import engine_state
from reports import asking
from reports.definitions import DEFINITIONS
from reports.models import ExportJob, ExportState
from reports.periods import Month, Year
from reports.rates import change_text
from reports.selectors import behind as listing
from reports.selectors import board
from reports.selectors.changes import restated
from reports.selectors.figures import default_unit, require_unit
from reports.selectors.frozen import of_district, reading_for
from reports.selectors.month import default_month, month_figures
from reports.selectors.year import default_year, year_report
from reports.services import exports, freezing

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STATISTICS = (Role.STATISTICIAN, Role.PETITION_OFFICER, Role.INSPECTOR, Role.UNIT_HEAD, Role.LEADER)
#: Petition offices report once a year (条例 41); units and leaders have the months.
YEARLY = (Role.STATISTICIAN, Role.PETITION_OFFICER, Role.INSPECTOR)
#: Where each hat begins its day.
FIRST_PAGE = {
    Role.CLERK: "petitions:register",
    Role.LEADER: "leaders:home",
    Role.MEDIATOR: "mediation:mine",
    Role.STATISTICIAN: "reports:month",
    Role.AUDITOR: "accounts:audit_log",
    Role.HANDLER: "petitions:list",
    Role.UNIT_HEAD: "petitions:list",
    Role.SYSTEM_ADMIN: "accounts:units",
    Role.SECURITY_ADMIN: "accounts:people",
}


@require_GET
@staff_required
def home(request: HttpRequest) -> HttpResponse:
    """The first page of the hat that is on; the petition office and the administrators see the board."""
    actor = request.actor  # type: ignore[attr-defined]
    name = FIRST_PAGE.get(actor.role)
    if name is not None:
        try:
            return redirect(name)
        except NoReverseMatch:
            pass
    context = {"board": board.for_reader(actor), "engine": engine_state(now())}
    return render(request, "reports/home.html", context)


@require_GET
@role_required(*STATISTICS)
def month(request: HttpRequest) -> HttpResponse:
    """The figures of a month; each number opens the list it was counted from."""
    actor = request.actor  # type: ignore[attr-defined]
    unit, wanted, problem = _wish(request)
    context: dict[str, Any] = {
        "units": board.units_offered(actor),
        "month_text": request.GET.get("month", "") or str(default_month()),
        "definitions": DEFINITIONS,
        "yearly": actor.role in YEARLY,
        "problem": problem,
        "job": _latest_job(request),
    }
    if unit is not None and wanted is not None:
        context |= _month(actor, unit, wanted, today="today" in request.GET)
    return render(request, "reports/month.html", context, status=422 if problem else 200)


def _month(actor: Actor, unit: Unit, wanted: Month, *, today: bool) -> dict[str, Any]:
    """As it was frozen, with what changed since; as it is counted today where it was not or that is asked for."""
    found = list(of_district(unit, wanted).order_by("-version"))
    frozen: dict[str, Any] = {
        "versions": found,
        "may_freeze": freezing.may_freeze(actor) and wanted.end <= now(),
        "again": bool(found),
    }
    if found and not today:
        figures, changes = restated(actor, unit, found[0])
        frozen |= {"freeze": found[0], "changes": changes}
    else:
        figures = month_figures(actor=actor, unit=unit, month=wanted)
    return frozen | board.month_context(figures, actor)


@require_GET
@role_required(*YEARLY)
def year(request: HttpRequest) -> HttpResponse:
    """The yearly report in its four chapters (条例 41), to be printed and signed on paper."""
    actor = request.actor  # type: ignore[attr-defined]
    context: dict[str, Any] = {"year_text": request.GET.get("year", "") or str(default_year())}
    try:
        wanted = Year.parse(context["year_text"])
    except Refusal as refusal:
        return render(request, "reports/year.html", {**context, "problem": refusal.sentence}, status=422)
    report = context["report"] = year_report(actor=actor, unit=default_unit(actor), year=wanted)
    context["change"] = change_text(report.figures.total.count, report.before.count)
    context["rates"] = [
        (definition, report.rates[definition.code])
        for definition in DEFINITIONS
        if definition.code in report.rates
    ]
    return render(request, "reports/year.html", context)


@require_GET
@role_required(*STATISTICS)
def behind(request: HttpRequest, code: str) -> HttpResponse:
    """The cases behind one number of the month: its denominator, its numerator or the rest."""
    actor = request.actor  # type: ignore[attr-defined]
    place, unit, wanted, at = asking.place_of(request.GET, code, default=default_unit(actor))
    frozen = asking.freeze_of(request.GET, unit, wanted)
    reading = reading_for(actor, unit, wanted, freeze=frozen, at=at)
    found = listing.behind(reading, place, cursor=request.GET.get("cursor"))
    response = render(request, "reports/behind.html", board.behind_context(found, reading))
    response["Cache-Control"] = "no-store, private"
    return response


@require_POST
@role_required(*freezing.FREEZERS)
def freeze(request: HttpRequest) -> HttpResponse:
    """Keep the month as it is counted now. What was typed comes back with the sentence where it is refused."""
    actor = request.actor  # type: ignore[attr-defined]
    back = reverse("reports:month")
    try:
        wanted = Month.parse(request.POST.get("month", ""))
        back = f"{back}?month={wanted}"
        made = freezing.freeze(actor=actor, month=wanted, reason=request.POST.get("reason", ""))
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    messages.success(
        request, _("已冻结%(month)s（第 %(n)d 版）。") % {"month": wanted.label, "n": made.version}
    )
    return redirect(back)


@require_POST
@role_required(*STATISTICS)
def export(request: HttpRequest) -> HttpResponse:
    """Ask for the workbook; a second press gives the same job."""
    actor = request.actor  # type: ignore[attr-defined]
    try:
        wanted = Month.parse(request.POST.get("month", ""))
        unit = asking.unit_of(request.POST.get("unit", ""))
        job = exports.request_export(actor=actor, unit=unit, month=wanted)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("reports:month")
    return redirect(f"{reverse('reports:month')}?month={wanted}&unit={unit.pk}#job-{job.pk}")


@require_GET
@staff_required
def job(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Progress of one's own job, as a fragment that asks again by itself until it is done."""
    found = _own_job(request, pk)
    if not is_htmx(request):
        return redirect(f"{reverse('reports:month')}?month={found.month:%Y-%m}&unit={found.unit_id}")
    return render(request, "reports/_job.html", {"job": found})


@require_GET
@staff_required
def download(request: HttpRequest, pk: uuid.UUID) -> HttpResponse | FileResponse:
    """One's own finished workbook. Logged each time."""
    found = _own_job(request, pk)
    if found.state != ExportState.DONE:
        raise Http404
    audit.record(actor=request.actor, act="report.download", obj=found)  # type: ignore[attr-defined]
    try:
        opened = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return downloads.download(opened, found.download_name, XLSX)


def _own_job(request: HttpRequest, pk: uuid.UUID) -> ExportJob:
    actor = request.actor  # type: ignore[attr-defined]
    return get_object_or_404(ExportJob.objects.select_related("unit"), pk=pk, post=actor.post)


def _latest_job(request: HttpRequest) -> ExportJob | None:
    actor = request.actor  # type: ignore[attr-defined]
    return ExportJob.objects.filter(post=actor.post).select_related("unit").order_by("-requested_at").first()


def _wish(request: HttpRequest) -> tuple[Unit | None, Month | None, str]:
    actor = request.actor  # type: ignore[attr-defined]
    try:
        wanted = Month.parse(request.GET["month"]) if request.GET.get("month") else default_month()
        unit = asking.unit_of(request.GET["unit"]) if request.GET.get("unit") else default_unit(actor)
        require_unit(actor, unit)
    except Refusal as refusal:
        return None, None, str(refusal)
    return unit, wanted, ""
