"""阅批. Forms clean input; the services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import UnitKind
from accounts.models import Unit
from core.forms import BaseForm
from core.timekeeping import local_day, now
from core.widgets import PickerSelect
from leaders.forms.fields import text_field

#: Units with a head who reads what comes in.
HEADED = (UnitKind.DEPARTMENT, UnitKind.TOWN)


class ReadForm(BaseForm):
    words = text_field(
        _("阅批意见（可以不填）"), 3, required=False, max_length=1000, help_text=_("写了的，承办的人会收到。")
    )


class DutyForm(BaseForm):
    unit = forms.ModelChoiceField(
        label=_("单位"), queryset=Unit.objects.none(), widget=PickerSelect(remember="units")
    )
    on = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.active(local_day(now())).filter(kind__in=HEADED).order_by("path")
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
