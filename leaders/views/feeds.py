"""Calendars to subscribe to: the announced days for everybody, a leader's own at a secret address."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from icalendar import Calendar, Event

from accounts.decorators import role_required
from accounts.enums import Role
from core import throttle
from core.converters import scattered
from core.errors import Refusal
from core.timekeeping import now
from leaders.models import VisitDay, VisitFeed
from leaders.selectors.days import MOST
from leaders.services import feeds as service
from petitions.views.asking import actor_of

BACK, AHEAD = timedelta(days=30), timedelta(days=200)
#: Addresses that were not one, from one network in a quarter of an hour.
MISSES, WINDOW_SECONDS = 20, 900


@require_safe
def public_calendar(request: HttpRequest) -> HttpResponse:
    """What stands on the public page, nothing more."""
    days = _around(VisitDay.objects.filter(published=True))
    return _answer(request, _("领导接访"), days, own=False)


@never_cache
@require_safe
def personal_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """A leader's days, those not announced too; nobody who booked and no case. What is no address is not found, and
    whoever tries many is stopped."""
    key = f"visit_feed:{throttle.client_network(request)}"
    if throttle.spent(key, WINDOW_SECONDS) >= MISSES:
        raise Refusal(_("试的次数太多了，请过一刻钟再试。"), code="throttled")
    owner = service.owner_of(token)
    if owner is None:
        throttle.allow(key, MISSES, WINDOW_SECONDS)
        raise Http404
    name = _("%(who)s的接访") % {"who": owner.get_full_name()}
    response = _answer(request, name, _around(VisitDay.objects.filter(leader=owner)), own=True)
    response["X-Robots-Tag"] = "noindex"
    return response


def _around(found: Iterable[VisitDay]) -> list[VisitDay]:
    at = now()
    days = found.filter(starts_at__gte=at - BACK, starts_at__lt=at + AHEAD)  # type: ignore[attr-defined]
    return list(days.with_row_relations().order_by("starts_at", "id")[:MOST])


def _answer(request: HttpRequest, name: str, days: list[VisitDay], *, own: bool) -> HttpResponse:
    calendar = Calendar()
    calendar.add("prodid", "-//huiying//visits//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for day in days:
        calendar.add_component(_event(request, day, own=own))
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="visits.ics"'
    return response


def _event(request: HttpRequest, day: VisitDay, *, own: bool) -> Event:
    event = Event()
    event.add("uid", f"visit-{scattered(day.pk)}@{request.get_host()}")
    event.add("dtstamp", day.cancelled_at or day.planned_at)
    event.add("dtstart", day.starts_at)
    event.add("dtend", day.ends_at)
    event.add("summary", _summary(day, own=own))
    event.add("location", f"{day.place_unit} {day.place_text}")
    if words := "；".join(_words(day, own=own)):
        event.add("description", words)
    name = "leaders:day" if own else "leaders:public_day"
    event.add("url", request.build_absolute_uri(reverse(name, args=[day.pk])))
    event.add("status", "CANCELLED" if day.cancelled_at else "CONFIRMED")
    return event


def _summary(day: VisitDay, *, own: bool) -> str:
    words = day.get_kind_display() if own else f"{day.leader}{day.get_kind_display()}"
    return _("已取消：%(what)s") % {"what": words} if day.cancelled_at else words


def _words(day: VisitDay, *, own: bool) -> list[str]:
    found = [_("受理范围：%(topics)s") % {"topics": day.topics}] if day.topics else []
    if day.cancelled_at:
        found.append(_("取消原因：%(why)s") % {"why": day.cancel_reason})
    if own and (units := "、".join(str(unit) for unit in day.accompanying.all())):
        found.append(_("陪同：%(units)s") % {"units": units})
    if not own and day.note:
        found.append(day.note)
    return found


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.LEADER)
def own_calendar(request: HttpRequest) -> HttpResponse:
    """Whether there is an address, and a new one; it is shown once."""
    actor, address = actor_of(request), ""
    if request.method == "POST":
        token = service.renew_feed(actor=actor)
        address = request.build_absolute_uri(reverse("leaders:personal_calendar", args=[token]))
        messages.success(request, _("新地址已生成，旧地址已失效。"))
    feed = VisitFeed.objects.filter(user=actor.user).first()
    return render(request, "leaders/own_calendar.html", {"feed": feed, "address": address})
