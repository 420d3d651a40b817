"""The one booking that a resident's browser has opened, for half an hour: residents use shared computers."""

from __future__ import annotations

import time

from django.http import HttpRequest

from leaders.models import Booking
from leaders.selectors import bookings as selectors

SECONDS = 30 * 60
KEY = "own_booking"


def let_in(request: HttpRequest, booking: Booking, code: str = "") -> None:
    """``code`` where it was just made, so that the page can show it once more on a reload."""
    request.session.cycle_key()
    request.session[KEY] = {"pk": booking.pk, "until": time.time() + SECONDS, "code": code}


def own_booking(request: HttpRequest) -> Booking | None:
    kept = request.session.get(KEY)
    if not kept or kept["until"] <= time.time():
        return None
    return selectors.own(kept["pk"])


def code_of(request: HttpRequest) -> str:
    code = str((request.session.get(KEY) or {}).get("code", ""))
    return f"{code[:5]}-{code[5:]}" if code else ""


def leave(request: HttpRequest) -> None:
    request.session.pop(KEY, None)
