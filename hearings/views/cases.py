"""The hearings and expert opinions of a case."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import staff_required
from core.forms import BaseForm
from hearings import rules, selectors
from hearings.enums import ExpertKind, HearingAct
from hearings.forms import ExpertAnswerForm, ExpertForm, PrepareForm
from hearings.models import ExpertQuestion
from hearings.services import experts, holding
from petitions.models import Petition
from petitions.views.asking import actor_of, attempt, case_or_404


def case_of(request: HttpRequest, number: str) -> Petition:
    """A case whose hearings this person may read."""
    petition = case_or_404(request, number)
    selectors.require_reader(petition, actor_of(request))
    return petition


@require_safe
@staff_required
def case(request: HttpRequest, number: str) -> HttpResponse:
    return _show(request, case_of(request, number))


def _show(
    request: HttpRequest,
    petition: Petition,
    given: dict[str, BaseForm] | None = None,
    status: int = 200,
    answered: tuple[int, BaseForm] | None = None,
) -> HttpResponse:
    """``answered``: the question whose form came back, and that form."""
    context = selectors.case_page(petition, actor_of(request))
    offered: dict[str, type[BaseForm]] = {"prepare": PrepareForm, "ask_expert": ExpertForm}
    forms: dict[str, Any] = {
        name: form(auto_id=f"{name}_%s") for name, form in offered.items() if context["may"][name]
    }
    if context["may"]["answer_expert"]:
        context["answering"] = [
            (
                one,
                answered[1]
                if answered is not None and answered[0] == one.row.pk
                else ExpertAnswerForm(auto_id=f"answer{place}_%s"),
            )
            for place, one in enumerate(context["questions"])
            if one.answer is None
        ]
    context["refused"] = answered[1] if answered is not None else None
    return render(request, "hearings/case.html", context | {"forms": forms | (given or {})}, status=status)


@require_POST
@staff_required
def prepare(request: HttpRequest, number: str) -> HttpResponse:
    petition, actor = case_of(request, number), actor_of(request)
    rules.require(HearingAct.PREPARE, actor, petition)
    form, status = PrepareForm(request.POST, auto_id="prepare_%s"), 422
    if form.is_valid():
        made, status = attempt(
            form, lambda: holding.prepare(petition=petition, actor=actor, **form.cleaned_data)
        )
        if made is not None:
            messages.success(request, _("已提出听证，请确定听证人员，再由负责人决定。"))
            return redirect(made.get_absolute_url())
    return _show(request, case_of(request, number), {"prepare": form}, status)


@require_POST
@staff_required
def ask_expert(request: HttpRequest, number: str) -> HttpResponse:
    petition, actor = case_of(request, number), actor_of(request)
    rules.require(HearingAct.ASK_EXPERT, actor, petition)
    form, status = ExpertForm(request.POST, auto_id="ask_expert_%s"), 422
    if form.is_valid():
        data = form.cleaned_data | {"kind": ExpertKind(form.cleaned_data["kind"])}
        made, status = attempt(form, lambda: experts.ask(petition=petition, actor=actor, **data))
        if made is not None:
            messages.success(request, _("已登记征求意见。办理期限照常计算。"))
            return redirect("hearings:case", number)
    return _show(request, case_of(request, number), {"ask_expert": form}, status)


@require_POST
@staff_required
def answer_expert(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    petition, actor = case_of(request, number), actor_of(request)
    row = get_object_or_404(ExpertQuestion, pk=pk, petition=petition)
    rules.require(HearingAct.ANSWER_EXPERT, actor, petition)
    form, status = ExpertAnswerForm(request.POST, files=request.FILES, auto_id="given_%s"), 422
    if form.is_valid():
        data = dict(form.cleaned_data)
        files = data.pop("proofs")
        made, status = attempt(form, lambda: experts.answer(question=row, actor=actor, files=files, **data))
        if made is not None:
            messages.success(request, _("意见已登记。"))
            return redirect("hearings:case", number)
    return _show(request, case_of(request, number), None, status, (row.pk, form))
