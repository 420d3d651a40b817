"""Figures of the rooms, and what a room has to do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.decorators import role_required
from accounts.enums import Role
from core.errors import Refusal
from core.timekeeping import local_day, now
from mediation import figure_periods, room_work
from mediation import figures as tables
from mediation.models import Room
from petitions.views.asking import actor_of


@require_safe
@role_required(*tables.ROLES)
def figures(request: HttpRequest) -> HttpResponse:
    """``?period=2026-10``, ``2026-Q4`` or ``2026``; ``?by=room``, ``town`` or ``field``."""
    period, wrong = figure_periods.of(now()), ""
    typed = request.GET.get("period", "")[:20]
    if typed:
        try:
            period = figure_periods.parse(typed)
        except Refusal as refusal:
            wrong = refusal.sentence
    by = request.GET.get("by", "")
    by = by if by in tables.BY else "room"
    context = {
        "table": tables.table_of(actor_of(request), period, by),
        "period": period,
        "typed": typed or str(period),
        "wrong": wrong,
        "by": by,
        "tabs": [
            {"label": label, "url": f"?by={key}&period={period}", "active": key == by, "count": None}
            for key, label in tables.BY.items()
        ],
    }
    return render(request, "mediation/figures.html", context, status=422 if wrong else 200)


@require_safe
@role_required(Role.PETITION_OFFICER, Role.MEDIATOR)
def room_desk(request: HttpRequest, pk: int) -> HttpResponse:
    """What a room has today, what waits for an answer, what is to be recorded."""
    room = get_object_or_404(Room.objects.select_related("unit"), pk=pk)
    context = {
        "room": room,
        "parts": room_work.parts_of(room, actor_of(request), now()),
        "today": local_day(now()),
    }
    return render(request, "mediation/room_desk.html", context)
