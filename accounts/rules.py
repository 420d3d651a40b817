"""Which administrator gives which role, and whose account is in whose hands (三员分立, GB/T 22239-2019 8.1.4).

The system administrator puts the ordinary posts into the system; whoever reads across units, decides
over them or administers gets the post from the security administrator. Nobody has a hand in their own.
"""

from __future__ import annotations

from collections.abc import Iterable

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import User

#: giving role: the roles it gives and ends. A role in no row is given by nobody.
GIVES: dict[Role, frozenset[Role]] = {
    Role.SYSTEM_ADMIN: frozenset(
        {
            Role.CLERK,
            Role.PETITION_OFFICER,
            Role.HANDLER,
            Role.UNIT_HEAD,
            Role.MEDIATOR,
            Role.STATISTICIAN,
        }
    ),
    Role.SECURITY_ADMIN: frozenset(
        {
            Role.LEADER,
            Role.INSPECTOR,
            Role.SYSTEM_ADMIN,
            Role.SECURITY_ADMIN,
            Role.AUDITOR,
        }
    ),
}

#: Who opens the pages about people and posts at all.
KEEPERS = tuple(GIVES)


def is_program(actor: Actor) -> bool:
    """The system itself: a command or the demo county, with nobody behind it."""
    return actor.role == Role.SYSTEM and actor.user is None


def gives(actor: Actor) -> frozenset[Role]:
    """The roles this actor may give and end."""
    return GIVES.get(actor.role, frozenset())


def may_give(actor: Actor, role: Role | str, user: User) -> bool:
    """Whether the actor may give that role to that person, or end it; never to or for oneself."""
    if is_program(actor):
        return True
    return Role(role) in gives(actor) and not is_self(actor, user)


def keeper_of(roles: Iterable[Role | str]) -> Role:
    """In whose hands the account of somebody with these posts is (details, password, deactivation).

    One post that the security administrator gave is enough: a reset password is a way into the post.
    """
    protected = GIVES[Role.SECURITY_ADMIN]
    return Role.SECURITY_ADMIN if any(Role(role) in protected for role in roles) else Role.SYSTEM_ADMIN


def is_self(actor: Actor, user: User) -> bool:
    return actor.user is not None and actor.user.pk == user.pk
