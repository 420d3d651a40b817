"""What may be done to a package from its page: each act is a row of ``STEPS`` and a form on the page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.decorators import staff_required
from core.forms import BaseForm
from leaders import rules
from leaders.models import CasePackage
from leaders.selectors.package_page import package_page
from leaders.views.package_table import STEPS, Step
from petitions.views.asking import actor_of, attempt


def package_or_404(request: HttpRequest, pk: int) -> CasePackage:
    found = CasePackage.objects.visible_to(actor_of(request)).with_row_relations()
    package: CasePackage = get_object_or_404(found, pk=pk)
    return package


def _is_member(package: CasePackage, actor: Actor) -> bool:
    return actor.user is not None and actor.user.pk in package.member_ids  # type: ignore[attr-defined]


def _may(step: Step, package: CasePackage, actor: Actor) -> bool:
    member = _is_member(package, actor)
    return rules.may(step.act, actor, leader=package.post, petition=package.petition, member=member)


def show(
    request: HttpRequest, package: CasePackage, bound: dict[str, BaseForm], status: int = 200
) -> HttpResponse:
    """The page, with a form for each act this person may do now; ``bound`` are those that came back."""
    actor = actor_of(request)
    page = package_page(package, actor)
    steps = [
        {
            "label": step.label,
            "hint": step.hint,
            "url": reverse(f"leaders:{address_of(name)}", args=[package.pk]),
            "form": bound.get(name) or build(name, package, actor, None),
            "open": name in bound or step.waits,
            "main": step.main,
            "waits": step.waits,
        }
        for name, step in STEPS.items()
        if _may(step, package, actor) and (name in bound or step.when(page, actor))
    ]
    waiting = [step for step in steps if step["waits"]]
    others = [step for step in steps if not step["waits"]]
    context = {**page, "steps": others, "waiting_steps": waiting}
    return render(request, "leaders/package_detail.html", context, status=status)


def build(name: str, package: CasePackage, actor: Actor, data: Any) -> BaseForm:
    step = STEPS[name]
    return step.form(data, auto_id=f"{name}_%s", **step.given(package, actor))


def address_of(name: str) -> str:
    return name if name == "strike_off" else f"package_{name}"


@require_POST
@staff_required
def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """``name`` comes with the address, one for each row of ``STEPS``."""
    package, actor, step = package_or_404(request, pk), actor_of(request), STEPS[name]
    member = _is_member(package, actor)
    rules.require(step.act, actor, leader=package.post, petition=package.petition, member=member)
    form, status = build(name, package, actor, request.POST), 422
    if form.is_valid():
        _done, status = attempt(form, lambda: step.door(package, actor, form.cleaned_data))
        if status == 200:
            messages.success(request, step.done)
            seen = CasePackage.objects.visible_to(actor).filter(pk=pk).exists()
            return redirect("leaders:package", pk) if seen else redirect("leaders:packages")
    again = CasePackage.objects.visible_to(actor).with_row_relations().filter(pk=pk).first()
    if again is None:
        messages.error(request, _("这个包案您现在不能查看了。"))
        return redirect("leaders:packages")
    return show(request, again, {name: form}, status)
