"""After an agreement: what was done of it, the court, return visits, and mediating again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import staff_required
from core.forms import FASTER
from mediation import agreement_selectors, rules
from mediation.agreement_enums import Ruling, VisitResult
from mediation.agreement_forms import AgainForm, ConfirmationForm, DutyForm, RulingForm, VisitForm
from mediation.enums import MediationAct, Side
from mediation.services import coming_back, confirmations, parties, performance
from mediation.views.agreements import agreement_or_404, do
from petitions.views.asking import actor_of, attempt

A = MediationAct


@staff_required
def duty(request: HttpRequest, pk: int, duty: int) -> HttpResponse:
    """One duty: what was said of it, and what is said of it now."""
    agreement, actor, status = agreement_or_404(request, pk), actor_of(request), 200
    rules.require(A.FOLLOW, actor, mediation=agreement.mediation)
    shown = agreement_selectors.shown(agreement, actor)
    line = next((one for one in shown.duties if one.duty.pk == duty), None)
    row = get_object_or_404(agreement.duties.filter(text=shown.text), pk=duty)
    row.agreement = agreement
    form = DutyForm(request.POST if request.method == "POST" else None, duty=row)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            made, status = attempt(form, lambda: performance.report(duty=row, actor=actor, new=form.told()))
            if made is not None:
                messages.success(request, _("履行情况已登记。"))
                return redirect(agreement)
        if status == FASTER:
            form.now_at(row.reports.count())
    context = {"one": agreement, "line": line, "form": form if agreement.holds else None}
    return render(request, "mediation/duty.html", context, status=status)


@require_POST
@staff_required
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    one, actor = agreement_or_404(request, pk), actor_of(request)
    rules.require(A.CONFIRM, actor, mediation=one.mediation)
    form = ConfirmationForm(request.POST, auto_id="confirmation_%s")
    return do(
        request,
        one,
        "confirmation",
        form,
        lambda: confirmations.apply(agreement=one, actor=actor, **form.cleaned_data),
        _("司法确认的申请已登记。"),
    )


@require_POST
@staff_required
def result(request: HttpRequest, pk: int) -> HttpResponse:
    one, actor = agreement_or_404(request, pk), actor_of(request)
    rules.require(A.CONFIRM, actor, mediation=one.mediation)
    form = RulingForm(request.POST, auto_id="ruling_%s")
    return do(
        request,
        one,
        "ruling",
        form,
        lambda: confirmations.record_result(
            agreement=one,
            actor=actor,
            result=Ruling(form.cleaned_data["result"]),
            result_on=form.cleaned_data["result_on"],
            ruling_number=form.cleaned_data["ruling_number"],
        ),
        _("法院的结果已登记。"),
    )


@require_POST
@staff_required
def visit(request: HttpRequest, pk: int, visit: int) -> HttpResponse:
    one, actor = agreement_or_404(request, pk), actor_of(request)
    rules.require(A.FOLLOW, actor, mediation=one.mediation)
    row = get_object_or_404(one.visits.all(), pk=visit)
    row.agreement = one
    form = VisitForm(request.POST, auto_id=f"visit{row.ordinal - 1}_%s")
    return do(
        request,
        one,
        f"visit:{row.pk}",
        form,
        lambda: coming_back.record_visit(
            visit=row,
            actor=actor,
            result=VisitResult(form.cleaned_data["result"]),
            words=form.cleaned_data["words"],
        ),
        _("回访已登记。"),
    )


@never_cache
@require_safe
@staff_required
def contacts(request: HttpRequest, pk: int) -> HttpResponse:
    """Telephones and addresses for whoever follows it up; each look is on record."""
    one, actor = agreement_or_404(request, pk), actor_of(request)
    here = parties.look_after(agreement=one, actor=actor)
    known = agreement_selectors.names(one, actor)
    dispute = one.mediation.dispute
    lines = [
        (
            known[party.pk],
            Side(party.side).called_in(one.mediation),
            dispute if party.is_petitioner else party,
        )
        for party in here
    ]
    return render(request, "mediation/agreement_contacts.html", {"one": one, "lines": lines})


@require_POST
@staff_required
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """The matter comes back to a mediation room; both sides are asked anew."""
    one, actor = agreement_or_404(request, pk), actor_of(request)
    if not coming_back.may_mediate_again(one, actor):
        rules.require(A.OPEN, actor, petition=one.case, mediation=one.mediation)
    form = AgainForm(request.POST, auto_id="again_%s")
    return do(
        request,
        one,
        "again",
        form,
        lambda: coming_back.mediate_again(agreement=one, actor=actor, **form.cleaned_data),
        _("已再次转入调解，请先征得双方同意。"),
    )
