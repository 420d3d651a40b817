"""What a resident's browser is remembered by: the form just sent, and the one case opened by number and code.

Both lapse by themselves: residents use shared computers. The form's token, which the browser made known itself,
is a signed cookie, so that filing writes nothing but the case; the opened case is in the session. Times: Unix seconds.
"""

from __future__ import annotations

import time

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from petitions.models import Petition
from petitions.selectors import public as selectors

RECEIPT_SECONDS = 2 * 60 * 60
CASE_SECONDS = 30 * 60
RECEIPT = "receipt"
CASE = "own_case"


def remember_receipt(request: HttpRequest, response: HttpResponse, token: str) -> None:
    """Keep the form's token, from which the receipt with its query code can be shown again on a reload."""
    response.set_signed_cookie(
        RECEIPT,
        token,
        salt=RECEIPT,
        max_age=RECEIPT_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
        path=reverse("petitions:file"),
    )


def receipt_token(request: HttpRequest) -> str | None:
    token: str | None = request.get_signed_cookie(RECEIPT, None, salt=RECEIPT, max_age=RECEIPT_SECONDS)
    return token


def let_in(request: HttpRequest, petition: Petition) -> None:
    """Open this case to this session; the session gets a new key, so that a planted one is worth nothing."""
    request.session.cycle_key()
    request.session[CASE] = {"pk": petition.pk, "until": time.time() + CASE_SECONDS}


def own_case(request: HttpRequest) -> Petition | None:
    """The case this session may see; every look at it gives half an hour more."""
    kept = request.session.get(CASE)
    if not kept or kept["until"] <= time.time():
        return None
    petition = selectors.by_id(kept["pk"])
    # Written at most once a minute: a page view need not cost a row.
    if petition is not None and kept["until"] - time.time() < CASE_SECONDS - 60:
        request.session[CASE] = {"pk": petition.pk, "until": time.time() + CASE_SECONDS}
    return petition


def leave(request: HttpRequest, response: HttpResponse) -> None:
    """Forget the case and the receipt; a staff login in the same browser stays."""
    request.session.pop(CASE, None)
    response.delete_cookie(RECEIPT, path=reverse("petitions:file"), samesite="Lax")
