"""Settings that would be wrong without anybody noticing."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from accounts.enums import POSTLESS_ROLES, Role
from accounts.rules import SEES_SEALED


@register
def two_factor_roles(**_: Any) -> list[CheckMessage]:
    """A role that does not exist would leave somebody without a second factor."""
    known = {role.value for role in Role if role not in POSTLESS_ROLES} | {SEES_SEALED}
    return [
        Error(
            f"TWO_FACTOR_ROLES: there is no role {word!r}.", hint=", ".join(sorted(known)), id="accounts.E001"
        )
        for word in settings.TWO_FACTOR_ROLES
        if word not in known
    ]
