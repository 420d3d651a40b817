"""包案 in figures, by unit and level; rounds beside one another."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import role_required
from accounts.enums import Role, UnitKind
from accounts.models import Unit
from core.timekeeping import local_day, now
from leaders import rules
from leaders.enums import LeaderAct
from leaders.forms.rounds import RoundForm
from leaders.selectors import figures
from leaders.services import rounds
from petitions.views.asking import actor_of, attempt

READERS = (Role.LEADER, Role.PETITION_OFFICER, Role.INSPECTOR, Role.UNIT_HEAD, Role.HANDLER)
LEADING = (UnitKind.DISTRICT, UnitKind.TOWN, UnitKind.DEPARTMENT)


@require_safe
@role_required(*READERS)
def package_figures(request: HttpRequest) -> HttpResponse:
    return _show(request, None, 200)


def _units() -> Any:
    return Unit.objects.active(local_day(now())).filter(kind__in=LEADING).order_by("path")


def _show(request: HttpRequest, form: RoundForm | None, status: int) -> HttpResponse:
    actor = actor_of(request)
    may_set = rules.may(LeaderAct.SET_ROUND, actor)
    context = {
        "columns": [(_(label), _(words)) for _key, label, words in figures.COLUMNS],
        "rows": figures.figures(actor, request.GET),
        "rounds": figures.rounds(),
        "chosen": request.GET.get("round", ""),
        "compared": figures.compared(actor),
        "form": (form or RoundForm(units=_units())) if may_set else None,
    }
    return render(request, "leaders/package_figures.html", context, status=status)


@require_POST
@role_required(Role.PETITION_OFFICER, Role.UNIT_HEAD)
def round_add(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    rules.require(LeaderAct.SET_ROUND, actor)
    form, status = RoundForm(request.POST, units=_units()), 422
    if form.is_valid():
        made, status = attempt(form, lambda: rounds.set_round(actor=actor, **form.cleaned_data))
        if made is not None:
            messages.success(request, _("轮次已划定。"))
            return redirect("leaders:package_figures")
    return _show(request, form, status)
