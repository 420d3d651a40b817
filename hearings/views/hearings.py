"""One hearing and everything that is done to it. The right is asked before the form is looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import Actor
from accounts.decorators import staff_required
from core.forms import BaseForm
from core.timekeeping import now
from hearings import panel, rules, selectors
from hearings.enums import HearingAct, ToldHow
from hearings.forms import (
    AskRecusalForm,
    CallOffForm,
    DecideForm,
    DecideRecusalForm,
    PostponeForm,
    ReasonForm,
    RecordForm,
    SeatForm,
    TellForm,
)
from hearings.models import Hearing, PanelMember, RecusalAsked
from hearings.services import holding, recording, seating
from hearings.views.cases import case_of
from petitions.views.asking import actor_of, attempt

A = HearingAct


def _or_404(request: HttpRequest, number: str, pk: int) -> Hearing:
    petition = case_of(request, number)
    row: Hearing = get_object_or_404(Hearing.objects.select_related("unit"), pk=pk, petition=petition)
    row.petition = petition
    return row


@require_safe
@staff_required
def hearing(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    return _show(request, _or_404(request, number, pk))


def _fresh(row: Hearing, may: dict[str, bool]) -> dict[str, BaseForm]:
    """The forms that this reader may fill in now."""
    known = {"starts_at": row.starts_at, "place": row.place}
    began = {"began_at": row.starts_at}
    made: dict[HearingAct, Callable[[], BaseForm]] = {
        A.SEAT: lambda: SeatForm(auto_id="seat_%s", posts=panel.candidates(row.petition, now())),
        A.DECIDE: lambda: DecideForm(auto_id="decide_%s"),
        A.TELL: lambda: TellForm(auto_id="tell_%s"),
        A.POSTPONE: lambda: PostponeForm(auto_id="postpone_%s", initial=known),
        A.CALL_OFF: lambda: CallOffForm(auto_id="call_off_%s"),
        A.RECORD: lambda: RecordForm(auto_id="record_%s", initial=began),
    }
    return {act.value: form() for act, form in made.items() if may[act.value]}


def _show(
    request: HttpRequest, row: Hearing, given: dict[str, BaseForm] | None = None, status: int = 200
) -> HttpResponse:
    context = selectors.hearing_page(row, actor_of(request), now())
    context["forms"] = _fresh(row, context["may"]) | (given or {})
    # Forms that stand once for each member, or that are offered no more: what was wrong with them stands at the top.
    small = {A.LEAVE.value, A.ASK_RECUSAL.value, A.DECIDE_RECUSAL.value}
    context["refused"] = [
        form
        for name, form in (given or {}).items()
        if form.errors and (name in small or not context["may"][name])
    ]
    context["forms"] = {
        name: form for name, form in context["forms"].items() if name in small or context["may"][name]
    }
    return render(request, "hearings/hearing.html", context, status=status)


def _act(
    request: HttpRequest,
    row: Hearing,
    act: HearingAct,
    form: BaseForm,
    door: Callable[[Actor, dict[str, Any]], Any],
    done: str,
) -> HttpResponse:
    """Do ``door`` if the form is whole; else the page again with all that was typed."""
    actor, status = actor_of(request), 422
    if form.is_valid():
        made, status = attempt(form, lambda: door(actor, dict(form.cleaned_data)))
        if made is not None:
            messages.success(request, done)
            return redirect("hearings:hearing", row.petition.number, row.pk)
    return _show(request, _or_404(request, row.petition.number, row.pk), {act.value: form}, status)


def _asked(request: HttpRequest, number: str, pk: int, act: HearingAct) -> Hearing:
    row = _or_404(request, number, pk)
    rules.require(act, actor_of(request), row.petition)
    return row


@require_POST
@staff_required
def seat(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    row = _asked(request, number, pk, A.SEAT)
    posts = panel.candidates(row.petition, now())
    form = SeatForm(request.POST, auto_id="seat_%s", posts=posts)
    return _act(
        request,
        row,
        A.SEAT,
        form,
        lambda actor, data: seating.seat(hearing=row, actor=actor, **data),
        _("已确定听证人员。"),
    )


def _member_or_404(row: Hearing, pk: int) -> PanelMember:
    member: PanelMember = get_object_or_404(PanelMember.objects.select_related("user"), pk=pk, hearing=row)
    member.hearing = row
    return member


@require_POST
@staff_required
def leave(request: HttpRequest, number: str, pk: int, member: int) -> HttpResponse:
    row = _or_404(request, number, pk)
    found = _member_or_404(row, member)
    rules.require(A.LEAVE, actor_of(request), row.petition)
    form = ReasonForm(request.POST, auto_id="leave_%s")
    return _act(
        request,
        row,
        A.LEAVE,
        form,
        lambda actor, data: seating.leave(member=found, actor=actor, **data),
        _("已更换。请另外确定一人。"),
    )


@require_POST
@staff_required
def decide(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    row = _asked(request, number, pk, A.DECIDE)
    form = DecideForm(request.POST, auto_id="decide_%s")
    return _act(
        request,
        row,
        A.DECIDE,
        form,
        lambda actor, data: holding.decide(
            hearing=row, actor=actor, hold=data["hold"] == "yes", reason=data["reason"]
        ),
        _("决定已登记。"),
    )


@require_POST
@staff_required
def tell(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    row = _asked(request, number, pk, A.TELL)
    form = TellForm(request.POST, auto_id="tell_%s")
    return _act(
        request,
        row,
        A.TELL,
        form,
        lambda actor, data: holding.tell_petitioner(
            hearing=row, actor=actor, how=ToldHow(data["how"]), told_on=data["told_on"]
        ),
        _("通知已登记。"),
    )


@require_POST
@staff_required
def postpone(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    row = _asked(request, number, pk, A.POSTPONE)
    form = PostponeForm(request.POST, auto_id="postpone_%s")
    return _act(
        request,
        row,
        A.POSTPONE,
        form,
        lambda actor, data: holding.postpone(hearing=row, actor=actor, **data),
        _("已改期，请再次通知信访人。"),
    )


@require_POST
@staff_required
def call_off(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    row = _asked(request, number, pk, A.CALL_OFF)
    form = CallOffForm(request.POST, auto_id="call_off_%s")
    return _act(
        request,
        row,
        A.CALL_OFF,
        form,
        lambda actor, data: holding.call_off(hearing=row, actor=actor, **data),
        _("听证已取消，本件继续办理。"),
    )


@require_POST
@staff_required
def ask_recusal(request: HttpRequest, number: str, pk: int, member: int) -> HttpResponse:
    row = _or_404(request, number, pk)
    found = _member_or_404(row, member)
    rules.require(A.ASK_RECUSAL, actor_of(request), row.petition)
    form = AskRecusalForm(request.POST, auto_id="ask_recusal_%s")
    return _act(
        request,
        row,
        A.ASK_RECUSAL,
        form,
        lambda actor, data: seating.ask_recusal(member=found, actor=actor, **data),
        _("回避申请已登记，请负责人决定。"),
    )


@require_POST
@staff_required
def decide_recusal(request: HttpRequest, number: str, pk: int, asked: int) -> HttpResponse:
    row = _or_404(request, number, pk)
    rows = RecusalAsked.objects.select_related("member")
    found: RecusalAsked = get_object_or_404(rows, pk=asked, member__hearing=row)
    found.member.hearing = row
    rules.require(A.DECIDE_RECUSAL, actor_of(request), row.petition)
    form = DecideRecusalForm(request.POST, auto_id="decide_recusal_%s")
    return _act(
        request,
        row,
        A.DECIDE_RECUSAL,
        form,
        lambda actor, data: seating.decide_recusal(
            asked=found, actor=actor, granted=data["granted"] == "yes", reason=data["reason"]
        ),
        _("决定已登记。"),
    )


@require_POST
@staff_required
def record(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    row = _asked(request, number, pk, A.RECORD)
    form = RecordForm(request.POST, files=request.FILES, auto_id="record_%s")

    def door(actor: Actor, data: dict[str, Any]) -> Any:
        files, came = data.pop("proofs"), data.pop("petitioner_came") == "yes"
        new = recording.NewRecord(files=files, petitioner_came=came, **data)
        return recording.record(hearing=row, actor=actor, new=new)

    return _act(request, row, A.RECORD, form, door, _("听证笔录已登记，可以拟写听证笔录文书。"))
