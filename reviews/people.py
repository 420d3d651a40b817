"""Who works for a body that reviews, and who decides for it (domain B8, ⚠ local).

A department, a town or any other unit reviews by its own people, and its head decides. A government (区县) has no desk
of its own: its leaders decide, and its petition office prepares and serves (REVIEW_BY_PETITION_OFFICE; where that is
off, whoever holds a post in the government itself).
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from accounts.actor import Actor
from accounts.enums import Role, UnitKind
from accounts.models import Post, Unit
from core.timekeeping import local_day

WORKING = frozenset({Role.HANDLER, Role.PETITION_OFFICER, Role.UNIT_HEAD, Role.LEADER})
DECIDING = frozenset({Role.UNIT_HEAD, Role.LEADER})
#: Who does, or enters, what follows the end of a matter (条例 37).
CARING = frozenset({Role.HANDLER, Role.UNIT_HEAD, Role.PETITION_OFFICER})


def works_for(actor: Actor, body: Unit) -> bool:
    if actor.unit is None or actor.role not in WORKING:
        return False
    return actor.unit.pk == body.pk or is_office_of(actor.unit, body)


def decides_for(actor: Actor, body: Unit) -> bool:
    return actor.unit is not None and actor.role in DECIDING and actor.unit.pk == body.pk


def is_office_of(unit: Unit, body: Unit) -> bool:
    """Whether the unit is the petition office that works for this government."""
    return (
        settings.REVIEW_BY_PETITION_OFFICE
        and body.kind == UnitKind.DISTRICT
        and unit.kind == UnitKind.PETITION_OFFICE
        and unit.parent_id == body.pk
    )


def workers(body: Unit, at: datetime) -> list[Post]:
    """Posts that prepare and serve. One query."""
    posts = Post.objects.current(local_day(at)).filter(role__in=WORKING - DECIDING)
    own = posts.filter(unit=body)
    if settings.REVIEW_BY_PETITION_OFFICE and body.kind == UnitKind.DISTRICT:
        own = own | posts.filter(unit__parent=body, unit__kind=UnitKind.PETITION_OFFICE)
    return list(own.select_related("user", "unit").order_by("id"))


def deciders(body: Unit, at: datetime) -> list[Post]:
    """Posts that decide. One query."""
    posts = Post.objects.current(local_day(at)).filter(role__in=DECIDING, unit=body)
    return list(posts.select_related("user", "unit").order_by("id"))
