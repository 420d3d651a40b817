"""Reception days. Forms clean input; the services decide."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import UnitKind
from accounts.models import Post, Unit
from core.forms import BaseForm, day_field
from core.timekeeping import SHANGHAI, now
from core.widgets import PickerMany, PickerSelect
from leaders.enums import VisitKind, VisitPurpose
from leaders.forms.fields import (
    PostChoice,
    SiteChoice,
    minutes_field,
    slots_field,
    text_field,
    topics_field,
)
from leaders.models import Site


class DayForm(BaseForm):
    post = PostChoice(label=_("领导"), queryset=Post.objects.none(), widget=PickerSelect(remember="leaders"))
    kind = forms.ChoiceField(label=_("方式"), choices=VisitKind.choices)
    day = day_field(_("日期"))
    start = forms.TimeField(
        label=_("开始"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), initial=time(9, 0)
    )
    end = forms.TimeField(
        label=_("结束"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), initial=time(11, 30)
    )
    site = SiteChoice(
        label=_("接访场所"),
        queryset=Site.objects.none(),
        required=False,
        widget=PickerSelect(remember="sites"),
        help_text=_("选了场所，单位和地点用它的；没有登记的地方写在下面两项。"),
    )
    place_unit = forms.ModelChoiceField(
        label=_("地点所在单位"),
        queryset=Unit.objects.none(),
        required=False,
        widget=PickerSelect(remember="places"),
    )
    place_text = forms.CharField(
        label=_("具体地点"),
        max_length=200,
        required=False,
        help_text=_("居民照着能找到，例如：东溪镇政府一楼信访接待室。"),
    )
    slots = slots_field()
    slot_minutes = minutes_field()
    topics = topics_field()
    deputy = PostChoice(
        label=_("备岗领导"),
        queryset=Post.objects.none(),
        required=False,
        widget=PickerSelect(remember="leaders"),
        help_text=_("领导临时不能来时，由这位顶上。"),
    )
    purposes = forms.MultipleChoiceField(
        label=_("四下基层"),
        choices=VisitPurpose.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    accompanying = forms.ModelMultipleChoiceField(
        label=_("陪同单位"),
        queryset=Unit.objects.none(),
        required=False,
        widget=PickerMany(remember="units"),
    )
    note = text_field(_("说明"), 2, required=False, help_text=_("公布的接访，居民看得到这一条。"))
    published = forms.BooleanField(
        label=_("向社会公布"), required=False, initial=True, help_text=_("上门走访的地点是居民家，不公布。")
    )

    def __init__(self, *args: Any, posts: Any, sites: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].queryset = posts  # type: ignore[attr-defined]
        self.fields["deputy"].queryset = posts  # type: ignore[attr-defined]
        self.fields["site"].queryset = sites  # type: ignore[attr-defined]
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
        return data | {"slot_minutes": data.get("slot_minutes") or 20}


class CancelDayForm(BaseForm):
    reason = forms.CharField(
        label=_("取消原因"), max_length=200, help_text=_("会显示在公开页上，居民看得到。")
    )
