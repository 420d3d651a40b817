"""Forms of this room. They clean input; the services decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from core.converters import row_of, scattered
from core.forms import BaseForm, day_field
from core.text import names_in
from core.timekeeping import SHANGHAI, now
from core.widgets import CHOOSE
from documents.enums import Series, ServiceMethod, ServiceOutcome
from documents.models import PaperTemplate
from documents.models.templates import FieldSpec
from documents.services import NewDelivery
from documents.services.drafting import LONGEST
from papers.people import Value

#: Fields that hold a list: one item a line.
LISTS = frozenset({"requests", "outcomes", "cases", "missing_items", "attachments", "milestones"})
#: Fields of one line.
SHORT = frozenset(
    {
        "to",
        "case_number",
        "lead",
        "days",
        "contact",
        "phone",
        "approver",
        "path_item",
        "responsible_unit",
        "review_body",
    }
    | {
        "final_body",
        "final_number",
        "handling_body",
        "opinion_number",
        "review_number",
        "mode",
        "server",
        "method",
    }
    | {
        "assigned_number",
        "sent_number",
        "source",
        "how",
        "paper",
        "recipient",
        "when",
        "where",
        "cc",
        "people",
    }
    | {"competent_body", "received", "decision"}
)
LONG = frozenset({"facts", "answer", "handling", "reasons", "finding"})
WAYS = [way for way in ServiceMethod.choices if way[0] != ServiceMethod.PHONE]


class PaperForm(BaseForm):
    """The fields of a paper, as its template declares them. Nothing is required here: a draft may be kept unfinished,
    and what the law asks for is asked for when it is handed in and when it is signed."""

    def __init__(self, template: PaperTemplate, fields: Mapping[str, Value], data: Any = None) -> None:
        super().__init__(data, auto_id="field_%s")
        for spec in template.specs:
            self.fields[spec.name] = _field(spec, fields.get(spec.name, ""))
        self.fields["revision"] = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
        self.helper.render_unmentioned_fields = True

    @property
    def values(self) -> dict[str, Value]:
        """As the paper keeps them."""
        names = [name for name in self.fields if name != "revision"]
        return {name: _kept(name, self.cleaned_data.get(name, "")) for name in names}

    def now_at(self, revision: int) -> None:
        """Saved again, it takes the place of what is kept now: whoever sends it has been told."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["revision"] = str(revision)
        self.data = data

    def mark(self, lacking: Iterable[FieldSpec]) -> None:
        """Say at each field that the law asks for it."""
        for spec in lacking:
            self.add_error(spec.name, _now("请填写：%(basis)s要求写明。") % {"basis": spec.basis})


def _kept(name: str, text: str) -> Value:
    if name not in LISTS:
        return text
    return [line.strip() for line in text.splitlines() if line.strip()]


def _field(spec: FieldSpec, value: Value) -> forms.CharField:
    shown = "\n".join(value) if isinstance(value, list) else value
    short = spec.name in SHORT or spec.name.endswith("_on")
    rows = 8 if spec.name in LONG else 3
    widget = forms.TextInput() if short and "\n" not in shown else forms.Textarea(attrs={"rows": rows})
    helps = [_now("一行一项。")] if spec.name in LISTS else []
    if spec.required and spec.basis.startswith("《"):
        helps.append(spec.basis)
    field = forms.CharField(
        label=spec.label,
        required=False,
        initial=shown,
        widget=widget,
        help_text="".join(helps),
        validators=[MaxLengthValidator(LONGEST)],  # without the counter that ``max_length`` brings along
    )
    field.widget.attrs["aria-required"] = "true" if spec.required else "false"
    return field


