"""Logins and logouts go to the audit log. A name that was typed is not kept: it may be a password."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import (
    user_logged_in,
    user_logged_out,
    user_login_failed,
)
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.actor import Actor
from accounts.enums import AuditOutcome, Role
from accounts.models import User
from accounts.services import audit


def person(user: User) -> Actor:
    """The actor of somebody whose hat does not matter, as at the login."""
    post = next(iter(user.current_posts), None)
    return (
        Actor.of(post) if post else Actor(user=user, post=None, role=Role.SYSTEM, label=user.get_full_name())
    )


def _address(request: HttpRequest | None) -> dict[str, str]:
    return {"address": request.META.get("REMOTE_ADDR", "")} if request is not None else {}


@receiver(user_logged_in, dispatch_uid="accounts.audit.login")
def note_login(request: HttpRequest | None, user: User, **_: Any) -> None:
    audit.record(actor=person(user), act="login", obj=user, detail=_address(request))


@receiver(user_logged_out, dispatch_uid="accounts.audit.logout")
def note_logout(request: HttpRequest | None, user: User | None, **_: Any) -> None:
    if user is not None:
        audit.record(actor=person(user), act="logout", obj=user, detail=_address(request))


@receiver(user_login_failed, dispatch_uid="accounts.audit.login_failed")
def note_failure(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    known = User.objects.filter(
        username=str(credentials.get("username", "")).replace("\x00", "")[:150]
    ).first()
    audit.record(
        actor=Actor.system("未登录"),
        act="login",
        obj=known,
        detail=_address(request),
        outcome=AuditOutcome.REFUSED,
    )
