"""Inputs that the desk's forms share: a box to type a unit in, several of them, and texts with quick picks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from core.timekeeping import SHANGHAI


class PickerSelect(forms.Select):
    """A select that picker.js turns into a combobox; by itself it stays a select. The way to a unit (its path in the
    tree) travels with each option."""

    def __init__(self, *args: Any, remember: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.remember = remember

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(*args, **kwargs)
        shown = getattr(option["value"], "instance", None)
        if isinstance(shown, Unit):
            option["attrs"]["data-keys"] = f"{shown.name} {shown.code}"
        elif shown is not None and hasattr(shown, "level1"):
            option["attrs"]["data-path"] = f"{shown.level1} › {shown.level2}"
        return option

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        given = {**self.attrs, **(attrs or {})}
        given["class"] = " ".join(sorted({*given.get("class", "").split(), "form-select"}))
        select = super().render(name, value, given, renderer)
        return format_html(
            '<div class="picker" data-picker data-remember="{}">{}</div>', self.remember, select
        )


class SeveralPickers(forms.SelectMultiple):
    """Several comboboxes under one name: at least three, always one empty."""

    def __init__(self, *args: Any, words: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = words

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return [
            value
            for value in (data.getlist(name) if hasattr(data, "getlist") else data.get(name, []))
            if value
        ]

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        chosen = [str(one) for one in value or []]
        one = PickerSelect(remember="units", choices=[("", "---------"), *self.choices])
        base = (attrs or {}).get("id", f"id_{name}")
        boxes = []
        for n in range(max(3, len(chosen) + 1)):
            box_id = base if n == 0 else f"{base}_{n}"
            picked = chosen[n] if n < len(chosen) else ""
            label = format_html(
                '<label class="visually-hidden" for="{}">{} {}</label>', box_id, self.words, n + 1
            )
            boxes.append((label, one.render(name, picked, attrs={"id": box_id}, renderer=renderer)))
        return format_html('<div class="several-pickers">{}</div>', format_html_join("", "{}{}", boxes))


class PickedText(forms.Textarea):
    """A text with the usual sentences as buttons (desk.js puts them in; without it they are not shown)."""

    def __init__(self, picks: Sequence[Any] = (), rows: int = 4, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"rows": rows, **(attrs or {})})
        self.picks = picks

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        text = super().render(name, value, attrs, renderer)
        if not self.picks:
            return text
        buttons = format_html_join(
            "",
            '<button class="btn btn-sm btn-outline-primary" type="button" data-pick>{}</button>',
            ((pick,) for pick in self.picks),
        )
        return format_html(
            '{}<div class="quick-picks" data-picks-for="{}" role="group" aria-label="{}" hidden>{}</div>',
            text,
            (attrs or {}).get("id", f"id_{name}"),
            _("常用语句"),
            buttons,
        )


class UnitChoice(forms.ModelChoiceField):
    """One unit, by its short name."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", PickerSelect(remember="units"))
        kwargs.setdefault("error_messages", {}).setdefault(
            "invalid_choice", _("不能选择这个单位，请从列表中选择。")
        )
        super().__init__(queryset=Unit.objects.none(), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.label)


class UnitsChoice(forms.ModelMultipleChoiceField):
    """Any number of units."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", SeveralPickers(words=kwargs.get("label", "")))
        super().__init__(queryset=Unit.objects.none(), **kwargs)
        self.error_messages["invalid_choice"] = _("不能选择这个单位，请从列表中选择。")
        self.error_messages["invalid_pk_value"] = _("不能选择这个单位，请从列表中选择。")

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.label)


class MomentField(forms.DateTimeField):
    """A local moment (Asia/Shanghai) from ``datetime-local``; cleaned to an aware datetime."""

    widget = forms.DateTimeInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        )
        super().__init__(input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"], **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value.astimezone(SHANGHAI).replace(tzinfo=None) if hasattr(value, "astimezone") else value
