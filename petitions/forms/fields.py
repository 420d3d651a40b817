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
from core.widgets import PickerMany, PickerSelect

__all__ = ["MomentField", "PickedText", "PickerMany", "PickerSelect", "UnitChoice", "UnitsChoice"]


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
        kwargs.setdefault("widget", PickerMany(remember="units"))
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
