"""What talks, instructions and packages tell of a petitioner whom the reader must not know (条例 30; domain G)."""

from __future__ import annotations

import re

from accounts.actor import Actor
from accounts.enums import Role
from leaders.models import Promise, VisitRecord
from petitions import rules as petition_rules
from petitions.models import Petition
from petitions.selectors.veiling import Veil

BETWEEN_NAMES = re.compile(r"[\s、，,；;和及与（）()]+")


def knows_who_came(petition: Petition, actor: Actor) -> bool:
    """Whether the names in the records of this room may be shown. They stand here whole, not masked: of a confidential
    case only the desks of the petition office read them, and the statistician none at all."""
    if actor.role == Role.STATISTICIAN:
        return False
    if petition.confidential and actor.role not in petition_rules.CONTACT_ROLES:
        return False
    return petition_rules.knows_petitioner(petition, actor)


def cover_of(petition: Petition, actor: Actor) -> Veil:
    """The veil over the texts of this room about one case: names of its people, and of those who came and to whom
    something was promised. No query for a reader who may know them, else four."""
    if knows_who_came(petition, actor):
        return Veil(petition, actor)
    return Veil(petition, Actor.petitioner(), _who_came(petition))


def _who_came(petition: Petition) -> set[str]:
    talks = VisitRecord.objects.filter(petition=petition).only("people", "key")
    promised = Promise.objects.filter(record__petition=petition).only("to_whom", "record_id", "ordinal")
    texts = [row.people for row in talks] + [row.to_whom for row in promised]
    return {name for text in texts for name in BETWEEN_NAMES.split(text) if name}
