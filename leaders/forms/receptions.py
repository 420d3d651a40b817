"""A talk and what was promised in it. Forms clean input; the services decide."""

from __future__ import annotations

from datetime import date
from typing import Any

from crispy_forms.layout import HTML, Layout
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.enums import UnitKind
from accounts.models import Post, Unit
from core.forms import BaseForm, day_field
from core.timekeeping import local_day, now
from core.widgets import PickerMany, PickerSelect
from leaders.forms.fields import PostChoice, text_field
from petitions.forms.acts import KINDS, PATHS
from petitions.forms.fields import PickedText
from petitions.forms.public_fields import checked, file_field

PHRASES = (
    _("已当面听取诉求，把政策依据讲清楚。"),
    _("请承办单位上门核实后答复。"),
    _("已说明办理程序、期限和救济途径。"),
    _("会后由信访局跟踪督办。"),
)
#: What is asked only where the case is not known yet.
NEW_MATTER = ("subject", "body", "name", "phone", "case_kind", "case_path")


def phrases() -> tuple[Any, ...]:
    """RECEPTION_PHRASES, or what is said in most talks."""
    return tuple(getattr(settings, "RECEPTION_PHRASES", ())) or PHRASES


def slip_field() -> forms.Field:
    field = file_field(_("签字单（拍照，可以不传）"))
    field.help_text = _("拍下签好字的记录单；也可以请来访人在下面的框里签名。")
    return field


