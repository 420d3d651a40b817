"""被反映的工作人员: the staff a case complains of, named at the counter and by the officer who classifies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from core.timekeeping import now
from core.widgets import PickerMany
from petitions.forms.base import ActForm
from petitions.selectors import staff

#: What comes of naming somebody; said where they are named.
OUT_OF_IT = _(
    "保存后本人立即回避本件，看不到、也收不到提醒；是单位负责人而没有选被反映单位的，该单位按被反映单位处理，它和它的下级不能办理。"
)


class StaffPicker(PickerMany):
    """Only those chosen are in the page; picker.js fetches others by name (``selectors.staff.options``).

    ``said`` is what the petitioner wrote and ``suggested`` somebody in office whose name stands in it: a tick of its
    own, empty until whoever reads it sets it.
    """

    said: str = ""
    suggested: User | None = None

    def optgroups(self, name: str, value: Any, attrs: dict[str, Any] | None = None) -> list[Any]:
        wanted = [text for text in map(str, value or []) if text.isdecimal() and len(text) < 19]
        aside = self.suggested.pk if self.suggested else None
        people = self.choices.queryset.filter(pk__in=wanted).exclude(pk=aside) if wanted else []  # type: ignore[attr-defined]
        return [
            (None, [self.create_option(name, one.pk, staff.label_of(one, now()), True, place)], place)
            for place, one in enumerate(people)
        ]

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        select = forms.SelectMultiple.render(
            self, name, value, {**self.attrs, **(attrs or {}), "class": "form-select"}, renderer
        )
        box = format_html(
            '<div class="picker picker-many" data-picker data-src="{}" data-placeholder="{}">{}</div>',
            reverse("petitions:person_options"),
            _("姓名，至少两个字"),
            select,
        )
        return format_html("{}{}{}", box, self._what_was_said(), self._suggestion(name, value))

    def _what_was_said(self) -> SafeString:
        if not self.said:
            return SafeString("")
        return format_html('<p class="form-text">{}</p>', _("信访人写的是：“%s”") % self.said)

    def _suggestion(self, name: str, value: Any) -> SafeString:
        if self.suggested is None:
            return SafeString("")
        return format_html(
            '<label class="form-check"><input class="form-check-input" type="checkbox" name="{}" value="{}"{}>'
            " {}</label>",
            name,
            self.suggested.pk,
            " checked" if str(self.suggested.pk) in map(str, value or []) else "",
            _("是%s，请核对后勾选") % staff.label_of(self.suggested, now()),
        )


class StaffChoice(forms.ModelMultipleChoiceField):
    """被反映的工作人员: people in office, found by name. ``near`` is a unit of the district they are looked for in."""

    widget = StaffPicker

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=User.objects.none(), required=False, **kwargs)
        for code in ("invalid_choice", "invalid_pk_value"):
            self.error_messages[code] = _("选的人没有找到，可能已不在岗，请重新查找。")

    def look_near(self, near: Unit, at: datetime) -> None:
        self.queryset = staff.in_office(near, at)

    def suggest(self, text: str, near: Unit, at: datetime) -> None:
        """Show what the petitioner wrote, and whose name stands in it."""
        self.widget.said, self.widget.suggested = text, staff.named_in(text, near, at)


def ask_about_staff(form: ActForm) -> None:
    """Look for the staff complained of in the actor's district, beside what the petitioner wrote of them."""
    assert form.actor.unit is not None
    field = form.fields["complained_people"]
    field.look_near(form.actor.unit, form.at)  # type: ignore[attr-defined]
    field.suggest(form.petition.complained_text, form.actor.unit, form.at)  # type: ignore[attr-defined]
