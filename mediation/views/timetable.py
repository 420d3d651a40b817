"""The week of rooms and people, the board of a town's rooms, a mediator's day and calendar."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from icalendar import Calendar, Event

from accounts.decorators import role_required
from accounts.enums import Role, UnitKind
from accounts.models import Unit
from core import throttle
from core.converters import row_sent, scattered
from core.errors import Refusal
from core.timekeeping import local_day, now
from mediation import timetable as tables
from mediation.models import Session, SessionFeed
from mediation.services import feeds
from petitions.views.asking import actor_of

BACK, AHEAD = timedelta(days=30), timedelta(days=200)
#: Sessions of one calendar.
MOST = 300
#: Addresses that were not one, from one network in a quarter of an hour.
MISSES, WINDOW_SECONDS = 20, 900


@require_safe
@role_required(Role.PETITION_OFFICER, Role.MEDIATOR)
def timetable(request: HttpRequest) -> HttpResponse:
    """A week, by room or by person (``?by=people``); times and people, no case."""
    by_people = request.GET.get("by") == "people"
    week = tables.week_of(_monday(request.GET.get("week", "")), by_people=by_people)
    context = {
        "week": week,
        "by_people": by_people,
        "today": local_day(now()),
        "tabs": [
            {
                "label": label,
                "url": f"?by={key}&week={week.first.isoformat()}",
                "active": by_people is (key == "people"),
                "count": None,
            }
            for key, label in (("rooms", _("按调解室")), ("people", _("按调解员")))
        ],
    }
    return render(request, "mediation/timetable.html", context)


def _monday(text: str) -> date:
    """The Monday of the day in the address, or of today; a day beyond all calendars is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = local_day(now())
    if not 2000 <= day.year <= 2200:
        day = local_day(now())
    return tables.monday_of(day)


@require_safe
@role_required(Role.PETITION_OFFICER, Role.MEDIATOR)
def board(request: HttpRequest) -> HttpResponse:
    """The rooms of a town today; without one, of the whole district."""
    towns = Unit.objects.active(local_day(now())).filter(kind=UnitKind.TOWN).order_by("path")
    chosen = towns.filter(pk=row_sent(request.GET.get("town", ""))).first()
    context = {
        "lines": tables.board_of(chosen) if chosen else tables.board_of(Unit(path="")),
        "towns": [(scattered(town.pk), town, town == chosen) for town in towns],
        "today": local_day(now()),
    }
    return render(request, "mediation/board.html", context)


@require_safe
@role_required(Role.MEDIATOR)
def today(request: HttpRequest) -> HttpResponse:
    """A mediator's day: what is today, what waits for a record, who has not answered yet."""
    context = {"day": tables.day_of(actor_of(request)), "today": local_day(now())}
    return render(request, "mediation/today.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.MEDIATOR)
def own_calendar(request: HttpRequest) -> HttpResponse:
    """Whether there is an address, and a new one; it is shown once."""
    actor, address = actor_of(request), ""
    if request.method == "POST":
        token = feeds.renew_feed(actor=actor)
        address = request.build_absolute_uri(reverse("mediation:feed", args=[token]))
        messages.success(request, _("新地址已生成，旧地址已失效。"))
    feed = SessionFeed.objects.filter(user=actor.user).first()
    return render(request, "mediation/own_calendar.html", {"feed": feed, "address": address})


@never_cache
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """A mediator's sessions: when and where, no case and no party. What is no address is not found, and whoever tries
    many is stopped."""
    key = f"session_feed:{throttle.client_network(request)}"
    if throttle.spent(key, WINDOW_SECONDS) >= MISSES:
        raise Refusal(_("试的次数太多了，请过一刻钟再试。"), code="throttled")
    owner = feeds.owner_of(token)
    if owner is None:
        throttle.allow(key, MISSES, WINDOW_SECONDS)
        raise Http404
    at = now()
    found = Session.objects.filter(
        seats__user=owner, starts_at__gte=at - BACK, starts_at__lt=at + AHEAD
    ).select_related("room__unit")
    calendar = Calendar()
    calendar.add("prodid", "-//huiying//mediation//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("%(who)s的调解") % {"who": owner.get_full_name()})
    for session in found.order_by("starts_at", "id")[:MOST]:
        calendar.add_component(_event(request, session))
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="mediation.ics"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _event(request: HttpRequest, session: Session) -> Event:
    event, gone = Event(), session.cancelled_at is not None
    event.add("uid", f"session-{scattered(session.pk)}@{request.get_host()}")
    event.add("dtstamp", session.cancelled_at or session.moved_at or session.scheduled_at)
    event.add("dtstart", session.starts_at)
    event.add("dtend", session.ends_at)
    event.add("summary", _("已取消：调解") if gone else _("调解"))
    event.add("location", f"{session.room.unit} {session.room.name} {session.room.address}")
    event.add("url", request.build_absolute_uri(reverse("mediation:mine")))
    event.add("status", "CANCELLED" if gone else "CONFIRMED")
    return event
