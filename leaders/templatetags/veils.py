"""Texts of this room as whoever reads the page may have them; the rule is ``leaders.selectors.veils``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template

from leaders.models import Promise, VisitRecord
from leaders.selectors.veils import cover_of, knows_who_came
from petitions.models import Petition
from petitions.selectors.veiling import Veil

register = template.Library()


@register.simple_tag(takes_context=True)
def covered(context: Any, text: Any, about: Petition | Iterable[Petition]) -> str:
    """A text about one case or several; the covers of a page are made once. ``as`` keeps it for filters."""
    words = str(text or "")
    for case in [about] if isinstance(about, Petition) else about:
        if words:
            words = _cover(context["request"], case)(words)
    return words


@register.simple_tag(takes_context=True)
def people_of(context: Any, row: VisitRecord | Promise) -> str:
    """Who came, or to whom something was promised; nothing for a reader who must not know."""
    case, text = (
        (row.record.petition, row.to_whom) if isinstance(row, Promise) else (row.petition, row.people)
    )
    return str(text) if knows_who_came(case, context["request"].actor) else ""


def _cover(request: Any, case: Petition) -> Veil:
    covers: dict[int, Veil] = request.__dict__.setdefault("covers_of_leaders", {})
    if case.pk not in covers:
        covers[case.pk] = cover_of(case, request.actor)
    return covers[case.pk]
