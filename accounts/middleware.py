"""Whether the login still lasts, which of a person's posts they act under, and what they must do first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.actor import Actor
from accounts.models import LoginSession, Post, User
from accounts.password_rules import is_too_old
from accounts.rules import must_have_second_factor
from accounts.services import logins, refusals
from core.htmx import is_htmx, redirect_to
from core.timekeeping import now

SESSION_KEY = "hat"


class StaffRequest(HttpRequest):
    """A request behind ``staff_required`` or ``role_required``."""

    user: User
    login: LoginSession
    post: Post
    actor: Actor


class SignedInRequest(HttpRequest):
    """A request behind ``login_required``: the person is known, a post may be missing."""

    user: User
    login: LoginSession
    post: Post | None
    actor: Actor | None


def post_of(request: HttpRequest) -> Post | None:
    """The post chosen in the session if it is still held, else the oldest one held; None without any."""
    user = request.user
    if not isinstance(user, User):
        return None
    chosen = request.session.get(SESSION_KEY)
    return next(
        (post for post in user.current_posts if post.pk == chosen),
        next(iter(user.current_posts), None),
    )


class LoginMiddleware:
    """Puts out whoever has been idle or in for too long, or was put out from elsewhere; sets ``request.login``.

    The request then goes on as a stranger's: public pages stay open, others lead to the login page, which says why.
    Requests that a page sends by itself (BACKGROUND_VIEWS) do not keep a login alive. Stands after
    AuthenticationMiddleware. One query for somebody logged in, and one write a minute.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        row = self.standing(request) if request.user.is_authenticated else None
        request.login = row  # type: ignore[attr-defined]
        response = self.get_response(request)
        return response if request.user.is_authenticated else back_to_page(request, response)

    def standing(self, request: HttpRequest) -> LoginSession | None:
        row, at = logins.of(request), now()
        why = logins.why_over(row, at)
        if why is None:
            return row
        if row is not None and row.ended_at is None:
            logins.time_out(row, why, at)
        request.session.flush()
        request.session[logins.LEFT_KEY] = why.value
        request.user = AnonymousUser()
        return None

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        row, match = getattr(request, "login", None), request.resolver_match
        if row is not None and match is not None and match.view_name not in settings.BACKGROUND_VIEWS:
            logins.touch(row, now())


def back_to_page(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Where a fragment or a form leads to the login, come back to the page it stood on: neither can be opened alone."""
    login = resolve_url(settings.LOGIN_URL)
    if response.status_code != 302 or not response["Location"].startswith(f"{login}?"):
        return response
    if request.method in {"GET", "HEAD"} and not is_htmx(request):
        return response
    page = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}):
        return response if not is_htmx(request) else redirect_to(request, login)
    parts = urlsplit(page)
    wanted = parts.path + (f"?{parts.query}" if parts.query else "")
    return redirect_to(request, f"{login}?{urlencode({'next': wanted})}")


class ActorMiddleware:
    """Sets ``request.post`` and ``request.actor``; both None for residents and for people without a post.

    One query for somebody logged in, none for anybody else. Stands after AuthenticationMiddleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        post = post_of(request) if request.user.is_authenticated else None
        request.post = post  # type: ignore[attr-defined]
        request.actor = Actor.of(post) if post else None  # type: ignore[attr-defined]
        return self.get_response(request)


class RefusalMiddleware:
    """Writes down that somebody logged in was refused (403), or asked for what is not there or not theirs (404).

    Stands after ActorMiddleware and outside every view, so that the entry is kept though a view's transaction was not.
    One write for a refusal, nothing for other answers.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        refusals.note(request, response.status_code)
        return response


#: What somebody may open who must first change the password, or take up the second factor.
OPEN_VIEWS = frozenset({"accounts:logout", "core:large_type", "healthz"})
PASSWORD_VIEWS = OPEN_VIEWS | {"accounts:password_change"}
ENROL_VIEWS = OPEN_VIEWS | {"accounts:second_factor"}


class FirstThingsMiddleware:
    """Leads to what comes before everything else.

    A password that an administrator has set, or that is older than PASSWORD_MAX_DAYS, is changed; then whoever must
    have a second factor (TWO_FACTOR_ROLES) and logged in without takes one up; the receipt of a case that has just been
    registered is read before. Stands after ActorMiddleware; costs no query of its own, but of people without a second
    factor who may hold a sealed case by name one, where TWO_FACTOR_ROLES names "sealed".
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        user, match = request.user, request.resolver_match
        if not isinstance(user, User) or match is None:
            return None
        if user.must_change_password or is_too_old(user):
            if match.view_name in PASSWORD_VIEWS:
                return None
            return redirect_to(request, reverse("accounts:password_change"))
        if match.view_name in ENROL_VIEWS | settings.RECEIPT_VIEWS:
            return None
        if not request.login.second_factor and must_have_second_factor(user.current_posts):  # type: ignore[attr-defined]
            return redirect_to(request, reverse("accounts:second_factor"))
        return None
