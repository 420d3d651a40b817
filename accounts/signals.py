"""Logins and logouts go to the audit log. A name that was typed is not kept: it may be a password."""

from __future__ import annotations

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import (
    user_logged_in,
    user_logged_out,
    user_login_failed,
)
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.actor import Actor
from accounts.backends import known_as
from accounts.enums import AuditOutcome
from accounts.models import User
from accounts.services import audit, logins


def person(user: User) -> Actor:
    """The actor of somebody whose hat does not matter, as at the login."""
    post = next(iter(user.current_posts), None)
    return Actor.of(post) if post else Actor.bare(user)


def _address(request: HttpRequest | None) -> dict[str, Any]:
    return {"address": request.META.get("REMOTE_ADDR", "")} if request is not None else {}


@receiver(user_logged_in, dispatch_uid="accounts.audit.login")
def note_login(request: HttpRequest | None, user: User, **_: Any) -> None:
    if request is not None and hasattr(request, "session"):
        logins.begin(request, user)
    audit.record(actor=person(user), act="login", obj=user, detail=_address(request))


@receiver(user_logged_out, dispatch_uid="accounts.audit.logout")
def note_logout(request: HttpRequest | None, user: User | None, **_: Any) -> None:
    if user is None:
        return
    if row := getattr(request, "login", None):
        logins.log_out(row)
    audit.record(actor=person(user), act="logout", obj=user, detail=_address(request))


@receiver(user_login_failed, dispatch_uid="accounts.audit.login_failed")
def note_failure(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    held = {"held": True} if getattr(request, "login_was_held", False) else {}
    audit.record(
        actor=Actor.system("未登录"),
        act="login",
        obj=known_as(str(credentials.get("username", ""))),
        detail=_address(request) | held,
        outcome=AuditOutcome.REFUSED,
    )


@receiver(user_locked_out, dispatch_uid="accounts.audit.lockout")
def note_lockout(request: HttpRequest, **_: Any) -> None:
    """Once, when the last failure allowed was made; axes sends this again for every try while the lock holds.

    The name that axes sends is the one it counts under (``known_browsers.name_counted``), which nobody has."""
    typed = (getattr(request, "axes_credentials", None) or {}).get("username", "")
    if not getattr(request, "login_was_held", False):
        audit.record(
            actor=Actor.system("未登录"),
            act="login.lockout",
            obj=known_as(str(typed)),
            detail=_address(request),
            outcome=AuditOutcome.REFUSED,
        )
