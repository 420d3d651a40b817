"""Instructions as pages show them."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.actor import Actor
from leaders.models import Instruction
from petitions.models import Petition

#: A case has a handful; more than this many are not read for one page.
MOST = 200


def instructions_on(cases: Sequence[Petition], actor: Actor) -> list[Instruction]:
    """What was instructed on these cases, with answers and state, as far as the actor may read it; newest first."""
    found = Instruction.objects.concerning(actor).filter(petition__in=cases).with_row_relations()
    return list(found.order_by("-given_at", "-id")[:MOST])
