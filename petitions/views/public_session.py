"""What a resident's browser is remembered by: the form just sent, and the one case opened by number and code.

Both lapse by themselves: residents use shared computers. The form's token, which the browser made known itself,
is a signed cookie, so that filing writes nothing but the case; the opened case is in the session.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from core.own_pages import OwnPage
from petitions.selectors import public as selectors

RECEIPT_SECONDS = 2 * 60 * 60
RECEIPT = "receipt"
OWN_CASE = OwnPage("own_case", selectors.by_id, "petitions:query")


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


def leave(request: HttpRequest, response: HttpResponse) -> None:
    """Forget the case and the receipt; a staff login in the same browser stays."""
    OWN_CASE.leave(request)
    response.delete_cookie(RECEIPT, path=reverse("petitions:file"), samesite="Lax")
