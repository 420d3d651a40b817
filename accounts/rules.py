"""Which administrator gives which role, and whose account is in whose hands (三员分立, GB/T 22239-2019 8.1.4).

The system administrator puts the ordinary posts into the system; whoever reads across units, decides
over them or administers gets the post from the security administrator: every leader, inspector and statistician,
everybody in a petition office or in the district itself, which read the whole district (条例 14, 16), and everybody in
a discipline body, where each post opens sealed cases (条例 30). Nobody has a hand in their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from django.conf import settings

from accounts.actor import Actor
from accounts.enums import SEPARATED_ROLES, Role, UnitKind
from accounts.models import Post, Unit, User

#: giving role: the roles it gives and ends. A role in no row is given by nobody.
GIVES: dict[Role, frozenset[Role]] = {
    Role.SYSTEM_ADMIN: frozenset(
        {
            Role.CLERK,
            Role.PETITION_OFFICER,
            Role.HANDLER,
            Role.UNIT_HEAD,
            Role.MEDIATOR,
        }
    ),
    Role.SECURITY_ADMIN: frozenset(
        {
            Role.LEADER,
            Role.INSPECTOR,
            Role.STATISTICIAN,
            Role.SYSTEM_ADMIN,
            Role.SECURITY_ADMIN,
            Role.AUDITOR,
        }
    ),
}

#: Units whose posts read more than one unit's cases; there the security administrator gives every post.
READS_DISTRICT = frozenset({UnitKind.PETITION_OFFICE, UnitKind.DISTRICT})
READS_WIDELY = READS_DISTRICT | {UnitKind.DISCIPLINE}

#: Who opens the pages about people and posts at all.
KEEPERS = tuple(GIVES)


def is_program(actor: Actor) -> bool:
    """The system itself: a command or the demo county, with nobody behind it."""
    return actor.role == Role.SYSTEM and actor.user is None


def gives(actor: Actor) -> frozenset[Role]:
    """The roles this actor may give and end, in one unit or another."""
    everything = frozenset().union(*GIVES.values())
    return everything if actor.role == Role.SECURITY_ADMIN else GIVES.get(actor.role, frozenset())


def giver_of(role: Role | str, unit: Unit) -> Role | None:
    """Which administrator gives and ends that role in that unit; None for a role nobody gives."""
    giver = next((giver for giver, roles in GIVES.items() if Role(role) in roles), None)
    return Role.SECURITY_ADMIN if giver and unit.kind in READS_WIDELY else giver


def may_give(actor: Actor, role: Role | str, user: User, unit: Unit) -> bool:
    """Whether the actor may give that role in that unit to that person, or end it; never to or for oneself."""
    if is_program(actor):
        return True
    return actor.role == giver_of(role, unit) and not is_self(actor, user)


def enters_leave(actor: Actor, post: Post) -> bool:
    """Whether the actor says who stands in for that post while its holder is away, and ends that.

    Of an ordinary post: its holder, the unit's head and the system administrator. A post that the security
    administrator gives goes round by nobody else's word; those of administrators and auditors by nobody's.
    """
    if post.role in SEPARATED_ROLES or post.stands_in_for_id is not None:
        return False
    if is_program(actor):
        return True
    giver = giver_of(post.role, post.unit)
    if actor.role == giver:
        return not is_self(actor, post.user)
    if giver != Role.SYSTEM_ADMIN:
        return False
    heads = actor.role == Role.UNIT_HEAD and actor.unit is not None and actor.unit.pk == post.unit_id
    return heads or is_self(actor, post.user)


def keeper_of(posts: Iterable[Post]) -> Role:
    """In whose hands the account of somebody with these posts is (details, password, deactivation).

    One post that the security administrator gives is enough: a reset password is a way into the post.
    """
    protected = any(giver_of(post.role, post.unit) == Role.SECURITY_ADMIN for post in posts)
    return Role.SECURITY_ADMIN if protected else Role.SYSTEM_ADMIN


def opens_sealed_cases(*kinds: UnitKind | str) -> bool:
    """Whether a unit changing between these kinds begins or ends to be a discipline body."""
    return UnitKind.DISCIPLINE in kinds


def opens_district(*kinds: UnitKind | str) -> bool:
    """Whether a unit changing between these kinds begins or ends to read the whole district."""
    return not READS_DISTRICT.isdisjoint(kinds)


def is_self(actor: Actor, user: User) -> bool:
    return actor.user is not None and actor.user.pk == user.pk


#: A word of TWO_FACTOR_ROLES beside the roles: whoever has a post where sealed cases are opened, or holds one by name.
SEES_SEALED = "sealed"
_holding: list[Callable[[Post], bool]] = []


def ask_who_holds_sealed(holds: Callable[[Post], bool]) -> None:
    """A room above says whether a sealed case is read by name under a post; called in ``AppConfig.ready``."""
    if holds not in _holding:
        _holding.append(holds)


def must_have_second_factor(posts: Iterable[Post]) -> bool:
    """Whether one of these posts asks for a second factor (TWO_FACTOR_ROLES), whichever hat is on.

    No query where the posts say so themselves or "sealed" is not wanted; otherwise one per post that can hold a sealed
    case by name. Ask it last, of people who have none.
    """
    wanted: Sequence[str] = settings.TWO_FACTOR_ROLES
    held = list(posts)
    if any(post.role in wanted for post in held):
        return True
    if SEES_SEALED not in wanted:
        return False
    if any(opens_sealed_cases(post.unit.kind) for post in held):
        return True
    return any(holds(post) for holds in _holding for post in held)
