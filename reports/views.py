"""The page staff land on, the county's month, and the files made from it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.actor import Actor
from accounts.decorators import role_required, staff_required
from accounts.enums import Role
from accounts.models import Unit
from core.errors import Refusal
from core.timekeeping import now
from deadlines.selectors import engine_state
from reports import asking, brief_rules, export_views
from reports.definitions import DEFINITIONS, shown_definitions
from reports.models import ExportJob, ExportOf, FileForm
from reports.periods import Month, Year
from reports.rates import change_text
from reports.selectors import behind as listing
from reports.selectors import board, further
from reports.selectors.changes import restated
from reports.selectors.figures import RATES, default_unit
from reports.selectors.frozen import of_district, reading_for
from reports.selectors.month import default_month, month_figures
from reports.selectors.standing import standing
from reports.selectors.year import default_year, year_report
from reports.services import exports, freezing, upper_forms

STATISTICS = exports.EXPORTERS
#: Petition offices report once a year (条例 41); units and leaders have the months.
YEARLY = (Role.STATISTICIAN, Role.PETITION_OFFICER, Role.INSPECTOR)
#: Whoever looks after the district's clocks is told on the first page whether they run.
OVERSEERS = (Role.PETITION_OFFICER, Role.INSPECTOR)
#: Where each hat begins its day.
FIRST_PAGE = {
    Role.CLERK: "petitions:register",
    Role.LEADER: "leaders:home",
    Role.MEDIATOR: "mediation:mine",
    Role.STATISTICIAN: "reports:month",
    Role.AUDITOR: "accounts:audit_log",
    Role.HANDLER: "petitions:list",
    Role.SYSTEM_ADMIN: "accounts:units",
    Role.SECURITY_ADMIN: "accounts:people",
}


@require_GET
@staff_required
def home(request: HttpRequest) -> HttpResponse:
    """The first page of the hat that is on; the petition office and heads of units see the board: what to do now, then
    how the office stands."""
    actor = request.actor  # type: ignore[attr-defined]
    name = FIRST_PAGE.get(actor.role)
    if name is not None:
        try:
            return redirect(name)
        except NoReverseMatch:
            pass
    context = {
        "board": board.for_reader(actor),
        "standing": standing(actor) if actor.role in STATISTICS else None,
        "engine": engine_state(now()) if actor.role in OVERSEERS else None,
        "keeps_walls": brief_rules.makes(actor),
    }
    return render(request, "reports/home.html", context)


@require_GET
@role_required(*STATISTICS)
def month(request: HttpRequest) -> HttpResponse:
    """The figures of a month; each number opens the list it was counted from."""
    actor = request.actor  # type: ignore[attr-defined]
    unit, wanted, problem = asking.wish_of(request)
    context: dict[str, Any] = {
        "units": board.units_offered(actor),
        "month_text": request.GET.get("month", "") or str(default_month()),
        "definitions": shown_definitions(),
        "yearly": actor.role in YEARLY,
        "fills_forms": actor.role in upper_forms.FILLERS,
        "problem": problem,
        "job": _latest_job(request),
        "text_forms": [form for form in exports.MONTH_FORMS if form != FileForm.XLSX],
    }
    if unit is not None and wanted is not None:
        today = "today" in request.GET
        context |= _month(actor, unit, wanted, today=today)
        context |= further.comparison(request.GET, actor, unit, context["figures"], ("repeat_rate", *RATES))
        context["tabs"] = further.tabs(unit.pk, wanted, "reports:month", today=today)
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
        frozen |= {"freeze": found[0], "changes": changes, "definitions": found[0].definitions}
    else:
        figures = month_figures(actor=actor, unit=unit, month=wanted)
    return frozen | {"figures": figures} | board.month_context(figures, actor)


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
        seen = request.POST.get("seen", "")
        made = freezing.freeze(
            actor=actor,
            month=wanted,
            reason=request.POST.get("reason", ""),
            seen=int(seen) if seen.isdecimal() and len(seen) < 5 else 0,
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    messages.success(
        request, _("已冻结%(month)s（第 %(n)d 版）。") % {"month": wanted.label, "n": made.version}
    )
    return redirect(back)


def _latest_job(request: HttpRequest) -> ExportJob | None:
    """The last month this hat asked for; lists stand on a page of their own."""
    mine = export_views.own_jobs(request.actor).filter(what=ExportOf.MONTH)  # type: ignore[attr-defined]
    return mine.first()
