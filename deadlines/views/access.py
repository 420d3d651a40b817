"""Who reads the keepers' pages, and who keeps them."""

from __future__ import annotations

from accounts.decorators import role_required
from accounts.enums import Role
from accounts.middleware import StaffRequest

READERS = (Role.SYSTEM_ADMIN, Role.PETITION_OFFICER, Role.INSPECTOR, Role.STATISTICIAN)
reads = role_required(*READERS)


def keeps(request: StaffRequest) -> bool:
    return request.actor.role == Role.SYSTEM_ADMIN
