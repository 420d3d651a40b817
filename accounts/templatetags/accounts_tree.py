from __future__ import annotations

from django import template

from accounts.models import Unit

register = template.Library()
DEEPEST = 6


@register.filter
def level_below(unit: Unit, top: int) -> int:
    """How far to indent a unit in a list that begins at depth ``top``: 1 to 6."""
    return max(1, min(unit.depth - top + 1, DEEPEST))
