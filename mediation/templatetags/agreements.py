"""The agreements of a case's mediations, on the page of these."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template

from core.text import mask_name
from mediation import agreement_selectors
from mediation.enums import MediationAct, Result, Side
from mediation.models import CameBack, MediationCase
from mediation.rules import may

register = template.Library()


@register.filter
def matter_words(mediation: MediationCase) -> str:
    """What tells one agreement from another: the number, a dispute's kind, and the other side's first name, masked.
    The number of a case opens nothing for a mediator who reads it no longer."""
    words = [mediation.number]
    if mediation.dispute is not None:
        words.append(mediation.dispute.title)
    others = [one for one in mediation.parties.all() if one.side == Side.OTHER and one.left_at is None]
    if others:
        words.append(mask_name(str(min(others, key=lambda one: one.pk).name)))
    return " · ".join(map(str, words))


@register.inclusion_tag("mediation/_agreements.html", takes_context=True)
def agreements_of(
    context: Any, current: MediationCase | None, past: Sequence[MediationCase]
) -> dict[str, Any]:
    """``past``: the latest first. Whoever may write down what was agreed, and nobody has, gets the way there."""
    actor = context["request"].actor
    all_of_them = [*([current] if current is not None else []), *past]
    lines = agreement_selectors.lines_of(all_of_them, actor)
    written = {one.agreement.mediation_id for one in lines}
    bare = [one for one in past if one.result == Result.AGREED and one.pk not in written]
    from_before = CameBack.objects.filter(mediation=current).first() if current is not None else None
    return {
        "lines": lines,
        "came_from": next(
            (one for one in lines if from_before and one.agreement.pk == from_before.agreement_id), None
        ),
        "to_write": [one for one in bare if may(MediationAct.AGREE, actor, mediation=one)],
    }
