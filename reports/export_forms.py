"""What is to stand in an exported list of cases."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import BaseForm
from petitions.forms.reveal import reason_field
from reports.case_columns import COLUMNS, PEOPLE, USUAL, WRITTEN
from reports.models import FileForm
from reports.services.exports import LIST_FORMS

CHOSEN = {"invalid_choice": _("没有这一列，请从列表中勾选。")}


class ListExportForm(BaseForm):
    """``names_people``: whether this hat is offered what names people at all."""

    form = forms.ChoiceField(
        label=_("文件格式"),
        choices=[(form.value, form.label) for form in LIST_FORMS],
        initial=FileForm.XLSX,
        widget=forms.RadioSelect,
    )
    columns = forms.MultipleChoiceField(
        label=_("列"),
        choices=[(code, column.name) for code, column in COLUMNS.items()],
        initial=USUAL,
        widget=forms.CheckboxSelectMultiple,
        error_messages={**CHOSEN, "required": _("请至少选一列。")},
    )
    people = forms.MultipleChoiceField(
        label=_("信访人信息"),
        help_text=_("与信访件页面一致：您可以联系的信访人写全，其余遮盖；保密件写“身份保密”。会记入日志。"),
        choices=[(code, column.name) for code, column in PEOPLE.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=CHOSEN,
    )
    reason = reason_field(
        _("导出理由（选了信访人信息、内容或具体地点时必填，记入日志）"),
        [_("集中电话回访"), _("制作、送达文书"), _("核对重复信访")],
        required=False,
    )

    def __init__(self, *args: Any, names_people: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not names_people:
            del self.fields["people"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        personal = data.get("people") or not WRITTEN.isdisjoint(data.get("columns") or ())
        if personal and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("选了信访人信息、内容或具体地点，请写明导出理由。"))
        return data

    @property
    def chosen(self) -> list[str]:
        """Codes of columns, of cases and of people."""
        return [*self.cleaned_data["columns"], *self.cleaned_data.get("people", ())]
