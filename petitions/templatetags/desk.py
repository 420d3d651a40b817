"""One filter for list rows: the marks worked out by the view, so that a row makes no decision of its own."""

from collections.abc import Mapping
from typing import Any

from django import template

from core.converters import scattered
from petitions.selectors.veiling import may_need_veil, veil

register = template.Library()


@register.filter
def marks_of(petition: Any, marks: dict[int, list[tuple[str, str]]]) -> list[tuple[str, str]]:
    """The (word, tone) pairs of one row."""
    return marks.get(petition.pk, [])


@register.filter
def lift_form(forms: Mapping[str, Any], hold_pk: int) -> Any:
    """The form that lifts this hold, where the reader gets one."""
    return forms.get(f"lift-{scattered(hold_pk)}")


@register.simple_tag(takes_context=True)
def title_of(context: Any, petition: Any) -> str:
    """The title of a case as whoever reads this page may have it. Queries only for the few that may need a veil."""
    if not may_need_veil(petition):
        return str(petition.subject)
    return veil(petition, context["request"].actor, petition.subject)
