"""延期申请: asking, and the one screen on which the head decides."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import Actor
from accounts.decorators import role_required, staff_required
from accounts.enums import Role
from core.errors import Refusal
from core.timekeeping import now
from leaders.forms.extensions import AskExtensionForm, DecideAskForm
from leaders.models import ExtensionAsk
from leaders.services import extensions as service
from petitions.models import HandlingRecord
from petitions.selectors.veiling import over_case
from petitions.views.asking import actor_of, attempt, case_or_404


@role_required(*sorted(service.ASKERS))
def extension_ask(request: HttpRequest, number: str) -> HttpResponse:
    case, actor = case_or_404(request, number), actor_of(request)
    if not service.may_ask(case, actor):
        raise Refusal(_("延期由承办本件的单位申请。"), code="forbidden")
    form = AskExtensionForm(request.POST or None)
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made, status = attempt(form, lambda: service.ask(petition=case, actor=actor, **data))
        if made:
            messages.success(request, _("已申请，单位负责人会收到提醒；批准之前期限不变。"))
            return redirect(made)
    context = {
        "form": form,
        "case": case,
        "clock": service.term_of(case),
        "why_not": service.why_not(case, now()),
    }
    return render(request, "leaders/extension_ask.html", context, status=status)


def _ask_or_404(request: HttpRequest, pk: int) -> ExtensionAsk:
    found = ExtensionAsk.objects.visible_to(actor_of(request))
    row: ExtensionAsk = get_object_or_404(
        found.select_related("petition__lead_unit", "unit", "decided_by"), pk=pk
    )
    return row


@require_safe
@staff_required
def extension(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _ask_or_404(request, pk), DecideAskForm())


def _show(request: HttpRequest, row: ExtensionAsk, form: DecideAskForm, status: int = 200) -> HttpResponse:
    """All that is needed to decide: the term as it is and as it would be, the reason, what was done so far."""
    actor, case = actor_of(request), row.petition
    clock = service.term_of(case)
    decides = service.may_decide(row, actor)
    context = {
        "ask": row,
        "case": case,
        "clock": clock,
        "records": list(HandlingRecord.objects.filter(petition=case).order_by("-at", "-id")[:5]),
        "extension": row,
        "until": clock.due_at + timedelta(days=row.days) if clock is not None and row.is_open else None,
        "form": form if decides and (row.state == "asked" or form.is_bound) else None,
        "asks_again": row.state == "returned" and service.may_ask(case, actor),
        "why_not": service.why_not(case, now()) if row.is_open else "",
    }
    over_case(context, case, actor)
    return render(request, "leaders/extension_detail.html", context, status=status)


@require_POST
@role_required(Role.UNIT_HEAD)
def extension_decide(request: HttpRequest, pk: int) -> HttpResponse:
    row, actor = _ask_or_404(request, pk), actor_of(request)
    if not service.may_decide(row, actor):
        raise Refusal(_("延期由责任单位负责人批准（条例第三十四条）。"), code="forbidden")
    form, status = DecideAskForm(request.POST), 422
    if form.is_valid():
        verdict, words = form.cleaned_data["verdict"], form.cleaned_data["words"]
        _nothing, status = attempt(form, lambda: _decide(row, actor, verdict, words))
        if status == 200:
            messages.success(request, _("已处理，申请的人会收到提醒。"))
            return redirect(row)
    return _show(request, row, form, status)


def _decide(row: ExtensionAsk, actor: Actor, verdict: str, words: str) -> None:
    match verdict:
        case "yes":
            service.grant(ask=row, actor=actor)
        case "back":
            service.ask_back(ask=row, actor=actor, words=words)
        case _:
            service.refuse(ask=row, actor=actor, words=words)
