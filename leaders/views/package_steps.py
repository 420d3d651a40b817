"""What may be done to a package from its page: each act is a row of ``STEPS`` and a form on the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.decorators import staff_required
from core.forms import BaseForm
from leaders import rules
from leaders.enums import LeaderAct, LeaveWhy
from leaders.forms.packages import EnterForm, LeaveForm, StrikeOffForm
from leaders.models import CasePackage
from leaders.selectors.package_page import package_page
from leaders.services import packages as service
from leaders.views.cases import case_numbered
from petitions.models import Petition
from petitions.views.asking import actor_of, attempt

Data = Any


@dataclass(frozen=True)
class Step:
    """``form`` is built with what ``given(package, actor)`` is, ``door(package, actor, cleaned)`` does it; ``when``
    says, of a package whose right it is, whether there is anything to do now."""

    act: LeaderAct
    label: Any
    form: type[BaseForm]
    door: Callable[[CasePackage, Actor, dict[str, Any]], object]
    done: Any
    when: Callable[[CasePackage, Actor], bool] = lambda package, _actor: package.is_open
    hint: Any = ""
    main: bool = False
    given: Callable[[CasePackage, Actor], dict[str, Any]] = lambda _package, _actor: {}


def _cases(package: CasePackage) -> Any:
    return Petition.objects.filter(package_rows__package=package, package_rows__left_at=None).order_by("id")


STEPS: dict[str, Step] = {
    "enter": Step(
        LeaderAct.ASSIGN_PACKAGE,
        gettext_lazy("增加信访件"),
        EnterForm,
        lambda package, actor, data: service.enter_case(
            package=package, actor=actor, petition=case_numbered(data["number"], actor)
        ),
        gettext_lazy("已并入包案。"),
    ),
    "leave": Step(
        LeaderAct.ASSIGN_PACKAGE,
        gettext_lazy("信访件退出"),
        LeaveForm,
        lambda package, actor, data: service.leave_case(
            package=package, actor=actor, petition=data["case"], why=LeaveWhy(data["why"]), note=data["note"]
        ),
        gettext_lazy("已退出包案。"),
        when=lambda package, _actor: package.is_open and len(package.case_ids) > 1,  # type: ignore[attr-defined]
        given=lambda package, _actor: {"cases": _cases(package)},
    ),
    "strike_off": Step(
        LeaderAct.STRIKE_OFF,
        gettext_lazy("销案"),
        StrikeOffForm,
        lambda package, actor, data: service.strike_off(package=package, actor=actor, **data),
        gettext_lazy("已销案。案件按自己的程序继续。"),
        main=True,
    ),
}


def package_or_404(request: HttpRequest, pk: int) -> CasePackage:
    found = CasePackage.objects.visible_to(actor_of(request)).with_row_relations()
    package: CasePackage = get_object_or_404(found, pk=pk)
    return package


def may(step: Step, package: CasePackage, actor: Actor) -> bool:
    return rules.may(step.act, actor, leader=package.post, petition=package.petition)


def show(
    request: HttpRequest, package: CasePackage, bound: dict[str, BaseForm], status: int = 200
) -> HttpResponse:
    """The page, with a form for each act this person may do now; ``bound`` are those that came back."""
    actor = actor_of(request)
    steps = []
    for name, step in STEPS.items():
        if not (may(step, package, actor) and (name in bound or step.when(package, actor))):
            continue
        steps.append(
            {
                "label": step.label,
                "hint": step.hint,
                "url": reverse(f"leaders:{address_of(name)}", args=[package.pk]),
                "form": bound.get(name) or build(name, package, actor, None),
                "open": name in bound or step.main,
                "main": step.main,
            }
        )
    context = {"steps": steps, **package_page(package, actor)}
    return render(request, "leaders/package_detail.html", context, status=status)


def build(name: str, package: CasePackage, actor: Actor, data: Data) -> BaseForm:
    step = STEPS[name]
    return step.form(data, auto_id=f"{name}_%s", **step.given(package, actor))


def address_of(name: str) -> str:
    return name if name == "strike_off" else f"package_{name}"


def _do(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    package, actor, step = package_or_404(request, pk), actor_of(request), STEPS[name]
    rules.require(step.act, actor, leader=package.post, petition=package.petition)
    form, status = build(name, package, actor, request.POST), 422
    if form.is_valid():
        _done, status = attempt(form, lambda: step.door(package, actor, form.cleaned_data))
        if status == 200:
            messages.success(request, step.done)
            return redirect("leaders:package", package.pk)
    again = CasePackage.objects.visible_to(actor).with_row_relations().filter(pk=pk).first()
    if again is None:
        messages.error(request, _("这个包案您现在不能查看了。"))
        return redirect("leaders:packages")
    return show(request, again, {name: form}, status)


@require_POST
@staff_required
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(request, pk, "enter")


@require_POST
@staff_required
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(request, pk, "leave")


@require_POST
@staff_required
def strike_off(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(request, pk, "strike_off")
