"""The agreements of a case's mediations, on the page of these."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template

from mediation import agreement_selectors
from mediation.enums import MediationAct, Result
from mediation.models import CameBack, MediationCase
from mediation.rules import may

register = template.Library()


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
