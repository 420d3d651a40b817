"""What a unit undertook in a joint sitting: its report, and the convener's word on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.decorators import staff_required
from core.forms import FASTER
from mediation import sitting_rules
from mediation.models import Undertaking
from mediation.services import undertakings
from mediation.sitting_enums import SittingAct
from mediation.sitting_forms import ReportForm, ReviewForm
from mediation.views.sittings import sitting_or_404
from petitions.selectors.veiling import Veil
from petitions.views.asking import actor_of, attempt

A = SittingAct


def _or_404(request: HttpRequest, pk: int, undertaking: int) -> Undertaking:
    row = sitting_or_404(request, pk)
    found: Undertaking = get_object_or_404(row.undertakings.select_related("unit"), pk=undertaking)
    found.sitting = row
    return found


def _show(request: HttpRequest, one: Undertaking, form: Any, act: SittingAct, status: int) -> HttpResponse:
    reports, case = list(one.reports.all()), one.sitting.petition
    if case is not None:
        cover = Veil(case, actor_of(request))
        cover.over(one, ("what",))
        for said in reports:
            cover.over(said, ("text", "reply"))
    context = {"one": one, "form": form, "reviews": act == A.REVIEW, "reports": reports}
    return render(request, "mediation/undertaking.html", context, status=status)


@staff_required
def report(request: HttpRequest, pk: int, undertaking: int) -> HttpResponse:
    one, actor, status = _or_404(request, pk, undertaking), actor_of(request), 200
    sitting_rules.require(A.REPORT, actor, undertaking=one)
    form = ReportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            text = form.cleaned_data["text"]
            made, status = attempt(form, lambda: undertakings.report(undertaking=one, actor=actor, text=text))
            if made is not None:
                messages.success(request, _("已反馈，请等召集单位审核。"))
                return redirect(one.get_absolute_url())
    return _show(request, one, form, A.REPORT, status)


@staff_required
def review(request: HttpRequest, pk: int, undertaking: int) -> HttpResponse:
    one, actor, status = _or_404(request, pk, undertaking), actor_of(request), 200
    sitting_rules.require(A.REVIEW, actor, sitting=one.sitting)
    form = ReviewForm(
        request.POST if request.method == "POST" else None, initial={"nth": one.reports.count()}
    )
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = dict(form.cleaned_data)
            done = data.pop("done") == "yes"
            made, status = attempt(
                form, lambda: undertakings.review(undertaking=one, actor=actor, done=done, **data)
            )
            if made is not None:
                messages.success(request, _("审核已登记。"))
                return redirect(one.get_absolute_url())
        if status == FASTER:
            form.now_at(one.reports.count())
    return _show(request, one, form, A.REVIEW, status)
