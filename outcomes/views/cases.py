"""The page of all that came after a case's answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import staff_required
from core.forms import BaseForm
from core.timekeeping import now
from outcomes import evaluations, rules, selectors
from outcomes.enums import MarkHow, MarkKind, OutcomeAct
from outcomes.forms import CheckForm, MarkForm, OpenVisitForm, UnmarkForm
from outcomes.models import Mark, ReturnVisit
from outcomes.services import ending, visiting
from petitions.models import Petition
from petitions.views.asking import actor_of, attempt, case_or_404


@require_safe
@staff_required
def case(request: HttpRequest, number: str) -> HttpResponse:
    return _show(request, case_or_404(request, number))


def _show(
    request: HttpRequest, petition: Petition, given: dict[str, BaseForm] | None = None, status: int = 200
) -> HttpResponse:
    context = selectors.case_page(petition, actor_of(request))
    context["ratings"] = evaluations.standing(petition, actor_of(request), now())
    offered: dict[str, type[BaseForm]] = {"open_visit": OpenVisitForm, "check": CheckForm, "mark": MarkForm}
    forms = {name: form(auto_id=f"{name}_%s") for name, form in offered.items() if context["may"][name]} | (
        given or {}
    )
    return render(request, "outcomes/case.html", context | {"forms": forms}, status=status)


def _act(
    request: HttpRequest, petition: Petition, name: str, form: BaseForm, door: Callable[[], Any], said: str
) -> HttpResponse:
    """Do ``door`` if the form is whole; where to is the page of what it made, or of the case."""
    status = 422
    if form.is_valid():
        made, status = attempt(form, lambda: (door(),))
        if made is not None:
            messages.success(request, said)
            return redirect(
                made[0] if name == "open_visit" else reverse("outcomes:case", args=[petition.number])
            )
    return _show(request, case_or_404(request, petition.number), {name: form}, status)


@require_POST
@staff_required
def open_visit(request: HttpRequest, number: str) -> HttpResponse:
    petition, actor = case_or_404(request, number), actor_of(request)
    rules.require(OutcomeAct.OPEN_VISIT, actor, petition)
    form = OpenVisitForm(request.POST, auto_id="open_visit_%s")

    def door() -> ReturnVisit:
        return visiting.open_by_hand(petition=petition, actor=actor, reason=form.cleaned_data["reason"])

    return _act(request, petition, "open_visit", form, door, _("回访已安排，请确定回访人。"))


@require_POST
@staff_required
def check(request: HttpRequest, number: str) -> HttpResponse:
    petition, actor = case_or_404(request, number), actor_of(request)
    rules.require(OutcomeAct.CHECK, actor, petition)
    form = CheckForm(request.POST, auto_id="check_%s")

    def door() -> None:
        ending.check(petition=petition, actor=actor, answers=form.answers)

    return _act(request, petition, "check", form, door, _("核对已登记。"))


@require_POST
@staff_required
def mark(request: HttpRequest, number: str) -> HttpResponse:
    petition, actor = case_or_404(request, number), actor_of(request)
    rules.require(OutcomeAct.MARK, actor, petition)
    form = MarkForm(request.POST, auto_id="mark_%s")

    def door() -> Mark:
        data = form.cleaned_data
        kind, how = MarkKind(data["kind"]), MarkHow(data["how"])
        return ending.mark(petition=petition, actor=actor, **{**data, "kind": kind, "how": how})

    return _act(request, petition, "mark", form, door, _("已登记。"))


@require_POST
@staff_required
def unmark(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    petition, actor = case_or_404(request, number), actor_of(request)
    row = get_object_or_404(Mark, pk=pk, petition=petition)
    rules.require(OutcomeAct.UNMARK, actor, petition)
    form = UnmarkForm(request.POST, auto_id="unmark_%s")

    def door() -> None:
        ending.unmark(row=row, actor=actor, reason=form.cleaned_data["reason"])

    return _act(request, petition, "unmark", form, door, _("已撤销登记。"))
