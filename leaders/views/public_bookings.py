"""A reception day as residents see it, asking for a place there, and one's own booking."""

from __future__ import annotations

import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actor import Actor
from core import throttle
from core.challenge import Gate
from core.errors import Refusal
from core.timekeeping import now
from leaders.enums import BookingState
from leaders.forms.bookings import BookingForm, BookingQueryForm
from leaders.models import Booking, VisitDay
from leaders.selectors import bookings as selectors
from leaders.services import bookings, offers
from leaders.views import public_session
from petitions.models import Petition
from petitions.selectors import public as petition_selectors
from petitions.services.codes import new_token
from petitions.views.asking import attempt

TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
GATE = Gate("booking", "BOOKING_FREE")
QUERY_GATE = Gate("booking_query", "QUERY_FREE")
#: Wrong numbers or codes of one address in a quarter of an hour, of bookings and of cases named in a booking.
TRIES, WINDOW_SECONDS = 30, 900


@never_cache
@sensitive_post_parameters("code", "phone", "name")
@require_http_methods(["GET", "HEAD", "POST"])
def day(request: HttpRequest, pk: int) -> HttpResponse:
    """Who, when, where and for what, and the form. A place or a number on the waiting list comes of each POST."""
    found = VisitDay.objects.filter(published=True).with_row_relations()
    row: VisitDay = get_object_or_404(found, pk=pk)
    if request.method != "POST":
        return _day_page(request, row, BookingForm(), new_token())
    form, token = BookingForm(request.POST), request.POST.get("token", "")
    if not TOKEN.fullmatch(token):
        form.add_error(None, _("这个页面打开得太久或不完整，还没有约上。内容都在，请再按一次。"))
        return _day_page(request, row, form, new_token(), 422)
    if not form.is_valid():
        return _day_page(request, row, form, token, 422)
    if not GATE.lets_in(request):
        form.add_error(None, GATE.sentence())
        return _day_page(request, row, form, token, 429)
    done, status = attempt(form, lambda: _book(request, row, form, token))
    if done is None:
        return _day_page(request, row, form, token, status)
    public_session.OWN_BOOKING.let_in(request, done.booking.pk)
    response = redirect("leaders:my_booking")
    public_session.remember_token(request, response, token)
    return response


def _book(request: HttpRequest, row: VisitDay, form: BookingForm, token: str) -> bookings.Booked:
    petition = _case(request, form)
    return bookings.book(day=row, actor=Actor.petitioner(), new=form.booking(petition), token=token)


def _case(request: HttpRequest, form: BookingForm) -> Petition | None:
    """The case by number and query code. Raises Refusal: they do not belong together, or too many tries."""
    number, code = form.cleaned_data["number"], form.cleaned_data["code"]
    if not number:
        return None
    _limit(request)
    found = petition_selectors.by_number_and_code(number, code)
    if found is None:
        raise Refusal(
            _("编号或查询码不对，请对照回执再输一次；也可以不填编号，写一句要谈的事。"), code="invalid"
        )
    return found


def _limit(request: HttpRequest) -> None:
    throttle.require(
        f"booking:tries:{throttle.client_network(request)}",
        TRIES,
        WINDOW_SECONDS,
        sentence=_("试的次数太多了，请过一刻钟再试，或打电话预约。"),
    )


def _day_page(
    request: HttpRequest, row: VisitDay, form: BookingForm, token: str, status: int = 200
) -> HttpResponse:
    at = now()
    try:
        bookings.refuse_closed(row, at)
        closed = ""
    except Refusal as refusal:
        closed = refusal.sentence
    taken, waiting = selectors.filled([row]).get(row.pk, (0, 0))
    context = {
        "day": row,
        "form": form,
        "token": token,
        "closed": closed,
        "full": row.slots is not None and taken >= row.slots,
        "waiting": waiting,
        "later": offers.later_days(row, at) if row.cancelled_at is not None else [],
        "challenge": GATE.before(request),
    }
    return render(request, "leaders/public_day.html", context, status=status)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def my_booking(request: HttpRequest) -> HttpResponse:
    """One's own booking, or the two fields that open it."""
    if request.method != "POST":
        own = public_session.OWN_BOOKING.of(request)
        return _query_page(request, BookingQueryForm()) if own is None else _own_page(request, own)
    form, status = BookingQueryForm(request.POST), 422
    if form.is_valid():
        found, status = attempt(form, lambda: _found(request, form))
        if found is not None:
            public_session.OWN_BOOKING.let_in(request, found.pk)
            return redirect("leaders:my_booking")
    return _query_page(request, form, status)


def _found(request: HttpRequest, form: BookingQueryForm) -> Booking:
    _limit(request)
    if not QUERY_GATE.lets_in(request):
        raise Refusal(QUERY_GATE.sentence(), code="throttled")
    found = selectors.by_number_and_code(form.cleaned_data["number"], form.cleaned_data["code"])
    if found is None:
        raise Refusal(_("预约号或查询码不对，请再输一次。"), code="invalid")
    return found


def _query_page(request: HttpRequest, form: BookingQueryForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "challenge": QUERY_GATE.before(request)}
    return render(request, "leaders/public_booking_query.html", context, status=status)


def _own_page(request: HttpRequest, own: Booking, error: str = "", status: int = 200) -> HttpResponse:
    at = now()
    offered = own.state == BookingState.OFFERED
    context = {
        "booking": own,
        "code": public_session.code_of(request, own),
        "ahead": selectors.ahead_of(own) if own.state == BookingState.WAITING else 0,
        "kept": offered and own.kept_until is not None and own.kept_until > at,
        "later": offers.later_days(own.day, at) if offered else [],
        "may_cancel": own.is_live or offered,
        "error": error,
    }
    return render(request, "leaders/public_booking.html", context, status=status)


def _act(request: HttpRequest, door: str) -> HttpResponse:
    own = public_session.OWN_BOOKING.of(request)
    if own is None:
        return redirect("leaders:my_booking")
    try:
        if door == "cancel":
            bookings.cancel_booking(booking=own, actor=Actor.petitioner())
            messages.success(request, _("已取消预约。您随时可以再约，不预约也可以来。"))
        else:
            offers.take_offer(booking=own, actor=Actor.petitioner())
            messages.success(request, _("已改到新的日子，预约号和查询码不变。"))
    except Refusal as refusal:
        fresh = public_session.OWN_BOOKING.of(request) or own
        return _own_page(request, fresh, refusal.sentence, refusal.status)
    return redirect("leaders:my_booking")


@require_POST
def cancel(request: HttpRequest) -> HttpResponse:
    return _act(request, "cancel")


@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """The place that was kept, by one press."""
    return _act(request, "take")


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("已离开。在公用电脑上请同时关闭浏览器。"))
    response = redirect("leaders:my_booking")
    public_session.leave(request, response)
    return response
