"""The resident's forms: filing, query, evaluation, supplement. Everything but what happened is optional."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.forms import BaseForm
from petitions.enums import Channel, Kind, PersonRole, Rating
from petitions.forms.public_fields import (
    CategoryField,
    Choices,
    CommunityField,
    PathSelect,
    RepresentativesField,
    TownField,
    checked,
    file_field,
)
from petitions.models.people import MOST_REPRESENTATIVES
from petitions.selectors import public as selectors
from petitions.selectors.same_person import LEAST_DIGITS, can_be_dialled
from petitions.services.registering import LONGEST_BODY, NewPerson, NewPetition

LONGEST_REQUEST = 500
MOST_REQUESTS = 20
LARGEST_HEAD_COUNT = 2_147_483_647  # the column's own limit; nobody is turned away by it
TOO_LONG = {"max_length": _("最多 %(limit_value)d 字，现在有 %(show_value)d 字，请缩短。")}
UNDIALLED = _("这个电话少了几位，打不通。请核对；不想留电话的，请清空这一项。")
KIND_CHOICES = (
    (Kind.APPEAL, _("遇到难处，想请政府解决")),
    (Kind.SUGGESTION, _("提意见、建议")),
    (Kind.ACCUSATION, _("举报干部违纪违法")),
)


class FilingForm(BaseForm):
    """我要反映. Only ``body`` must say something; nothing about the person is ever asked for."""

    use_required_attribute = False

    body = forms.CharField(
        label=_("发生了什么事？"),
        help_text=_("什么时候、什么地方、谁、怎么回事。想到什么写什么，一句话也可以。"),
        widget=forms.Textarea(attrs={"rows": 8, "data-count": LONGEST_BODY}),
        error_messages={"required": _("请写下要反映的事情，一句话也可以。")},
    )
    requests = forms.CharField(
        label=_("您希望怎么解决？（可以不填）"),
        help_text=_("一行写一条，答复时会逐条回应。"),
        widget=forms.Textarea(
            attrs={"rows": 3, "data-most-lines": MOST_REQUESTS, "data-line-most": LONGEST_REQUEST}
        ),
        required=False,
    )
    kind = forms.ChoiceField(
        label=_("这是哪一种？"),
        choices=KIND_CHOICES,
        widget=Choices,
        initial=Kind.APPEAL,
        required=False,
    )
    attachments = file_field(_("照片、材料（可以不传）"))
    town = TownField(
        label=_("哪个街道、乡镇？（可以不选）"),
        queryset=None,
        required=False,
        empty_label=_("请选择，说不清可以不选"),
    )
    community = CommunityField(
        label=_("哪个社区、村？（可以不选）"),
        queryset=None,
        required=False,
        empty_label=_("请选择，说不清可以不选"),
        widget=PathSelect(attrs={"data-parent": "id_town"}),
    )
    place_text = forms.CharField(
        label=_("具体地点（可以不填）"),
        help_text=_("比如：柳湾路 18 号门口、人民医院对面。"),
        max_length=200,
        required=False,
        error_messages=TOO_LONG,
    )
    complained_text = forms.CharField(
        label=_("涉及哪个单位或哪个人？（可以不填）"), max_length=200, required=False, error_messages=TOO_LONG
    )
    category = CategoryField(
        label=_("属于哪一类？（可以不选）"),
        help_text=_("不确定就不选，由工作人员来分。"),
        queryset=None,
        required=False,
        empty_label=_("不选"),
        widget=PathSelect,
    )
    anonymous = forms.BooleanField(label=_("匿名"), required=False)
    confidential = forms.BooleanField(label=_("保密"), required=False)
    name = forms.CharField(
        label=_("姓名（可以不填）"),
        max_length=100,
        required=False,
        error_messages=TOO_LONG,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=_("电话（可以不填）"),
        help_text=_("留了电话，我们会打给您；不留，请凭编号和查询码来看结果。"),
        max_length=30,
        required=False,
        error_messages=TOO_LONG,
        widget=forms.TextInput(
            attrs={
                "type": "tel",
                "autocomplete": "tel",
                "inputmode": "tel",
                "data-least-digits": LEAST_DIGITS,
                "data-problem": UNDIALLED,
            }
        ),
    )
    address = forms.CharField(
        label=_("住址（可以不填）"),
        max_length=200,
        required=False,
        error_messages=TOO_LONG,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    head_count = forms.IntegerField(
        label=_("一共多少人？"),
        min_value=1,
        max_value=LARGEST_HEAD_COUNT,
        initial=1,
        required=False,
        help_text=_("只有您自己就填 1。人数不设上限。"),
        error_messages={
            "invalid": _("人数请填数字，比如 12。"),
            "min_value": _("人数至少是 1。"),
            "max_value": _("这个人数太大了，请核对。"),
        },
        widget=forms.NumberInput(
            attrs={"inputmode": "numeric", "data-problem": _("人数请填 1 或更大的数字，比如 12。")}
        ),
    )
    representatives = RepresentativesField(label=_("代表（可以不填，最多 5 位）"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["town"].queryset = selectors.towns()  # type: ignore[attr-defined]
        self.fields["community"].queryset = selectors.communities()  # type: ignore[attr-defined]
        self.fields["category"].queryset = selectors.current_categories()  # type: ignore[attr-defined]
        for name in ("town", "community", "category"):
            self.fields[name].error_messages["invalid_choice"] = _("这一项没有找到，请重新选择。")

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        if len(body) > LONGEST_BODY:
            sentence = _now("内容有 %(have)s 字，最多 %(most)s 字。请精简，或把详细材料作为附件上传。")
            raise forms.ValidationError(sentence % {"have": f"{len(body):,}", "most": f"{LONGEST_BODY:,}"})
        return body

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if phone and not can_be_dialled(phone):
            raise forms.ValidationError(UNDIALLED)
        return phone

    def clean_requests(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["requests"].split("\n") if line.strip()]
        if len(lines) > MOST_REQUESTS:
            raise forms.ValidationError(_now("最多写 %(n)d 条，请合并几条。") % {"n": MOST_REQUESTS})
        if any(len(line) > LONGEST_REQUEST for line in lines):
            raise forms.ValidationError(
                _now("每一条最多 %(n)d 字，请缩短或分成几行。") % {"n": LONGEST_REQUEST}
            )
        return lines

    def clean_attachments(self) -> list[UploadedFile]:
        return checked(self.cleaned_data["attachments"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("anonymous") and data.get("representatives"):
            self.add_error(
                "anonymous",
                _("您选了匿名，又写了代表的姓名。请去掉其中一样；不想让被反映的单位知道，可以改选“保密”。"),
            )
        return data

    @property
    def representative_rows(self) -> list[tuple[int, str, str]]:
        """Rows to draw: what was written, filled up to five."""
        value = self["representatives"].value()
        rows = list(value) if isinstance(value, list) else []
        rows += [("", "")] * (MOST_REPRESENTATIVES - len(rows))
        return [(number, name, phone) for number, (name, phone) in enumerate(rows, start=1)]

    def petition(self) -> NewPetition:
        """What was handed in, for the registering door. Call after ``is_valid``."""
        data = self.cleaned_data
        return NewPetition(
            channel=Channel.ONLINE,
            body=data["body"],
            requests=data["requests"],
            persons=self._persons(),
            kind=data["kind"] or Kind.APPEAL,
            category_id=data["category"].pk if data["category"] else None,
            place_unit=data["community"] or data["town"],
            place_text=data["place_text"],
            complained_text=data["complained_text"],
            anonymous=data["anonymous"],
            confidential=data["confidential"],
            head_count=data["head_count"] or 1,
            files=data["attachments"],
        )

    def _persons(self) -> list[NewPerson]:
        data = self.cleaned_data
        named = {"name": data["name"], "address": data["address"]} if not data["anonymous"] else {}
        persons = [
            NewPerson(name=name, phone=phone, role=PersonRole.REPRESENTATIVE)
            for name, phone in data["representatives"]
        ]
        if any(named.values()) or data["phone"]:
            persons.append(NewPerson(phone=data["phone"], **named))
        return persons


class QueryForm(BaseForm):
    """Number and code; what is wrong with them is never said apart."""

    use_required_attribute = False

    number = forms.CharField(
        label=_("编号"),
        help_text=_("在回执上，比如 339999-2026-0417230。"),
        error_messages={"required": _("请填写编号。")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    code = forms.CharField(
        label=_("查询码"),
        help_text=_("10 个字母和数字，不分大小写，中间的横线可以不输。"),
        error_messages={"required": _("请填写查询码。")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class EvaluateForm(BaseForm):
    """满意度评价: the office and the unit apart, nothing chosen beforehand."""

    use_required_attribute = False
    missing = {"required": _("请选一项。"), "invalid_choice": _("请在三项里选一项。")}

    office_rating = forms.TypedChoiceField(
        label=_("信访部门（登记、转送、督促）"),
        choices=Rating.choices,
        coerce=int,
        widget=Choices,
        error_messages=missing,
    )
    unit_rating = forms.TypedChoiceField(
        label=_("责任单位（办理、答复）"),
        choices=Rating.choices,
        coerce=int,
        widget=Choices,
        error_messages=missing,
    )
    comment = forms.CharField(
        label=_("想说的话（可以不填）"),
        required=False,
        max_length=2000,
        error_messages=TOO_LONG,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SupplementForm(BaseForm):
    """补充材料."""

    use_required_attribute = False

    text = forms.CharField(
        label=_("补充说明"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "data-count": LONGEST_BODY}),
    )
    attachments = file_field(_("补充的照片、材料"))

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if len(text) > LONGEST_BODY:
            sentence = _now("补充说明有 %(have)s 字，最多 %(most)s 字，请精简。")
            raise forms.ValidationError(sentence % {"have": f"{len(text):,}", "most": f"{LONGEST_BODY:,}"})
        return text

    def clean_attachments(self) -> list[UploadedFile]:
        return checked(self.cleaned_data["attachments"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not data["text"] and not data["attachments"]:
            self.add_error("text", _("请写明补充的内容，或上传材料。"))
        return data