class SendBackForm(BaseForm):
    note = forms.CharField(
        label=_("退回的理由和要修改的地方"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )


class DiscardForm(BaseForm):
    reason = forms.CharField(label=_("作废的理由"), widget=forms.Textarea(attrs={"rows": 2}), max_length=500)


class RaiseForm(BaseForm):
    """Of whoever writes: why a leader should sign. Of a leader also: who signs after all."""

    reason = forms.CharField(label=_("理由"), widget=forms.Textarea(attrs={"rows": 2}), max_length=500)


class ServeForm(BaseForm):
    """One try. The petitioners' representatives are offered by name to whoever may know them."""

    outcome = forms.ChoiceField(
        label=_("结果"), choices=ServiceOutcome.choices, initial=ServiceOutcome.SERVED
    )
    method = forms.ChoiceField(label=_("送达方式"), choices=[("", CHOOSE), *WAYS])
    recipient = forms.CharField(label=_("受送达人（签收人）"), max_length=200)
    tried_at = forms.DateTimeField(
        label=_("收到时间"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("收到、签收的时间；公告的填写公告之日；没有送到的填写送交的时间。"),
    )
    place = forms.CharField(label=_("送达地点"), max_length=200, required=False)
    witnesses = forms.CharField(
        label=_("见证人"), max_length=200, required=False, help_text=_("留置送达须有两名，用顿号隔开。")
    )
    proof = forms.CharField(
        label=_("证明"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=2000,
        help_text=_("邮件编号、照片存放处、公告的地点和原因等。"),
    )
    consented = forms.BooleanField(label=_("受送达人已同意电子送达"), required=False)

    def __init__(self, data: Any = None, *, recipient: str = "", place: str = "") -> None:
        super().__init__(data, auto_id="serve_%s")
        self.fields["recipient"].initial, self.fields["place"].initial = recipient, place
        self.fields["tried_at"].initial = now().astimezone(SHANGHAI).replace(second=0, microsecond=0)
        self.helper.render_unmentioned_fields = True

    def new(self, issued_at: datetime | None) -> NewDelivery:
        """The form knows minutes: what was handed over in the minute of its issue was so after it."""
        data = self.cleaned_data
        tried_at = data["tried_at"]
        if issued_at is not None and tried_at < issued_at < tried_at.replace(second=0) + timedelta(minutes=1):
            tried_at = issued_at
        return NewDelivery(
            method=ServiceMethod(data["method"]),
            recipient=data["recipient"],
            tried_at=tried_at,
            outcome=ServiceOutcome(data["outcome"]),
            place=data["place"],
            witnesses=names_in(data["witnesses"]),
            proof=data["proof"],
            consented=data["consented"],
        )


class WordForm(BaseForm):
    """机关代字 of a unit. ``units``: those that this actor keeps."""

    unit = forms.ChoiceField(label=_("机构"))
    series = forms.ChoiceField(
        label=_("编号系列"),
        choices=[one for one in Series.choices if one[0] != Series.NONE],
        initial=Series.GENERAL,
    )
    word = forms.CharField(
        label=_("机关代字"), max_length=20, help_text=_("如“清信告”，印作：清信告〔2026〕12号。")
    )

    def __init__(self, data: Any = None, *, units: Iterable[Unit]) -> None:
        super().__init__(data)
        self.units = {scattered(unit.pk): unit for unit in units}
        choices = [(key, unit.label) for key, unit in self.units.items()]
        self.fields["unit"].choices = choices if len(choices) == 1 else [("", CHOOSE), *choices]  # type: ignore[attr-defined]
        self.helper.render_unmentioned_fields = True


class TemplateForm(BaseForm):
    """A new version of a template; its fields as lines ``名称 | 标签 | 依据 | 必填``."""

    title = forms.CharField(label=_("标题"), max_length=200)
    body = forms.CharField(label=_("正文"), widget=forms.Textarea(attrs={"rows": 16}), max_length=LONGEST)
    fields_text = forms.CharField(
        label=_("字段"),
        widget=forms.Textarea(attrs={"rows": 12}),
        max_length=LONGEST,
        help_text=_("一行一个：字段名 | 名称 | 依据 | 必填或选填。正文里用大括号写字段名，如{to}。"),
    )
    valid_from = day_field(_("启用日期"))

    def __init__(self, data: Any = None, *, template: PaperTemplate | None = None) -> None:
        super().__init__(data)
        if template is not None:
            lines = "\n".join(line_of(spec) for spec in template.specs)
            self.initial = {"title": template.title, "body": template.body, "fields_text": lines}
        self.helper.render_unmentioned_fields = True

    def clean_fields_text(self) -> list[FieldSpec]:
        found = []
        for number, line in enumerate(self.cleaned_data["fields_text"].splitlines(), start=1):
            if not line.strip():
                continue
            parts = [part.strip() for part in line.replace("｜", "|").split("|")]
            if len(parts) != 4 or not parts[0] or not parts[1] or parts[3] not in {"必填", "选填"}:
                words = _now("第 %(n)d 行看不懂，请写成：字段名 | 名称 | 依据 | 必填或选填。")
                raise forms.ValidationError(words % {"n": number})
            found.append(FieldSpec(parts[0], parts[1], parts[2], parts[3] == "必填"))
        return found


def line_of(spec: FieldSpec) -> str:
    return f"{spec.name} | {spec.label} | {spec.basis} | {'必填' if spec.required else '选填'}"


def subject_id(text: str) -> int | None:
    """The id that a form sent scattered; None for none, or for what is no such number."""
    try:
        return row_of(int(text)) if text else None
    except (ValueError, OverflowError):
        return -1
