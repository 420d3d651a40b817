"""Puts the hat on: which of a person's posts they act under in this request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.actor import Actor
from accounts.models import Post, User
from core.htmx import redirect_to

SESSION_KEY = "hat"


class StaffRequest(HttpRequest):
    """A request behind ``staff_required`` or ``role_required``."""

    user: User
    post: Post
    actor: Actor


class SignedInRequest(HttpRequest):
    """A request behind ``login_required``: the person is known, a post may be missing."""

    user: User
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


#: What somebody with a first password may still open.
OPEN_VIEWS = frozenset({"accounts:password_change", "accounts:logout", "core:large_type", "healthz"})


class FirstPasswordMiddleware:
    """Whoever logs in with a password that an administrator has set changes it before anything else.

    Stands after AuthenticationMiddleware; costs no query of its own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not (request.user.is_authenticated and getattr(request.user, "must_change_password", False)):
            return None
        match = request.resolver_match
        if match is not None and match.view_name in OPEN_VIEWS:
            return None
        return redirect_to(request, reverse("accounts:password_change"))
