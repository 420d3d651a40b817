"""A round of packages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from core.forms import BaseForm, day_field


class RoundForm(BaseForm):
    name = forms.CharField(label=_("轮次"), max_length=60)
    unit = forms.ModelChoiceField(label=_("范围"), queryset=Unit.objects.none())
    starts_on = day_field(_("开始"))
    ends_on = day_field(_("结束"))

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
