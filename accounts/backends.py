"""Whether a login may be tried at all. Every refusal costs the same work and gets the same answer as a wrong password.

Three limits, each known to its comment:

- One name from one address: django-axes, AXES_FAILURE_LIMIT failures, then AXES_COOLOFF_TIME of rest. Colleagues
  behind the same address go on, and so does whoever sits at a browser in which this name logged in before: it is
  counted by itself (``known_browsers``).
- One name from wherever: LOGIN_NAME_BUDGET failures in LOGIN_NAME_HOURS hours, against a slow guess from many
  addresses.
- One address with whatever names: LOGIN_ADDRESS_BUDGET failures in the cool-off time, against one password tried on
  everybody.

An IPv6 address counts as its /64, which is what one house has. The last two refuse strangers only: whoever logged in
as this name from this address within LOGIN_FAMILIAR_DAYS days still may. So nobody locks a person out of the own office
by guessing elsewhere. Guessing within the office holds up, for the time of rest, who sits there at a browser new to the
name, and nobody else.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from axes.backends import AxesStandaloneBackend
from axes.models import AccessAttempt
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_ipv46_address
from django.db.models import Sum
from django.http import HttpRequest

from accounts.models import LoginSession, User
from accounts.services import logins
from core.throttle import client_network, network_of
from core.timekeeping import now


def known_as(username: str) -> User | None:
    """The account of a name as it was typed; NULs and endless names find none."""
    return User.objects.filter(username=username.replace("\x00", "")[:150]).first()


def axes_address(request: HttpRequest) -> str | None:
    """The address that django-axes counts under; None for what is no address."""
    found = client_network(request)
    try:
        validate_ipv46_address(found)
    except ValidationError:
        return None
    return found


def is_familiar(username: str, network: str) -> bool:
    """Whether this name logged in from that network lately. One query."""
    since = now() - timedelta(days=settings.LOGIN_FAMILIAR_DAYS)
    rows = LoginSession.objects.filter(user__username=username, started_at__gte=since)
    return any(
        network_of(address) == network for address in rows.values_list("address", flat=True).distinct()
    )


def over_name_budget(username: str) -> bool:
    """The same queries for a name that nobody has: it is asked for as number 0."""
    user = known_as(username) or User(pk=0)
    since = now() - timedelta(hours=settings.LOGIN_NAME_HOURS)
    most: int = settings.LOGIN_NAME_BUDGET
    return logins.failures_since(user, since, most=most) >= most


def over_address_budget(network: str | None) -> bool:
    tries = AccessAttempt.objects.filter(
        ip_address=network, attempt_time__gte=now() - settings.AXES_COOLOFF_TIME
    )
    return bool((tries.aggregate(n=Sum("failures_since_start"))["n"] or 0) >= settings.LOGIN_ADDRESS_BUDGET)


class GuardedBackend(AxesStandaloneBackend):
    """Stands first in AUTHENTICATION_BACKENDS; lets nobody in itself."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> None:
        try:
            super().authenticate(request, username=username, password=password, **kwargs)
            if request is not None and settings.AXES_ENABLED:
                self._refuse_strangers(request, username or "")
        except PermissionDenied:
            if request is not None:
                request.login_was_held = True  # type: ignore[attr-defined]
            User().set_password(password)  # as Django does for a name that nobody has
            raise

    def _refuse_strangers(self, request: HttpRequest, username: str) -> None:
        over = over_name_budget(username), over_address_budget(axes_address(request))
        if any(over) and not is_familiar(username, client_network(request)):
            raise PermissionDenied
