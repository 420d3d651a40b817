"""Selects that become boxes to type in. Without scripts each stays the select it is (static/js/picker.js)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

#: What an empty first choice says, in place of Django's dashes.
CHOOSE, CHOOSE_NONE = _("请选择"), _("不选")
DASHES = "---------"


def say_empty_choices(fields: dict[str, forms.Field]) -> None:
    """Put words where Django draws dashes: 请选择 where an answer is needed, 不选 where none is."""
    for field in fields.values():
        words = CHOOSE if field.required else CHOOSE_NONE
        if isinstance(field, forms.ModelChoiceField):
            if field.empty_label == DASHES:
                field.empty_label = words
        elif isinstance(field, forms.ChoiceField):
            choices: list[Any] = list(field.choices)  # type: ignore[arg-type]
            if ("", DASHES) in choices:
                field.choices = [("", words) if choice == ("", DASHES) else choice for choice in choices]


class Suggest(forms.TextInput):
    """A box to type in with what there is to choose from below it, without any script. ``suggestions``: pairs of what
    is put into the box and what is said beside it, asked for when the box is drawn."""

    def __init__(
        self, *args: Any, suggestions: Callable[[], Iterable[tuple[str, str]]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.suggestions = suggestions

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        key = f"{(attrs or {}).get('id', name)}_suggestions"
        box = super().render(name, value, {**(attrs or {}), "list": key, "autocomplete": "off"}, renderer)
        options = format_html_join("", '<option value="{}">{}</option>', self.suggestions())
        return format_html('{}<datalist id="{}">{}</datalist>', box, key, options)


class _Findable:
    """Options tell the script by which more words they are found and what stands above them."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(*args, **kwargs)  # type: ignore[misc]
        row: Any = getattr(option["value"], "instance", None)
        if row is not None and hasattr(row, "level1"):
            option["attrs"]["data-path"] = f"{row.level1} › {row.level2}"
        elif row is not None and hasattr(row, "code"):
            option["attrs"]["data-keys"] = f"{getattr(row, 'name', '')} {row.code}"
        return option


def _with_class(given: dict[str, Any]) -> dict[str, Any]:
    return {**given, "class": " ".join(sorted({*given.get("class", "").split(), "form-select"}))}


class PickerSelect(_Findable, forms.Select):
    """One choice found by typing. ``remember`` names the list of the last five, kept in the browser."""

    def __init__(self, *args: Any, remember: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.remember = remember

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        select = super().render(name, value, _with_class({**self.attrs, **(attrs or {})}), renderer)
        return format_html(
            '<div class="picker" data-picker data-remember="{}">{}</div>', self.remember, select
        )


class PickerMany(_Findable, forms.SelectMultiple):
    """Several choices, each found by typing and shown as a mark that can be taken away; else a multiple select."""

    def __init__(self, *args: Any, remember: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.remember = remember
        self.attrs.setdefault("size", 6)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        values = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return list(dict.fromkeys(value for value in values or [] if value))

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        select = super().render(name, value, _with_class({**self.attrs, **(attrs or {})}), renderer)
        hint = '<span class="form-text" data-without-script>{}</span>'
        return format_html(
            '<div class="picker picker-many" data-picker data-remember="{}">{}' + hint + "</div>",
            self.remember,
            select,
            _("按住 Ctrl 键可以选几个。"),
        )
