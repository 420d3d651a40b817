"""Forms of this room. They clean input; the services decide."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import UnitKind
from accounts.models import Post, Unit
from core.forms import BaseForm
from core.timekeeping import SHANGHAI, now
from core.widgets import PickerMany, PickerSelect
from leaders.enums import PackageLevel, VisitKind
from leaders.services.instructions import NOBODY_ABLE, default_due_on

DAY = {"type": "date"}
#: 批示 most often says one of these; the rest is typed.
QUICK_PICKS = (
    _("请于7日内研究提出意见。"),
    _("请抓紧办理，按期答复信访人。"),
    _("请主要负责人当面听取诉求，查清事实。"),
    _("请会同有关单位研究，提出解决方案。"),
)
QUICK_REASONS = (_("初信初访未化解，重复反映"), _("涉及人数多"), _("时间长、情况复杂"))


def date_field(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"), **kwargs)


def text_field(label: Any, rows: int = 3, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class PostChoice(forms.ModelChoiceField):
    """A leader, by name and post."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user.get_full_name()}（{obj.label}）"


class PackageForm(BaseForm):
    number = forms.CharField(label=_("信访件编号"), max_length=40)
    post = PostChoice(label=_("包案领导"), queryset=Post.objects.none())
    level = forms.TypedChoiceField(
        label=_("层级"), choices=PackageLevel.choices, coerce=int, initial=PackageLevel.IN_CHARGE
    )
    target_on = date_field(_("目标日期"))
    reason = text_field(_("包案理由"))

    def __init__(self, *args: Any, posts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].queryset = posts  # type: ignore[attr-defined]
        self.fields["post"].initial = posts[0].pk if len(posts) == 1 else None
        self.fields["target_on"].initial = now().date() + timedelta(days=60)


class StrikeOffForm(BaseForm):
    evidence = text_field(
        _("销案依据"),
        4,
        help_text=_("例如：处理意见已落实，当事人已确认，回访情况。销案不等于办结，案件按自己的程序继续。"),
    )


class InstructionForm(BaseForm):
    quick = forms.ChoiceField(
        label=_("常用批示"),
        required=False,
        widget=forms.RadioSelect,
        choices=[(str(n), text) for n, text in enumerate(QUICK_PICKS, start=1)],
    )
    text = text_field(
        _("批示内容"), required=False, help_text=_("选了常用批示的，可以不写；写了的接在后面。")
    )
    unit = forms.ModelChoiceField(label=_("承办单位"), queryset=Unit.objects.none(), empty_label=None)
    due_on = date_field(_("办理期限"))
    token = forms.CharField(widget=forms.HiddenInput, max_length=60)

    def __init__(self, *args: Any, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        field.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units])  # type: ignore[attr-defined]
        field.initial = units[0].pk if units else None
        if not units:
            field.error_messages["required"] = NOBODY_ABLE
        self.fields["due_on"].initial = default_due_on(now())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        quick = data.get("quick")
        picked = str(QUICK_PICKS[int(quick) - 1]) if quick else ""
        data["words"] = (picked + data.get("text", "")).strip()
        if not data["words"]:
            self.add_error("text", _("请选一条常用批示，或写下批示内容。"))
        return data


class ReportForm(BaseForm):
    text = text_field(_("办理情况"), 4)


class AcknowledgeForm(BaseForm):
    text = text_field(_("阅示意见"), 2, required=False)
    due_on = date_field(_("继续办理的期限"), required=False)
    enough = forms.ChoiceField(choices=[("yes", _("知道了")), ("no", _("不够"))], widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].initial = default_due_on(now())


class DayForm(BaseForm):
    post = PostChoice(label=_("领导"), queryset=Post.objects.none(), widget=PickerSelect(remember="leaders"))
    kind = forms.ChoiceField(label=_("方式"), choices=VisitKind.choices)
    day = date_field(_("日期"))
    start = forms.TimeField(
        label=_("开始"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), initial=time(9, 0)
    )
    end = forms.TimeField(
        label=_("结束"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), initial=time(11, 30)
    )
    place_unit = forms.ModelChoiceField(
        label=_("地点所在单位"), queryset=Unit.objects.none(), widget=PickerSelect(remember="places")
    )
    place_text = forms.CharField(
        label=_("具体地点"), max_length=200, help_text=_("居民照着能找到，例如：东溪镇政府一楼信访接待室。")
    )
    accompanying = forms.ModelMultipleChoiceField(
        label=_("陪同单位"),
        queryset=Unit.objects.none(),
        required=False,
        widget=PickerMany(remember="units"),
    )
    note = text_field(_("说明"), 2, required=False)
    published = forms.BooleanField(label=_("向社会公布"), required=False, initial=True)

    def __init__(self, *args: Any, posts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].queryset = posts  # type: ignore[attr-defined]
        units = Unit.objects.active(now().date()).order_by("path")
        self.fields["place_unit"].queryset = units  # type: ignore[attr-defined]
        small = [UnitKind.VILLAGE, UnitKind.STATION, UnitKind.DISTRICT]
        self.fields["accompanying"].queryset = units.exclude(kind__in=small)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day, start, end = data.get("day"), data.get("start"), data.get("end")
        if day and start and end:
            data["starts_at"] = datetime.combine(day, start, SHANGHAI)
            data["ends_at"] = datetime.combine(day, end, SHANGHAI)
            if end <= start:
                self.add_error("end", _("结束时间须晚于开始时间。"))
        return data


class CancelDayForm(BaseForm):
    reason = forms.CharField(
        label=_("取消原因"), max_length=200, help_text=_("会显示在公开页上，居民看得到。")
    )


class ReceiveForm(BaseForm):
    """One talk. With a number it belongs to a known case; without one a new case is registered."""

    post = PostChoice(label=_("接访领导"), queryset=Post.objects.none())
    number = forms.CharField(
        label=_("信访件编号"), max_length=40, required=False, help_text=_("新反映的事项不填。")
    )
    subject = forms.CharField(label=_("标题（新事项）"), max_length=200, required=False)
    body = text_field(_("反映的内容（新事项）"), required=False)
    name = forms.CharField(label=_("来访人姓名（新事项）"), max_length=100, required=False)
    phone = forms.CharField(label=_("电话（新事项）"), max_length=30, required=False)
    heads = forms.IntegerField(label=_("人数"), min_value=1, max_value=1_000_000, initial=1)
    said = text_field(_("谈话内容"), 4)
    token = forms.CharField(widget=forms.HiddenInput, max_length=60)

    def __init__(self, *args: Any, posts: Any, known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].queryset = posts  # type: ignore[attr-defined]
        self.fields["post"].initial = posts[0].pk if len(posts) == 1 else None
        if known:
            for name in ("number", "subject", "body", "name", "phone"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        is_new = "subject" in self.fields and not data.get("number")
        if is_new and not data.get("subject") and not data.get("body"):
            self.add_error("body", _("新事项请写明反映的内容；已有的信访件请填编号。"))
        return data


class PromiseForm(BaseForm):
    """A row may stay empty; one that says something needs a person and a day."""

    text = forms.CharField(label=_("承诺事项"), max_length=500, required=False)
    to_whom = forms.CharField(label=_("向谁承诺"), max_length=100, required=False)
    due_on = date_field(_("何时兑现"), required=False)
    task = forms.BooleanField(label=_("转为批示，由承办单位办理"), required=False, initial=True)

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
