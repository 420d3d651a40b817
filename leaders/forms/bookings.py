"""Asking for a place, looking it up, and another leader instead. Forms clean input; the services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Post
from core.forms import BaseForm, RowChoice
from core.timekeeping import han_date
from core.widgets import PickerSelect
from leaders.forms.fields import PostChoice
from leaders.models import VisitDay
from leaders.services.bookings import LONGEST_MATTER, MOST_HEADS, NewBooking
from petitions.selectors.same_person import can_be_dialled


class BookingForm(BaseForm):
    """Everything about the person may be left out."""

    use_required_attribute = False

    matter = forms.CharField(
        label=_("想谈什么事？"),
        help_text=_(
            "一两句话就可以。已有信访件的，可以只填下面的编号。检举干部违纪的，请不要写在这里，走“我要反映”。"
        ),
        required=False,
        max_length=LONGEST_MATTER,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    number = forms.CharField(label=_("信访件编号（没有就不填）"), required=False, max_length=40)
    code = forms.CharField(
        label=_("查询码（填了编号才要）"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(label=_("怎么称呼您？（可以不填）"), required=False, max_length=100)
    phone = forms.CharField(
        label=_("电话（可以不填）"),
        help_text=_("留了电话，有变动我们打给您；不留，请凭预约号和查询码自己来查。"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    heads = forms.IntegerField(
        label=_("几个人来？"),
        required=False,
        min_value=1,
        max_value=MOST_HEADS,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if phone and not can_be_dialled(phone):
            raise forms.ValidationError(_("这个电话少了几位，打不通。请核对；不想留电话的，请清空这一项。"))
        return phone

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("matter") and not data.get("number") and not {"matter", "number"} & set(self.errors):
            self.add_error("matter", _("请写一句要谈什么事，或填已有信访件的编号。"))
        return data

    def booking(self, petition: Any) -> NewBooking:
        data = self.cleaned_data
        return NewBooking(
            petition=petition,
            matter=data["matter"],
            name=data["name"],
            phone=data["phone"],
            heads=data["heads"] or 1,
        )


class DeskBookingForm(BookingForm):
    """By telephone, or for somebody who came: the clerk reads cases by one's own right and needs no code."""

    code = None  # type: ignore[assignment]
    field_order = ("name", "phone", "matter", "number", "heads")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["matter"].label = _("要谈什么事")
        self.fields["name"].label = _("称呼")
        self.fields["phone"].label = _("电话")
        self.fields["phone"].help_text = _("留了电话，有变动才能打过去。")
        self.fields["heads"].label = _("人数")


class BookingQueryForm(BaseForm):
    number = forms.CharField(label=_("预约号"), max_length=20)
    code = forms.CharField(
        label=_("查询码"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class _DayChoice(RowChoice):
    def label_from_instance(self, obj: Any) -> str:
        return f"{han_date(obj.starts_at)} {obj.hours} {obj.leader}"


class ReplaceForm(BaseForm):
    """Either another leader takes the day, or two leaders exchange their days."""

    post = PostChoice(
        label=_("由这位领导顶班"),
        queryset=Post.objects.none(),
        required=False,
        widget=PickerSelect(remember="leaders"),
    )
    other = _DayChoice(
        label=_("或者与这一场换班"), queryset=VisitDay.objects.none(), required=False, widget=PickerSelect()
    )
    reason = forms.CharField(label=_("原因"), max_length=200)

    def __init__(self, *args: Any, posts: Any, days: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].queryset = posts  # type: ignore[attr-defined]
        self.fields["other"].queryset = days  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and bool(data.get("post")) == bool(data.get("other")):
            self.add_error(None, _("请在“顶班”和“换班”中选一项填写。"))
        return data
