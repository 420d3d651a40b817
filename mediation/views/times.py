"""When a session is and who sits: booked, moved, cancelled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import staff_required
from core.errors import Refusal
from mediation import rules, selectors
from mediation.enums import MediationAct
from mediation.free_times import free_times
from mediation.models import MediationCase, Room, Session
from mediation.services import sessions
from mediation.time_forms import SUGGESTED, MoveForm, ScheduleForm, SuggestForm, TimesForm, room_of
from mediation.views.cases import current_or_404, session_or_404
from petitions.services.codes import new_token
from petitions.views.asking import actor_of, attempt


@staff_required
def schedule(request: HttpRequest, number: str) -> HttpResponse:
    """Taken times of the room beside the form; ``?room=`` shows another room's."""
    mediation, actor = current_or_404(request, number), actor_of(request)
    rules.require(MediationAct.SCHEDULE, actor, mediation=mediation)
    room = room_of(request.POST.get("room") or request.GET.get("room") or "", mediation.room)
    initial = {
        "mediator": mediation.mediator_id,
        "women_only": selectors.asked_for_women(mediation),
        "apart": selectors.sit_apart(mediation),
        "token": new_token(),
        **_suggested(request),
        "room": room.pk,
    }
    form = ScheduleForm(request.POST if request.method == "POST" else None, initial=initial)
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        data = {"women_only": form.cleaned_data["women_only"], "token": form.cleaned_data["token"]}
        made, status = attempt(
            form,
            _asking(
                form,
                lambda: sessions.schedule_session(mediation=mediation, actor=actor, **form.wanted(), **data),
            ),
        )
        if made:
            messages.success(request, _("已安排，调解员会收到提醒。请告知双方当事人。"))
            return redirect("mediation:case", number)
    return _page(request, form, mediation, room, None, status)


@staff_required
def move(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Another time, room or panel for what was booked."""
    session, actor = session_or_404(request, number, pk), actor_of(request)
    mediation = session.mediation
    rules.require(MediationAct.MOVE, actor, mediation=mediation)
    room = room_of(request.POST.get("room") or request.GET.get("room") or "", session.room)
    initial = MoveForm.initial_of(session) | _suggested(request) | {"room": room.pk}
    form = MoveForm(request.POST if request.method == "POST" else None, initial=initial)
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        made, status = attempt(
            form,
            _asking(form, lambda: sessions.move_session(session=session, actor=actor, **form.wanted())),
        )
        if made:
            messages.success(request, _("已改期，原来和现在的调解员都会收到提醒。请告知双方当事人。"))
            return redirect("mediation:case", number)
    return _page(request, form, mediation, room, session, status)


@require_POST
@staff_required
def cancel(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    session, actor = session_or_404(request, number, pk), actor_of(request)
    rules.require(MediationAct.CANCEL, actor, mediation=session.mediation)
    sessions.cancel_session(session=session, actor=actor)
    messages.success(request, _("安排已取消。请告知双方当事人。"))
    return redirect("mediation:case", number)


def _suggested(request: HttpRequest) -> dict[str, Any]:
    """What the address fills in: one press on a suggestion."""
    found: dict[str, Any] = {name: request.GET[name] for name in SUGGESTED if request.GET.get(name)}
    if "day" in found:
        found["beside"] = [pk for pk in request.GET.getlist("beside") if pk.isdecimal()]
    return found


def _asking(form: TimesForm, door: Callable[[], Any]) -> Callable[[], Any]:
    """The door; where it asks whether an unusual time is meant, the form asks it too."""

    def asked() -> Any:
        try:
            return door()
        except Refusal as refusal:
            if refusal.code == "confirm":
                form.ask_anyway()
            raise

    return asked


def _women(mediation: MediationCase, session: Session | None) -> bool:
    return session.women_only if session else selectors.asked_for_women(mediation)


def _page(
    request: HttpRequest,
    form: TimesForm,
    mediation: MediationCase,
    room: Room,
    session: Session | None,
    status: int,
) -> HttpResponse:
    looked = bool(request.GET.get("minutes"))
    looking = SuggestForm(request.GET if looked else {"women": "on" if _women(mediation, session) else ""})
    context = {
        "form": form,
        "looking": looking,
        "looked": looked,
        "free": free_times(looking.ask(mediation, room)),
        "mediation": mediation,
        "session": session,
        "room": room,
        "rooms": Room.objects.select_related("unit"),
        "taken": selectors.taken_times(room),
    }
    return render(request, "mediation/schedule.html", context, status=status)
