"""Who may open a page at all. What a page shows is the scope's business, not theirs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from accounts.enums import Role

View = Callable[..., HttpResponseBase]


def staff_required(view: View) -> View:
    """Somebody logged in who holds a post today; others get the login page, or the page that says why not."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if request.post is None:  # type: ignore[attr-defined]
            return render(request, "accounts/no_post.html", status=403)
        return view(request, *args, **kwargs)

    return inner


def role_required(*roles: Role) -> Callable[[View], View]:
    """As ``staff_required``, and the hat that is on must be one of ``roles``; else 403."""

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.actor.role not in roles:  # type: ignore[attr-defined]
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return staff_required(inner)

    return decorate
