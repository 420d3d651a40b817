"""The one booking that a resident's browser has opened, for half an hour: residents use shared computers.

The code is stored nowhere: while it is new, the page works it out of the form's token, which the browser made known
itself and keeps in a signed cookie.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from core.own_pages import SECONDS, OwnPage
from leaders.models import Booking
from leaders.selectors import bookings as selectors
from petitions.services import codes

COOKIE = "booking"
OWN_BOOKING = OwnPage("own_booking", selectors.own, "leaders:my_booking")


def remember_token(request: HttpRequest, response: HttpResponse, token: str) -> None:
    response.set_signed_cookie(
        COOKIE,
        token,
        salt=COOKIE,
        max_age=SECONDS,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
        path=reverse("leaders:my_booking"),
    )


def code_of(request: HttpRequest, booking: Booking) -> str:
    """The code, in the browser that has just made the booking."""
    token: str | None = request.get_signed_cookie(COOKIE, None, salt=COOKIE, max_age=SECONDS)
    if token is None or codes.submit_key(token) != booking.submit_key:
        return ""
    code = codes.query_code(token)
    return f"{code[:5]}-{code[5:]}"


def leave(request: HttpRequest, response: HttpResponse) -> None:
    OWN_BOOKING.leave(request)
    response.delete_cookie(COOKIE, path=reverse("leaders:my_booking"), samesite="Lax")
