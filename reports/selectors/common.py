"""What may be counted in a text or on a screen that many read at once: the smallest view that is common to them all."""

from __future__ import annotations

from petitions.models import Petition
from petitions.querysets import PetitionQuerySet
from reports import brief_rules


def unsealed() -> PetitionQuerySet:
    """Without accusations (条例 30)."""
    cases: PetitionQuerySet = Petition.objects.filter(sealed=False)
    return cases


def counted() -> PetitionQuerySet:
    """Without what complains of the readers' own offices, or has somebody who stays out of it (条例 28)."""
    own = unsealed().filter(complained_unit__kind__in=brief_rules.UNIT_KINDS)
    return unsealed().exclude(pk__in=own.values("pk")).filter(has_recusals=False)
