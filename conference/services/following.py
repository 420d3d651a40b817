"""What this room does when a case takes a step: it lets go of what was sealed or taken in hand, holds the named unit to
what was decided, and hears of what is grave and urgent (条例 24, 25, 30)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounts.actor import Actor
from conference.services import disputing, inside, ordering
from petitions.enums import Act
from petitions.models import Petition, PetitionEvent
from petitions.services import telling
from petitions.workflow import SEALING

#: After these some unit has taken the case in hand, or nobody will.
TAKEN = frozenset({Act.ACCEPT, Act.REFUSE, Act.CLOSE})


def follow(petition: Petition, event: PetitionEvent, actor: Actor, step: Any) -> None:
    """Called inside the step's transaction. Raises Refusal: an objection to what was decided."""
    if step.act == Act.OBJECT:
        disputing.refuse_objection(petition, event)
    elif step.act in TAKEN:
        disputing.end_without(petition, event.at)
    elif petition.sealed and step.act in SEALING:
        disputing.end_without(petition, event.at)
        ordering.let_go(petition.pk, event.at)
    elif step.act == Act.DISPATCH:
        _hear(petition, event, actor)


def _hear(petition: Petition, event: PetitionEvent, actor: Actor) -> None:
    """The conference's desk, which is the petition office's, hears of what is grave and urgent at once (条例 25)."""
    own = actor.user.pk if actor.user is not None else None
    telling.notify_about(
        petition,
        [post for post in inside.keepers(event.at) if post.user_id != own],
        text=_("%(number)s 已紧急调度，通报联席会议办公室。") % {"number": petition.number},
        dedupe_key=f"conference:urgent:{petition.pk}:{event.at.isoformat()}",
        level="late",
        at=event.at,
    )
