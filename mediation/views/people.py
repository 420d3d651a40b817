"""The register of mediators and of pools of experts, at the desk."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.decorators import role_required
from accounts.enums import Role
from mediation import rules, selectors
from mediation.enums import MediationAct
from mediation.models import Mediator, Pool
from mediation.room_forms import MediatorForm, PoolForm
from mediation.services.mediators import keep_mediator, keep_pool
from mediation.timetable import mediators_with_load
from petitions.views.asking import actor_of, attempt


@require_safe
@role_required(Role.PETITION_OFFICER, Role.MEDIATOR)
def mediator_list(request: HttpRequest) -> HttpResponse:
    context = {
        "people": mediators_with_load(),
        "pools": Pool.objects.prefetch_related("units", "members__user"),
        "may_keep": rules.may(MediationAct.KEEP_MEDIATOR, actor_of(request)),
    }
    return render(request, "mediation/mediator_list.html", context)


@role_required(Role.PETITION_OFFICER)
def mediator_change(request: HttpRequest, pk: int) -> HttpResponse:
    """The card of somebody who holds a mediator's post today."""
    user = get_object_or_404(selectors.mediators_today(), pk=pk)
    cards = Mediator.objects.prefetch_related("villages", "available", "days_off")
    card = cards.filter(user=user).first()
    initial = MediatorForm.initial_of_card(card) if card else None
    form = MediatorForm(request.POST if request.method == "POST" else None, initial=initial)
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        kept, status = attempt(
            form, lambda: keep_mediator(actor=actor_of(request), user=user, card=form.card())
        )
        if kept:
            messages.success(request, _("%(who)s 已登记。") % {"who": user.get_full_name()})
            return redirect("mediation:mediator_list")
    context = {"form": form, "person": user}
    return render(request, "mediation/mediator_form.html", context, status=status)


@role_required(Role.PETITION_OFFICER)
def pool_add(request: HttpRequest) -> HttpResponse:
    return _keep_pool(request, None)


@role_required(Role.PETITION_OFFICER)
def pool_change(request: HttpRequest, pk: int) -> HttpResponse:
    return _keep_pool(request, get_object_or_404(Pool.objects.prefetch_related("units", "members"), pk=pk))


def _keep_pool(request: HttpRequest, pool: Pool | None) -> HttpResponse:
    initial = None
    if pool is not None:
        initial = {"name": pool.name, "units": list(pool.units.all()), "members": list(pool.members.all())}
    form = PoolForm(request.POST if request.method == "POST" else None, initial=initial)
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        kept, status = attempt(
            form,
            lambda: keep_pool(
                actor=actor_of(request),
                pool=pool,
                name=data["name"],
                units=list(data["units"]),
                members=list(data["members"]),
            ),
        )
        if kept:
            messages.success(request, _("%(pool)s 已登记。") % {"pool": kept.name})
            return redirect("mediation:mediator_list")
    return render(request, "mediation/pool_form.html", {"form": form, "pool": pool}, status=status)
