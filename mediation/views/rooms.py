"""The rooms: a page for residents, and their register at the desk."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.decorators import role_required
from accounts.enums import Role
from mediation import rules, selectors
from mediation.enums import MediationAct
from mediation.models import Room
from mediation.qr import filing_code, filing_path
from mediation.room_forms import RoomForm, WeekForm
from mediation.services.rooms import RoomCard, keep_room
from mediation.week import week_words
from petitions.views.asking import actor_of, attempt


@require_safe
def public_rooms(request: HttpRequest) -> HttpResponse:
    return render(request, "mediation/public_rooms.html", {"rooms": selectors.published_rooms()})


@require_safe
def public_room(request: HttpRequest, pk: int) -> HttpResponse:
    """One room for residents: when it is open, how to get there, who of its mediators agreed to be shown, and a code
    that leads to filing a dispute here."""
    room = get_object_or_404(selectors.published_rooms(), pk=pk)
    context = {
        "room": room,
        "week": week_words(row.span for row in room.opening.all()),
        "people": selectors.shown_mediators(room),
        "code": filing_code(request, room),
        "filing": filing_path(room),
    }
    return render(request, "mediation/public_room.html", context)


@require_safe
@role_required(Role.PETITION_OFFICER, Role.MEDIATOR)
def room_list(request: HttpRequest) -> HttpResponse:
    rooms = Room.objects.select_related("unit").prefetch_related("mediators", "opening")
    may_keep = rules.may(MediationAct.KEEP_ROOM, actor_of(request))
    return render(request, "mediation/room_list.html", {"rooms": rooms, "may_keep": may_keep})


@role_required(Role.PETITION_OFFICER)
def room_add(request: HttpRequest) -> HttpResponse:
    return _keep(request, None)


@role_required(Role.PETITION_OFFICER)
def room_change(request: HttpRequest, pk: int) -> HttpResponse:
    room = get_object_or_404(Room.objects.select_related("unit"), pk=pk)
    rules.require(MediationAct.KEEP_ROOM, actor_of(request), unit=room.unit)
    return _keep(request, room)


def _keep(request: HttpRequest, room: Room | None) -> HttpResponse:
    form = RoomForm(request.POST or None, initial=_initial(room) if room else None)
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        card = RoomCard(**{**form.cleaned_data, "mediators": list(form.cleaned_data["mediators"])})
        kept, status = attempt(form, lambda: keep_room(actor=actor_of(request), card=card, room=room))
        if kept:
            messages.success(request, _("%(room)s 已登记。") % {"room": kept.name})
            return redirect("mediation:room_list")
    return render(request, "mediation/room_form.html", {"form": form, "room": room}, status=status)


def _initial(room: Room) -> dict[str, Any]:
    names = ("kind", "name", "brand", "address", "directions", "phone", "seats", "video", "disputes", "hours")
    return {
        **{name: getattr(room, name) for name in (*names, "published")},
        "unit": room.unit_id,
        "mediators": [person.pk for person in room.mediators.all()],
        **WeekForm.initial_of(row.span for row in room.opening.all()),
    }
