"""The clerk's form: everything may be empty but what happened, and nothing about a person ever blocks."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from core.forms import BaseForm, CleanedFormMixin, day_field
from core.timekeeping import SHANGHAI, local_day
from petitions.enums import Channel, Kind, PersonRole, Urgency
from petitions.forms.public import (
    LARGEST_HEAD_COUNT,
    LONGEST_REQUEST,
    MOST_REQUESTS,
    TOO_LONG,
    checked,
    file_field,
)
from petitions.forms.staff import StaffChoice
from petitions.models import Category, Petition
from petitions.models.people import MOST_REPRESENTATIVES
from petitions.selectors import categories
from petitions.selectors.same_person import Known
from petitions.services.registering import LONGEST_BODY, NewPerson, NewPetition

CHANNELS = (Channel.VISIT, Channel.LETTER, Channel.PHONE, Channel.TYPED_IN, Channel.RECEPTION)
KINDS = [("", _("未定")), *Kind.choices]
MOST_PERSONS = 50
OPENING = time(9, 0)
#: Whether the matter is the first nationwide; only the national platform knows, so most stay open.
FIRST_NATIONWIDE = [("", _("不清楚")), ("yes", _("是")), ("no", _("否"))]
NOT_FOUND = {"invalid_choice": _("这一项没有找到，请重新选择。")}
NOT_A_NUMBER = {
    "invalid": _("请填数字，比如 12。"),
    "min_value": _("至少是 1。"),
    "max_value": _("这个数太大了，请核对。"),
}


class LazySelect(forms.Select):
    """A select with its chosen option alone; picker.js fetches the others while one types."""

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        options = [self.create_option(name, "", "", not any(value), 0)]
        rows = getattr(self.choices, "queryset", None)
        chosen = next((text for text in value if str(text).isdecimal() and len(str(text)) < 19), None)
        row = rows.filter(pk=chosen).first() if rows is not None and chosen else None
        if row is not None:
            label = PickedField.label_from_instance(row)
            options.append(self.create_option(name, row.pk, label, True, 1))
        return [(None, options, 0)]


class PickedField(forms.ModelChoiceField):
    """One row found by typing. The queryset is set by the form; a forged id is an error at the field."""

    widget = LazySelect

    def __init__(self, label: Any) -> None:
        super().__init__(queryset=None, required=False, label=label, error_messages=NOT_FOUND)

    @staticmethod
    def label_from_instance(obj: Any) -> str:
        return obj.level3 if isinstance(obj, Category) else str(obj.label)


def _line(label: Any, most: int, **attrs: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=most,
        error_messages=TOO_LONG,
        widget=forms.TextInput(attrs={"autocomplete": "off", **attrs}),
    )


def _count(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        initial=1,
        min_value=1,
        max_value=LARGEST_HEAD_COUNT,
        error_messages=NOT_A_NUMBER,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class PersonForm(CleanedFormMixin, forms.Form):
    """One person; a row left empty is no person. A failed check digit is no error."""

    use_required_attribute = False

    name = _line(_("姓名"), 100)
    id_number = _line(_("证件号"), 30, spellcheck="false")
    phone = _line(_("电话"), 30, inputmode="tel")
    address = _line(_("住址"), 200)
    role = forms.ChoiceField(
        label=_("身份"), choices=PersonRole.choices, initial=PersonRole.PETITIONER, required=False
    )

    def person(self) -> NewPerson | None:
        data = self.cleaned_data
        if not any(data.get(name) for name in ("name", "id_number", "phone", "address")):
            return None
        return NewPerson(
            name=data["name"],
            id_number=data["id_number"],
            phone=data["phone"],
            address=data["address"],
            role=PersonRole(data["role"] or PersonRole.PETITIONER),
        )


class BasePersonFormSet(forms.BaseFormSet):
    def persons(self) -> list[NewPerson]:
        """The people named; call after ``is_valid``."""
        return [person for person in (form.person() for form in self.forms) if person is not None]

    def clean(self) -> None:
        if any(self.errors):
            return
        have = sum(person.role == PersonRole.REPRESENTATIVE for person in self.persons())
        if have > MOST_REPRESENTATIVES:
            raise forms.ValidationError(
                _now(
                    "代表最多登记 %(most)d 人，现在有 %(have)d 人。请把其他人改为“同行人”，或只填在“人数”里。"
                )
                % {"most": MOST_REPRESENTATIVES, "have": have}
            )


PersonFormSet = forms.formset_factory(
    PersonForm, formset=BasePersonFormSet, extra=1, max_num=MOST_PERSONS, absolute_max=MOST_PERSONS + 10
)


class RegisterForm(BaseForm):
    """登记, in the order in which people speak."""

    use_required_attribute = False

    channel = forms.ChoiceField(
        label=_("信访形式"),
        choices=[(channel.value, channel.label) for channel in CHANNELS],
        initial=Channel.VISIT,
        widget=forms.RadioSelect,
    )
    batch_count = _count(_("批次"))
    head_count = _count(_("人数"))
    anonymous = forms.BooleanField(label=_("匿名"), required=False)
    confidential = forms.BooleanField(label=_("保密"), required=False)
    subject = _line(_("标题"), 200)
    body = forms.CharField(
        label=_("内容"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 7, "data-count-into": "body-count"}),
    )
    requests = forms.CharField(
        label=_("诉求（一行一条）"), required=False, widget=forms.Textarea(attrs={"rows": 7})
    )
    kind = forms.ChoiceField(label=_("信访目的"), choices=KINDS, required=False, widget=forms.RadioSelect)
    urgency = forms.ChoiceField(
        label=_("紧急程度"),
        choices=Urgency.choices,
        initial=Urgency.NORMAL,
        required=False,
        widget=forms.RadioSelect,
    )
    category = PickedField(_("内容分类"))
    place_unit = PickedField(_("问题属地"))
    place_text = _line(_("具体地点"), 200)
    complained_unit = PickedField(_("被反映单位"))
    complained_people = StaffChoice(label=_("被反映的工作人员"))
    complained_text = _line(_("其他被反映的人或单位"), 200)
    received_on = day_field(
        _("收到日期"),
        required=False,
        error_messages={"invalid": _("日期请写成 2026-10-08 这样。")},
    )
    national_number = _line(_("国家平台编号"), 40, spellcheck="false")
    first_nationwide = forms.TypedChoiceField(
        label=_("全国初次"),
        choices=FIRST_NATIONWIDE,
        coerce=lambda answer: answer == "yes",
        empty_value=None,
        required=False,
    )
    attachments = file_field(_("附件"))
    original = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)
    join = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.at = actor, at
        self.fields["category"].queryset = categories.current_categories()  # type: ignore[attr-defined]
        self.fields["place_unit"].queryset = categories.places()  # type: ignore[attr-defined]
        self.fields["complained_unit"].queryset = categories.units()  # type: ignore[attr-defined]
        if actor.unit is not None:
            self.fields["complained_people"].look_near(actor.unit, at)  # type: ignore[attr-defined]

    def clean_subject(self) -> str:
        return " ".join(str(self.cleaned_data["subject"]).split("\n"))

    def clean_body(self) -> str:
        body = str(self.cleaned_data["body"])
        if len(body) > LONGEST_BODY:
            sentence = _now("内容有 %(have)s 字，最多 %(most)s 字。请精简，或把详细材料作为附件上传。")
            raise forms.ValidationError(sentence % {"have": f"{len(body):,}", "most": f"{LONGEST_BODY:,}"})
        return body

    def clean_requests(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["requests"].split("\n") if line.strip()]
        if len(lines) > MOST_REQUESTS:
            raise forms.ValidationError(_now("最多写 %(n)d 条，请合并几条。") % {"n": MOST_REQUESTS})
        if any(len(line) > LONGEST_REQUEST for line in lines):
            raise forms.ValidationError(
                _now("每一条最多 %(n)d 字，请缩短或分成几行。") % {"n": LONGEST_REQUEST}
            )
        return lines

    def clean_received_on(self) -> date | None:
        day: date | None = self.cleaned_data["received_on"]
        if day is not None and day > local_day(self.at):
            raise forms.ValidationError(_now("收到日期不能晚于今天。"))
        if day is not None and day.year < 2000:
            raise forms.ValidationError(_now("收到日期太早了，请核对年份。"))
        return day

    def clean_attachments(self) -> list[UploadedFile]:
        return checked(self.cleaned_data["attachments"])

    def clean_original(self) -> Petition | None:
        """The earlier case chosen beside the form; only one this actor may see."""
        number = str(self.cleaned_data["original"])
        if not number:
            return None
        found: Petition | None = Petition.objects.visible_to(self.actor).filter(number=number).first()
        if found is None:
            raise forms.ValidationError(_now("要关联的原件没有找到，请重新选择。"))
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not {"body", "subject"} & self.errors.keys() and not data["body"] and not data["subject"]:
            self.add_error("body", _now("请写下要反映的事情，一句话也可以。"))
        return data

    def received_at(self) -> datetime | None:
        """None for today: the moment of registration itself. An earlier day counts from its opening hour."""
        day = self.cleaned_data["received_on"]
        if day is None or day == local_day(self.at):
            return None
        return datetime.combine(day, OPENING, tzinfo=SHANGHAI)

    def petition(self, persons: list[NewPerson]) -> NewPetition:
        """What was taken down, for the registering door. Call after ``is_valid``."""
        data = self.cleaned_data
        return NewPetition(
            channel=Channel(data["channel"]),
            body=data["body"],
            subject=data["subject"],
            requests=data["requests"],
            persons=persons,
            kind=data["kind"],
            category_id=data["category"].pk if data["category"] else None,
            place_unit=data["place_unit"],
            place_text=data["place_text"],
            urgency=Urgency(data["urgency"] or Urgency.NORMAL),
            complained_unit=data["complained_unit"],
            complained_text=data["complained_text"],
            complained_people=list(data["complained_people"]),
            anonymous=data["anonymous"],
            confidential=data["confidential"],
            head_count=data["head_count"] or 1,
            batch_count=data["batch_count"] or 1,
            national_number=data["national_number"],
            first_nationwide=data["first_nationwide"],
            received_at=self.received_at(),
            files=data["attachments"],
        )


def known_so_far(data: Any) -> list[tuple[int, Known]]:
    """The persons of a half-written form, by row, without any check; for the hints beside it."""
    total = str(data.get("persons-TOTAL_FORMS", ""))
    rows = min(int(total), MOST_PERSONS) if total.isdecimal() and len(total) < 6 else 0
    return [
        (
            n,
            Known(
                *(
                    str(data.get(f"persons-{n}-{name}", ""))
                    for name in ("name", "id_number", "phone", "address")
                )
            ),
        )
        for n in range(rows)
    ]
