"""A session is recorded: a booked one, or one that nobody had booked."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from accounts.decorators import staff_required
from mediation import rules
from mediation.enums import MediationAct, Result
from mediation.forms import HeldForm, HoldForm
from mediation.models import MediationCase, Session
from mediation.services import on_the_spot, sessions
from mediation.views.cases import HOLD, current_or_404, do, onward, session_or_404
from petitions.views.asking import actor_of, attempt


@staff_required
def held(request: HttpRequest, number: str) -> HttpResponse:
    """补记一场: a session nobody had booked, or one held before its time, with its real times."""
    mediation, actor = current_or_404(request, number), actor_of(request)
    rules.require(MediationAct.HOLD, actor, mediation=mediation)
    sessions.require_consent(mediation)
    form = HeldForm(request.POST if request.method == "POST" else None, mediation=mediation)
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        made, status = attempt(form, lambda: _record_held(mediation, actor, form.cleaned_data))
        if made:
            messages.success(request, _("已保存调解记录。"))
            return _to_write(request, made) or onward(actor, number)
    return render(request, "mediation/held.html", {"form": form, "mediation": mediation}, status=status)


def _record_held(mediation: MediationCase, actor: Actor, data: dict[str, Any]) -> Session:
    return on_the_spot.record_session(
        mediation=mediation,
        actor=actor,
        room=data["room"],
        starts_at=data["starts_at"],
        ends_at=data["ends_at"],
        record=data["record"],
        result=Result(data["result"]),
        agreement=data["agreement"],
        apart=data["apart"],
        instead_of=data.get("instead_of"),
    )


@require_POST
@staff_required
def open_now(request: HttpRequest, number: str) -> HttpResponse:
    """现在开一场: its page opens, for who is there, minutes and proposals while it goes on."""
    mediation, actor = current_or_404(request, number), actor_of(request)
    rules.require(MediationAct.HOLD, actor, mediation=mediation)
    session = on_the_spot.open_now(mediation=mediation, actor=actor)
    messages.success(request, _("已开始。到场人、笔录和方案记在这里；调完以后回到本件的调解，记录结果。"))
    return redirect("mediation:session", session.pk)


@require_POST
@staff_required
def hold(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    session, actor = session_or_404(request, number, pk), actor_of(request)
    rules.require(MediationAct.HOLD, actor, mediation=session.mediation)
    form = HoldForm(request.POST)
    return do(
        request,
        number,
        f"{HOLD}{session.pk}",
        form,
        lambda: sessions.hold_session(
            session=session,
            actor=actor,
            record=form.cleaned_data["record"],
            result=Result(form.cleaned_data["result"]),
            agreement=form.cleaned_data["agreement"],
            apart=form.cleaned_data["apart"],
        ),
        _("调解已记录。案件按自己的程序继续。")
        if session.mediation.petition_id is not None
        else _("调解已记录。"),
        lambda held: _to_write(request, held),
    )


def _to_write(request: HttpRequest, session: Session) -> HttpResponse | None:
    """After 达成协议 to the agreement's form: the mediation has ended, and with it the mediator's reading of the case;
    whoever was sent to a list would have to write from memory."""
    if session.result != Result.AGREED:
        return None
    if not rules.may(MediationAct.AGREE, actor_of(request), mediation=session.mediation):
        return None
    messages.info(request, _("双方达成了协议，请接着写下来；现在不写的，以后在“待跟进的协议”里写。"))
    return redirect("mediation:agreement_add", session.mediation_id)
