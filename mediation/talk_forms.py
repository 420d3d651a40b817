"""Forms of talks among many. They clean input; the services decide."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.enums import UnitKind
from accounts.models import Post, Unit
from core.forms import AsShown, BaseForm
from core.timekeeping import han_date, local_day, now
from core.widgets import CHOOSE, PickerSelect
from mediation.models import Room
from mediation.models.talks import MOST_PEOPLE
from mediation.talk_enums import Fate, PanelKind, TalkKind
from petitions.forms.fields import MomentField, UnitChoice, UnitsChoice


def text_field(label: Any, rows: int = 3, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


def units_today() -> Any:
    return Unit.objects.active(local_day(now())).exclude(kind=UnitKind.DISTRICT).order_by("path")


class _Where(BaseForm):
    starts_at = MomentField(label=_("时间"))
    room = forms.ModelChoiceField(
        label=_("调解室"), queryset=Room.objects.none(), required=False, empty_label=_("不在调解室")
    )
    place = forms.CharField(
        label=_("地点"),
        max_length=200,
        required=False,
        help_text=_("不在调解室的必填，例如：阳光小区物业楼一楼活动室。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = local_day(now()) + timedelta(days=settings.TALK_NOTICE_DAYS)
        self.fields["starts_at"].help_text = _("须提前 %(n)d 日公告：今天公告的，最早可以定在%(day)s。") % {
            "n": settings.TALK_NOTICE_DAYS,
            "day": han_date(first),
        }
        self.fields["room"].queryset = Room.objects.select_related("unit")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("room") and not data.get("place") and not {"room", "place"} & set(self.errors):
            self.add_error("place", _("请选择调解室，或者写明地点。"))
        return data


class TalkForm(_Where):
    kind = forms.ChoiceField(label=_("形式"), choices=[("", CHOOSE), *TalkKind.choices])
    topic = forms.CharField(label=_("议题"), max_length=120, help_text=_("会公告，不写个人姓名。"))
    about = text_field(
        _("说明"), required=False, max_length=5000, help_text=_("会公告：为什么谈、谈哪些事、请谁来。")
    )
    seats = forms.IntegerField(label=_("座位"), min_value=1, max_value=MOST_PEOPLE, initial=40)
    about_units = UnitsChoice(
        label=_("涉及单位"), required=False, help_text=_("议题涉及的单位，其人员不作评议员。")
    )
    token = forms.CharField(widget=forms.HiddenInput, max_length=60)
    field_order = ("kind", "topic", "about", "starts_at", "room", "place", "seats", "about_units", "token")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about_units"].queryset = units_today()  # type: ignore[attr-defined]


class MoveForm(_Where):
    reason = text_field(_("改期的理由"), 2, max_length=500, help_text=_("会写在公告里。"))


class CallOffForm(BaseForm):
    reason = text_field(_("取消的理由"), 2, max_length=500, help_text=_("会写在公告里。"))


class _PostChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user.get_full_name()}（{obj.label}）"


class SeatForm(BaseForm):
    kind = forms.ChoiceField(label=_("身份"), choices=[("", CHOOSE), *PanelKind.choices])
    post = _PostChoice(
        label=_("工作人员"),
        queryset=Post.objects.none(),
        required=False,
        empty_label=CHOOSE,
        widget=PickerSelect(),
        help_text=_("身份是工作人员的在这里选。"),
    )
    name = forms.CharField(label=_("社会人士姓名"), required=False, max_length=50)
    body = forms.CharField(label=_("单位或者身份"), required=False, max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posts = Post.objects.current(local_day(now())).select_related("user", "unit")
        self.fields["post"].queryset = posts.order_by("unit__path", "id")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        staff = data.get("kind") == PanelKind.STAFF
        if staff and not data.get("post") and "post" not in self.errors:
            self.add_error("post", _("请选择在任的工作人员。"))
        if data.get("kind") and not staff:
            for name, words in (("name", _("请写明姓名。")), ("body", _("请写明单位或者身份。"))):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, words)
        return data


class HoldForm(BaseForm):
    came = forms.IntegerField(label=_("到场人数"), min_value=1, max_value=MOST_PEOPLE)
    minutes = text_field(_("恳谈记录"), 6, max_length=20_000, help_text=_("大家说了什么、怎样回应的。"))
    opinion = text_field(
        _("评议意见"),
        required=False,
        max_length=20_000,
        help_text=_("有评议员的填写。意见供参考，不具有约束力。"),
    )
    names = text_field(
        _("愿意留名的到场人"), 2, required=False, max_length=5000, help_text=_("用顿号分开；加密保存。")
    )
    agreed = forms.BooleanField(label=_("留名的人都已同意"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("names") and not data.get("agreed"):
            self.add_error("agreed", _("留名须本人同意：请确认，或者不填姓名。"))
        return data


class RaiseForm(BaseForm):
    text = text_field(_("事项"), 2, max_length=5000)


class SettleForm(BaseForm):
    fate = forms.ChoiceField(
        label=_("去向"),
        choices=[("", CHOOSE), *((one.value, one.label) for one in (Fate.ANSWERED, Fate.PASSED))],
    )
    unit = UnitChoice(label=_("转给单位"), required=False, help_text=_("转有关单位的必选。"))
    note = text_field(_("处理情况"), 2, max_length=5000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units_today()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("fate") == Fate.PASSED and not data.get("unit") and "unit" not in self.errors:
            self.add_error("unit", _("请选择转给哪个单位。"))
        return data


class LinkForm(BaseForm):
    number = forms.CharField(label=_("信访件编号"), max_length=40)


class RegisterForm(BaseForm):
    subject = forms.CharField(label=_("标题"), max_length=60, required=False)
    body = text_field(_("反映的事情"), 5, max_length=10_000)
    name = forms.CharField(label=_("姓名"), max_length=50, required=False)
    phone = forms.CharField(
        label=_("电话"), max_length=20, required=False, help_text=_("不愿意留的可以不填，照样登记。")
    )
    token = forms.CharField(widget=forms.HiddenInput, max_length=60)


class _Revised(AsShown):
    seen = "revision"
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class DraftForm(_Revised):
    text = text_field(
        _("公开纪要"), 6, max_length=20_000, help_text=_("居民会看到，不写任何个人的姓名、电话、住址。")
    )


class PublishForm(_Revised):
    no_names = forms.BooleanField(
        label=_("我已读过，纪要里没有个人姓名、电话和住址"),
        error_messages={"required": _("请核对后确认。")},
    )
