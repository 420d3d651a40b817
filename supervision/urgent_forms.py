"""Forms of what is grave and urgent: short, because somebody waits on the phone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import BaseForm
from core.widgets import CHOOSE
from petitions.forms.fields import UnitsChoice
from supervision.enums import Line
from supervision.forms import text_field


class DispatchForm(BaseForm):
    units = UnitsChoice(label=_("调度的属地和部门"), help_text=_("一次选好，同时通知。"))
    place = forms.CharField(label=_("地点"), max_length=200)
    situation = text_field(
        _("情况和趋势"), 3, help_text=_("发生了什么、涉及什么人、有什么诉求、会怎样发展。")
    )
    heads = forms.IntegerField(label=_("涉及人数"), required=False, min_value=0, max_value=1_000_000)
    measures = text_field(_("已采取的措施"), 2, required=False)
    #: What is filled in beforehand could go out by one press, and cannot be called back.
    sure = forms.BooleanField(
        label=_("单位、地点和情况已经核对，现在就通知"),
        error_messages={"required": _("调度不能撤回：请核对以后勾选，再按“立即调度”。")},
    )
    token = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["units"]
        field.queryset = units
        field.error_messages["required"] = _("请选择要调度的属地和部门。")


class NoteForm(BaseForm):
    text = text_field(_("进展"), 2)


class ReportUpForm(BaseForm):
    line = forms.ChoiceField(label=_("报送方向"), choices=[("", CHOOSE), *Line.choices])
    to_whom = forms.CharField(label=_("报送对象"), max_length=200)
    text = text_field(_("报送内容"), 3)


class ClearForm(BaseForm):
    result = text_field(_("处置结果"), 2)
