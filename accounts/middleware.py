"""Puts the hat on: which of a person's posts they act under in this request."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from accounts.actor import Actor
from accounts.models import Post, User

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
