"""Template tags of the house; what each shows is described in templates/components/README.md."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.forms import FileField
from django.http import HttpRequest, QueryDict
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import text, timekeeping
from core.converters import scattered
from core.icons import SPRITE

register = template.Library()
# A row's id, where a page needs one to tell its parts apart: not how many rows there are.
register.filter("scattered", scattered)

TONES = ("info", "soon", "late", "done", "sealed", "plain")
# A shape beside the colour, so that no state is told by colour alone.
SHAPES = {"late": "●", "soon": "▲", "done": "✓", "info": "◔", "plain": "–", "sealed": "◆"}
LAMP_WORDS = {"late": "已超期", "soon": "将到期", "done": "已按时", "info": "正常", "plain": "", "sealed": ""}
OPEN_FILTERS = 5


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One outlined icon from our sprite. Without ``label`` it is hidden from screen readers."""
    href = f"{static(SPRITE)}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, href)
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"/></svg>', href)


def _badge(label: Any, tone: str) -> dict[str, str]:
    tone = tone if tone in TONES else "plain"
    return {"label": str(label), "tone": tone, "shape": SHAPES[tone]}


@register.inclusion_tag("components/status_badge.html")
def status_badge(thing: Any, tone: str = "") -> dict[str, str]:
    """``thing``: an enum member with ``label`` and ``tone``, a row with ``state``, or plain words."""
    state = getattr(thing, "state", thing)
    if hasattr(state, "label"):
        return _badge(state.label, tone or getattr(state, "tone", "plain"))
    if hasattr(thing, "get_status_display"):
        return _badge(thing.get_status_display(), tone or getattr(thing, "status_tone", "plain"))
    return _badge(thing, tone or "plain")


@register.inclusion_tag("components/clock_pill.html")
def clock_pill(clock: Any, link: bool = True, at: datetime | None = None) -> dict[str, Any]:
    """The lamp, rule, words and due moment of one clock; ``clock`` may be None.

    Uses ``rule.name, due_at, raw_due_at, stopped_at, provisional`` and, where there are,
    ``lamp(at)``, ``is_right`` and ``get_explanation_url()``. Reads no table beyond ``clock.rule``.
    """
    if clock is None:
        return {"clock": None}
    at = at or timekeeping.now()
    left = timekeeping.time_left(clock.due_at, at=at)
    tone, words = _clock_words(clock, left, at)
    explain = getattr(clock, "get_explanation_url", None)
    return {
        "clock": clock,
        "words": words,
        "tone": tone,
        "shape": SHAPES[tone],
        "lamp": LAMP_WORDS[tone],
        "counting": left.counting and not clock.stopped_at,
        "url": explain() if link and explain else "",
        "due": clock.due_at.astimezone(timekeeping.SHANGHAI),
        "rolled": clock.raw_due_at < clock.due_at,
    }


def _clock_words(clock: Any, left: timekeeping.TimeLeft, at: datetime) -> tuple[str, str]:
    if getattr(clock, "is_right", False) and (clock.stopped_at or left.late):
        return "plain", "已结束"  # somebody's right, used or not: nobody was late
    if clock.stopped_at:
        over = int((clock.stopped_at - clock.due_at).total_seconds())
        if over > 0:
            if over < timekeeping.MINUTE:
                return "late", "超时不到 1 分钟完成"
            return "late", f"超 {timekeeping.length_text(over)}完成"
        return "done", "按时完成"
    if left.late:
        return "late", left.text
    tone = "soon" if left.seconds < timekeeping.DAY else "info"
    if hasattr(clock, "lamp"):
        # Red before the due moment: the raw day has passed and only a holiday roll is left.
        tone = str(clock.lamp(at))
    return (tone if tone in TONES else "info"), left.text


@register.filter
def friendly_moment(value: datetime | None) -> str:
    """今天 16:50, 昨天 08:05, else 2026-10-08 16:50; nothing for None."""
    return timekeeping.friendly_moment(value) if value else ""


@register.filter
def han_date(value: date | datetime | None) -> str:
    """2026年10月8日（周四）; nothing for None."""
    return timekeeping.han_date(value) if value else ""


@register.filter
def full_moment(value: datetime | None) -> str:
    """2026年11月23日（周一）16:50, for paper; nothing for None."""
    return timekeeping.full_moment(value) if value else ""


@register.filter
def desk_date(value: date | datetime | None) -> str:
    """2026-10-08, the day in China; nothing for None."""
    if not value:
        return ""
    return (timekeeping.local_day(value) if isinstance(value, datetime) else value).isoformat()


