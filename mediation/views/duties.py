"""轮值院长 of a room: who stands for it on which day, and what is handed over."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import role_required
from accounts.enums import Role
from core.timekeeping import local_day, now
from mediation import rules
from mediation.enums import MediationAct
from mediation.models import Room, RoomDuty
from mediation.room_forms import DutyForm, HandOverForm
from mediation.services import duties
from petitions.views.asking import actor_of, attempt

BACK, AHEAD = timedelta(days=7), timedelta(days=28)


@require_safe
@role_required(Role.PETITION_OFFICER, Role.MEDIATOR)
def room_duty(request: HttpRequest, pk: int) -> HttpResponse:
    """The roster of a room from a week ago to four weeks ahead."""
    room, actor = get_object_or_404(Room.objects.select_related("unit"), pk=pk), actor_of(request)
    keeps = rules.may(MediationAct.KEEP_DUTY, actor, unit=room.unit)
    return _page(request, room, DutyForm(room=room) if keeps else None, None, 200)


@require_POST
@role_required(Role.PETITION_OFFICER)
def duty_keep(request: HttpRequest, pk: int) -> HttpResponse:
    """The office names who stands for the room."""
    room, actor = get_object_or_404(Room.objects.select_related("unit"), pk=pk), actor_of(request)
    rules.require(MediationAct.KEEP_DUTY, actor, unit=room.unit)
    form, status = DutyForm(request.POST, room=room), 422
    if form.is_valid():
        n, status = attempt(form, lambda: duties.keep_duty(actor=actor, room=room, **form.cleaned_data))
        if n:
            messages.success(request, _("已安排 %(n)d 天。") % {"n": n})
            return redirect("mediation:room_duty", room.pk)
    return _page(request, room, form, None, status)


def _page(
    request: HttpRequest, room: Room, form: DutyForm | None, note: HandOverForm | None, status: int
) -> HttpResponse:
    actor, today = actor_of(request), local_day(now())
    rows = RoomDuty.objects.filter(room=room, day__gte=today - BACK, day__lte=today + AHEAD)
    found = list(rows.select_related("user", "taken_by").order_by("day"))
    own = [row for row in found if actor.user is not None and row.user_id == actor.user.pk]
    nexts = {row.pk: later for row, later in pairwise(found)}
    context = {
        "room": room,
        "duties": found,
        "form": form,
        "note": note or HandOverForm(auto_id="note_%s"),
        "to_hand_over": [row for row in own if row.noted_at is None and row.day <= today],
        "to_take_over": [
            row
            for row in found
            if row.noted_at and not row.taken_at and (later := nexts.get(row.pk)) and later in own
        ],
    }
    return render(request, "mediation/room_duty.html", context, status=status)


@require_POST
@role_required(Role.MEDIATOR)
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    duty = get_object_or_404(RoomDuty.objects.select_related("room__unit"), pk=pk)
    duties.require_own(duty, actor_of(request))
    form, status = HandOverForm(request.POST, auto_id="note_%s"), 422
    if form.is_valid():
        done, status = attempt(
            form,
            lambda: duties.hand_over(duty=duty, actor=actor_of(request), note=form.cleaned_data["note"]),
        )
        if done:
            messages.success(request, _("已交班。"))
            return redirect("mediation:room_duty", duty.room_id)
    return _page(request, duty.room, None, form, status)


@require_POST
@role_required(Role.MEDIATOR)
def take_over(request: HttpRequest, pk: int) -> HttpResponse:
    duty = get_object_or_404(RoomDuty, pk=pk)
    duties.take_over(duty=duty, actor=actor_of(request))
    messages.success(request, _("已接班。"))
    return redirect("mediation:room_duty", duty.room_id)
