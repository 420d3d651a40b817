"""Joint sittings: the list, the standing units, the call on a case, one sitting, and everything that is done to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import Actor
from accounts.decorators import role_required, staff_required
from accounts.enums import Role
from core.forms import BaseForm
from core.paging import paginate
from core.timekeeping import now
from mediation import sitting_rules
from mediation import sitting_selectors as selectors
from mediation.models import MediationCase, Sitting
from mediation.services import sittings, undertakings
from mediation.sitting_enums import Coming, SittingAct, SittingKind, SittingState
from mediation.sitting_forms import (
    AnswerForm,
    CallForm,
    CancelForm,
    HoldForm,
    StandingForm,
    UndertakeForm,
)
from mediation.sitting_querysets import CALLERS
from petitions.models import Petition
from petitions.services import complained
from petitions.services.codes import new_token
from petitions.views.asking import actor_of, attempt, case_or_404

A = SittingAct
Data = dict[str, Any]


@require_safe
@role_required(*sorted(CALLERS))
def sitting_list(request: HttpRequest) -> HttpResponse:
    """What is to come first; what is over behind a tab."""
    actor, ended = actor_of(request), request.GET.get("view") == "ended"
    found = Sitting.objects.visible_to(actor).with_row_relations()
    coming = {"state": SittingState.CALLED}
    found = found.exclude(**coming) if ended else found.filter(**coming)
    order = ["-starts_at", "-id"] if ended else ["starts_at", "id"]
    page = paginate(found, order=order, cursor=request.GET.get("cursor"))
    context = {
        "page": page,
        "rows": selectors.listed(page.items, actor),
        "ended": ended,
        "may_keep": sitting_rules.may(A.STANDING, actor),
        "tabs": [
            {"label": label, "url": f"?view={key}", "active": (key == "ended") == ended, "count": None}
            for key, label in (("coming", _("将会办")), ("ended", _("已结束")))
        ],
    }
    return render(request, "mediation/sitting_list.html", context)


@role_required(Role.PETITION_OFFICER, Role.UNIT_HEAD, Role.MEDIATOR)
def standing(request: HttpRequest) -> HttpResponse:
    """The standing units of the own unit."""
    actor = actor_of(request)
    assert actor.unit is not None
    initial = {"units": [unit.pk for unit in sittings.standing_of(actor.unit)]}
    posted = request.POST if request.method == "POST" else None
    form, status = StandingForm(posted, own=actor.unit, initial=initial), 200 if posted is None else 422
    if posted is not None and form.is_valid():
        units = list(form.cleaned_data["units"])
        kept, status = attempt(form, lambda: sittings.keep_standing(actor=actor, units=units))
        if kept is not None:
            messages.success(request, _("常设会办单位已保存，从下一次召集起使用。"))
            return redirect("mediation:sittings")
    return render(request, "mediation/standing_units.html", {"form": form, "unit": actor.unit}, status=status)


@staff_required
def call(request: HttpRequest, number: str) -> HttpResponse:
    """On a case; in mediation too where one is open."""
    petition, actor = case_or_404(request, number), actor_of(request)
    return _call(request, petition, actor, None)


@staff_required
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """The next round, with the units of the last one."""
    row, actor = sitting_or_404(request, pk), actor_of(request)
    sitting_rules.require(A.UNDERTAKE, actor, sitting=row)
    petition = case_or_404(request, row.petition.number if row.petition is not None else "-")
    return _call(request, petition, actor, row)


def _call(request: HttpRequest, petition: Petition, actor: Actor, previous: Sitting | None) -> HttpResponse:
    sitting_rules.require(A.CALL, actor, petition=petition)
    assert actor.unit is not None
    if previous is not None:
        asked = [one.unit for one in previous.invitations.select_related("unit")]
    else:
        asked = sittings.standing_of(actor.unit)
    initial: Data = {
        "token": new_token(),
        "units": [unit.pk for unit in asked if not complained.blocks(petition, unit, now())],
    }
    if previous is not None:
        initial |= {"kind": previous.kind, "question": previous.question, "place": previous.place}
    posted = request.POST if request.method == "POST" else None
    form, status = CallForm(posted, own=actor.unit, initial=initial), 200 if posted is None else 422
    if posted is not None and form.is_valid():
        data = dict(form.cleaned_data)
        token, kind = data.pop("token"), SittingKind(data.pop("kind"))
        mediation = MediationCase.objects.visible_to(actor).filter(petition=petition, ended_at=None).first()
        new = sittings.NewSitting(kind=kind, previous=previous, mediation=mediation, **data)
        made, status = attempt(
            form, lambda: sittings.call(actor=actor, new=new, petition=petition, token=token)
        )
        if made is not None:
            messages.success(request, _("已召集，会办单位会收到邀请。"))
            return redirect(made.get_absolute_url())
    context = {"form": form, "petition": petition, "previous": previous}
    return render(request, "mediation/sitting_form.html", context, status=status)


def sitting_or_404(request: HttpRequest, pk: int) -> Sitting:
    found = Sitting.objects.visible_to(actor_of(request)).with_row_relations()
    row: Sitting = get_object_or_404(found.select_related("mediation", "called_by", "held_by"), pk=pk)
    return row


@require_safe
@staff_required
def sitting(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, sitting_or_404(request, pk))


def _form(act: SittingAct, row: Sitting, actor: Actor, data: Any = None) -> BaseForm:
    """The form of an act, fresh or with what was typed."""
    auto_id = f"{act.value}_%s"
    if act == A.HOLD:
        return HoldForm(data, sitting=row, auto_id=auto_id)
    if act == A.UNDERTAKE:
        return UndertakeForm(data, sitting=row, auto_id=auto_id)
    if act == A.CANCEL:
        return CancelForm(data, auto_id=auto_id)
    own = selectors.own_invitation(row, actor)
    initial = {"coming": own.answer, "sends": own.sends, "why": own.why} if own is not None else {}
    return AnswerForm(data, auto_id=auto_id, initial=initial)


def show(
    request: HttpRequest,
    row: Sitting,
    status: int = 200,
    given: tuple[SittingAct, BaseForm] | None = None,
    refused: BaseForm | None = None,
) -> HttpResponse:
    """``given``: the act whose form comes back. One that is offered no more has its sentence above all."""
    actor = actor_of(request)
    context = selectors.sitting_page(row, actor, now())
    forms = {act: _form(SittingAct(act), row, actor) for act, may in context["may"].items() if may}
    if given is not None:
        act, form = given
        if act.value in forms:
            forms[act.value] = form
        else:
            refused = form
    context |= {"forms": forms, "refused": refused}
    return render(request, "mediation/sitting.html", context, status=status)


def _act(
    request: HttpRequest, pk: int, act: SittingAct, door: Callable[[Sitting, Actor, Data], Any], done: str
) -> HttpResponse:
    """The right, then the form, then ``door``; what is refused comes back with all that was typed."""
    row, actor, status = sitting_or_404(request, pk), actor_of(request), 422
    sitting_rules.require(act, actor, sitting=row)
    form = _form(act, row, actor, request.POST)
    if form.is_valid():
        made, status = attempt(form, lambda: door(row, actor, dict(form.cleaned_data)))
        if made is not None:
            messages.success(request, done)
            return redirect(row.get_absolute_url())
    return show(request, sitting_or_404(request, pk), status, (act, form))


@require_POST
@staff_required
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    def door(row: Sitting, actor: Actor, data: Data) -> Sitting:
        return sittings.cancel(sitting=row, actor=actor, **data)

    return _act(request, pk, A.CANCEL, door, _("已取消，会办单位会收到通知。"))


@require_POST
@staff_required
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    def door(row: Sitting, actor: Actor, data: Data) -> Any:
        return sittings.answer(sitting=row, actor=actor, coming=Coming(data.pop("coming")), **data)

    return _act(request, pk, A.ANSWER, door, _("已答复召集单位。"))


@require_POST
@staff_required
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    def door(row: Sitting, actor: Actor, data: Data) -> Sitting:
        return sittings.hold(sitting=row, actor=actor, **data)

    return _act(request, pk, A.HOLD, door, _("已记录。请逐件登记承诺事项。"))


@require_POST
@staff_required
def undertake(request: HttpRequest, pk: int) -> HttpResponse:
    def door(row: Sitting, actor: Actor, data: Data) -> Any:
        return undertakings.undertake(sitting=row, actor=actor, **data)

    return _act(request, pk, A.UNDERTAKE, door, _("已登记承诺事项，承诺单位会收到通知。"))