@register.filter
def masked_name(value: str | None) -> str:
    """张小三 → 张*三."""
    return text.mask_name(value or "")


@register.filter
def masked_phone(value: str | None) -> str:
    """13812341234 → 138****1234."""
    return text.mask_phone(value or "")


@register.filter
def masked_id_number(value: str | None) -> str:
    """110105199001010021 → 110***********0021."""
    return text.mask_id_number(value or "")


@register.simple_tag(takes_context=True)
def keep_filters(context: template.Context, **changes: Any) -> str:
    """The present query string with ``changes`` (None drops a key); a change of filter drops the cursor.

    ``<a href="{% keep_filters status='accepted' %}">``. Begins with "?", also when empty.
    """
    request: HttpRequest | None = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    if "cursor" not in changes:
        query.pop("cursor", None)
    for key, value in changes.items():
        if value is None or value == "":
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}" if query else "?"


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: template.Context, page: Any, target: str = "") -> dict[str, Any]:
    """Links to the page before and after, filters kept. ``target``: id that htmx swaps, if any."""
    return {
        "previous": keep_filters(context, cursor=page.prev_cursor) if page.prev_cursor else "",
        "next": keep_filters(context, cursor=page.next_cursor) if page.next_cursor else "",
        "target": target,
    }


@register.inclusion_tag("components/filter_bar.html", takes_context=True)
def filter_bar(context: template.Context, form: Any, target: str = "", label: str = "筛选") -> dict[str, Any]:
    """A GET form of a FilterSet: the first five fields in the open, the rest in a drawer.

    Keys of the address that are no fields (a saved view, say) travel along as hidden inputs.
    """
    request: HttpRequest | None = context.get("request")
    fields = list(form.visible_fields())
    names = {part for field in form for part in _html_names(field)} | {"cursor"}
    others = [(k, v) for k, vs in request.GET.lists() if k not in names for v in vs] if request else []
    rest = fields[OPEN_FILTERS:]
    used = [field for field in rest if _has_value(field)]
    return {
        "form": form,
        "front": fields[:OPEN_FILTERS],
        "rest": rest,
        "used": len(used),
        "others": others,
        "target": target,
        "label": label,
        "path": request.path if request else "",
    }


def _html_names(field: Any) -> list[str]:
    """Names in the address of one field; a range field has several (from, to)."""
    suffixes = getattr(field.field.widget, "suffixes", None) or []
    return [field.html_name, *[f"{field.html_name}_{suffix}" for suffix in suffixes]]


def _has_value(field: Any) -> bool:
    value = field.value()
    return any(value) if isinstance(value, (list, tuple)) else bool(value)


@register.filter
def with_class(field: Any, css: str) -> SafeString:
    """Render a bound field with classes that fit its widget: form-select, form-check-input or ``css``."""
    kind = field.widget_type
    if kind in {"select", "selectmultiple", "nullbooleanselect", "booleanwidget", "lazyselect"}:
        css = css.replace("form-control", "form-select")
    if kind == "checkbox":
        css = "form-check-input"
    if field.errors:
        css = f"{css} is-invalid"
    return field.as_widget(attrs={"class": f"{field.field.widget.attrs.get('class', '')} {css}".strip()})


@register.inclusion_tag("components/form_errors.html")
def form_errors(
    form: Any, heading: str = "", *, files_lost: bool = False, more: Iterable[Any] = ()
) -> dict[str, Any]:
    """A summary above a form that was not accepted: each error a link to its field.

    ``heading`` replaces the usual one, which says that what was filled in is kept: a form that only asks
    (query, login, filter) has nothing to lose. ``files_lost``: files were chosen, and a browser does not send them
    back; the heading then says so, wherever on the page their field is. ``more``: sentences about the form that are
    not its own, as of rows below it.
    """
    lines = [(field.id_for_label, field.label, field.errors) for field in form if field.errors]
    files = [field.id_for_label for field in form if isinstance(field.field, FileField)] if files_lost else []
    general = [*form.non_field_errors(), *more]
    return {
        "lines": lines,
        "general": general,
        "heading": heading,
        "places": len(lines) + len(general),
        "files_lost": files_lost,
        "files": files[0] if files else "",
    }


@register.filter
def level_tone(tags: str) -> str:
    """The tone of a Django message by its tags."""
    words = set(re.split(r"\s+", tags or ""))
    return (
        "late"
        if "error" in words
        else "soon"
        if "warning" in words
        else "done"
        if "success" in words
        else "info"
    )
