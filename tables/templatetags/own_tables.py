"""A cell of a table. A wide table has thousands, and a template of its own for each takes ten times as long."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from reports.selectors.board import Number, RateCell

register = template.Library()


@register.simple_tag
def table_cell(cell: Number | RateCell) -> str:
    """The number, or the rate with its counts, each led to its list where there is one."""
    if isinstance(cell, Number):
        return _linked(cell, f"{cell.label} {cell.text}") if cell.url else cell.text
    if cell.part is None or cell.whole is None:
        return cell.text
    rest: str | SafeString = ""
    if cell.rest is not None:
        rest = format_html(' <span class="rate-rest">{} {}</span>', cell.rest.label, _side(cell, cell.rest))
    return format_html(
        '<span class="rate">{}</span> <span class="rate-of">{}/{}{}</span>',
        *(cell.text, _side(cell, cell.part), _side(cell, cell.whole), rest),
    )


def _side(cell: RateCell, one: Number) -> str:
    return _linked(one, f"{cell.label}：{one.label} {one.text}") if one.url else one.text


def _linked(one: Number, label: str) -> SafeString:
    return format_html('<a href="{}" title="{}" aria-label="{}">{}</a>', one.url, one.label, label, one.text)