class TalkForm(BaseForm):
    """What a talk at a desk and a visit at home have in common. With a number it belongs to a known case; without one a
    new case is registered."""

    post = PostChoice(label=_("接访领导"), queryset=Post.objects.none())
    number = forms.CharField(
        label=_("信访件编号"), max_length=40, required=False, help_text=_("新反映的事项不填。")
    )
    subject = forms.CharField(label=_("标题"), max_length=200, required=False)
    body = text_field(_("反映的内容"), required=False)
    name = forms.CharField(label=_("信访人姓名"), max_length=100, required=False)
    phone = forms.CharField(label=_("电话"), max_length=30, required=False)
    people = forms.CharField(
        label=_("来的是谁"),
        max_length=500,
        required=False,
        help_text=_("几个人的写在一起，例如：张某某、李某某夫妇。只有读得到本件的人看得见。"),
    )
    heads = forms.IntegerField(label=_("人数"), min_value=1, max_value=1_000_000, initial=1)
    said = text_field(_("谈话内容"), 4)
    slip = slip_field()
    token = forms.CharField(widget=forms.HiddenInput, max_length=60)

    def __init__(self, *args: Any, posts: Any, known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].queryset = posts  # type: ignore[attr-defined]
        self.fields["post"].initial = posts[0].pk if len(posts) == 1 else None
        if known:
            for name in {"number", *NEW_MATTER} & set(self.fields):
                del self.fields[name]

    def fold(self, *, shut: bool) -> None:
        """A new matter under one line, which is open unless ``shut``; sent back it is always open."""
        names = [name for name in self.fields if name != "token"]
        new = [name for name in names if name in NEW_MATTER]
        if not new:
            return
        at = names.index(new[0])
        head = format_html(
            '<details class="step new-matter"{}><summary><h2 class="h6 m-0">{}</h2></summary>',
            "" if shut and not self.is_bound else SafeString(" open"),
            _("新反映的事项"),
        )
        rest = [name for name in names[at:] if name not in NEW_MATTER]
        self.helper.layout = Layout(*names[:at], HTML(head), *new, HTML("</details>"), *rest, "token")

    def clean_slip(self) -> list[UploadedFile]:
        return checked(self.cleaned_data["slip"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        is_new = "subject" in self.fields and not data.get("number")
        if is_new and not data.get("subject") and not data.get("body"):
            self.add_error("body", _("新事项请写明反映的内容；已有的信访件请填编号。"))
        return data


class ReceiveForm(TalkForm):
    """One talk at the desk; ``desk``: the departments that sit there together (组团接访)."""

    case_kind = forms.ChoiceField(
        label=_("信访目的（当场转给在场部门的要选）"), choices=(("", _("以后再定")), *KINDS), required=False
    )
    case_path = forms.ChoiceField(
        label=_("办理路径（申诉求决须选）"), choices=(("", _("以后再定")), *PATHS), required=False
    )
    asked = text_field(_("诉求"), 2, required=False, max_length=5000)
    desk = forms.ModelMultipleChoiceField(
        label=_("在场部门（组团接访）"),
        queryset=Unit.objects.none(),
        required=False,
        widget=PickerMany(remember="units"),
        help_text=_(
            "几个部门一起接访的，选上；每项承诺落到其中一个部门，还没有承办的，信访干部记录时一并转送或列为协办。"
        ),
    )
    field_order = (
        "post", "number", "subject", "body", "name", "phone", "case_kind", "case_path", "people", "heads", "asked",
        "said", "desk", "slip",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["said"].widget = PickedText(phrases(), rows=4)
        self.fields["desk"].queryset = units_that_sit()  # type: ignore[attr-defined]


class HomeVisitForm(TalkForm):
    """上门走访, short: whom, where, what was found, what changed."""

    place_unit = forms.ModelChoiceField(
        label=_("走到哪里"),
        queryset=Unit.objects.none(),
        widget=PickerSelect(remember="places"),
        error_messages={"required": _("请选择走访的镇街或村社。")},
    )
    changed = text_field(
        _("有什么变化"),
        2,
        required=False,
        max_length=5000,
        help_text=_("和上一次相比，解决了什么，还差什么。"),
    )
    visited_on = day_field(_("哪天走访的"), required=False, help_text=_("不填就是今天。"))
    field_order = (
        "post", "visited_on", "number", "subject", "body", "name", "phone", "people", "heads", "place_unit", "said",
        "changed", "slip",
    )  # fmt: skip

    def clean_visited_on(self) -> Any:
        day = self.cleaned_data["visited_on"]
        if day is not None and day > local_day(now()):
            raise forms.ValidationError(_("走访日期不能晚于今天。"))
        return day

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [UnitKind.TOWN, UnitKind.VILLAGE, UnitKind.STATION]
        units = Unit.objects.active(local_day(now())).filter(kind__in=places).order_by("path")
        self.fields["place_unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["post"].label = _("走访的领导")
        self.fields["people"].label = _("走访了谁")
        self.fields["said"].label = _("了解到什么")


def units_that_sit() -> Any:
    """Units that may sit at a desk and be asked to keep a promise."""
    small = [UnitKind.VILLAGE, UnitKind.STATION, UnitKind.DISTRICT]
    return Unit.objects.active(local_day(now())).exclude(kind__in=small).order_by("path")


class KeptForm(BaseForm):
    text = text_field(_("怎样兑现的"), 2, max_length=500)


class PromiseForm(BaseForm):
    """A row may stay empty; one that says something needs a person and a day."""

    text = forms.CharField(label=_("承诺事项"), max_length=500, required=False)
    to_whom = forms.CharField(label=_("向谁承诺"), max_length=100, required=False)
    due_on = day_field(_("何时兑现"), required=False)
    unit = forms.ModelChoiceField(
        label=_("承办单位"),
        queryset=Unit.objects.none(),
        required=False,
        help_text=_("不选就是主办单位；还没有转送的，是登记单位。"),
        widget=PickerSelect(remember="units"),
    )
    task = forms.BooleanField(label=_("转为批示，由承办单位办理"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Units that hold a case may be villages too: the service says which of them may be asked.
        self.fields["unit"].queryset = Unit.objects.active(local_day(now())).order_by("path")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("text"):
            if not data.get("to_whom"):
                self.add_error("to_whom", _("请写明向谁承诺。"))
            due_on = data.get("due_on")
            if not due_on and "due_on" not in self.errors:
                self.add_error("due_on", _("请写明何时兑现。"))
            elif isinstance(due_on, date) and due_on <= now().date():
                self.add_error("due_on", _("兑现日期须在今天之后。"))
        elif data.get("to_whom") or data.get("due_on"):
            self.add_error("text", _("请写明承诺了什么。"))
        return data


PromiseFormSet = forms.formset_factory(PromiseForm, extra=3, max_num=10, validate_max=True)
