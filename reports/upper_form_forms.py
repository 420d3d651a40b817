"""Which month of which unit goes into which form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from core.errors import Refusal
from core.forms import BaseForm, RowChoice
from reports import asking
from reports.periods import Month


class UpperForm(BaseForm):
    """``units``: those whose figures the hat may ask for."""

    month = forms.CharField(
        label=_("月份"),
        max_length=7,
        widget=forms.TextInput(attrs={"type": "month", "placeholder": "2026-10"}),
    )
    unit = RowChoice(label=_("单位"), queryset=Unit.objects.none(), empty_label=None)
    file = forms.FileField(
        label=_("上级下发的报表（XLSX，不带宏，最大 5 MB）"),
        help_text=_("只填起了下列名称的格，其余照原样退回。报表本身不保存，填好的文件过几天自动删除。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
    )

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, RowChoice)
        field.queryset = units

    def clean_month(self) -> Month:
        try:
            return asking.month_of(self.cleaned_data["month"])
        except Refusal as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal
