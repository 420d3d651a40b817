"""Reception days. Forms clean input; the services decide."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import UnitKind
from accounts.models import Post, Unit
from core.forms import BaseForm
from core.timekeeping import SHANGHAI, now
from core.widgets import PickerMany, PickerSelect
from leaders.enums import VisitKind
from leaders.forms.fields import PostChoice, date_field, text_field


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
