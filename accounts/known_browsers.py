"""Browsers in which somebody has logged in: strangers behind the same address do not shut them out.

At a good login the browser is given a cookie: a random id, the moment and an HMAC that binds both to the name. It opens
nothing. With it, wrong passwords are counted for this browser alone, its own ones too; without it, for everybody at the
address together (``backends.name_counted``). A cookie of another name, an old or a forged one is as none.
"""

from __future__ import annotations

import secrets
import unicodedata
from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from accounts.models import User


def lasts() -> timedelta:
    return timedelta(days=settings.LOGIN_FAMILIAR_DAYS)


def known_id(request: HttpRequest, username: str) -> str:
    """The id of a browser in which this name logged in within LOGIN_FAMILIAR_DAYS days; empty for all others.

    No query: it costs the same whether there is such a name or not.
    """
    try:
        cookie = request.COOKIES.get(settings.BROWSER_COOKIE_NAME, "")[:200]
        return _signer(username).unsign(cookie, max_age=lasts())
    except BadSignature:
        return ""


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Give the browser its cookie, or the one it has for this name a new term."""
    name = user.get_username()
    value = _signer(name).sign(known_id(request, name) or secrets.token_urlsafe(16))
    response.set_cookie(
        settings.BROWSER_COOKIE_NAME,
        value,
        max_age=lasts(),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def name_counted(request: HttpRequest, credentials: dict[str, str] | None = None) -> str:
    """Under what django-axes counts a try: an HMAC of the name as it was typed, which may be a password, and of the
    browser where it is a known one. Called by axes with the credentials, or without where only the form is there."""
    typed = str((credentials or {}).get("username") or request.POST.get("username", ""))
    name = unicodedata.normalize("NFKC", typed)
    return salted_hmac("accounts.tries", f"{known_id(request, name)} {name}", algorithm="sha256").hexdigest()


def _signer(username: str) -> TimestampSigner:
    return TimestampSigner(salt=f"accounts.known_browser:{username}")
