"""Forms about rooms and the people who mediate in them. They clean input; the services decide."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from core.errors import Refusal
from core.forms import BaseForm
from core.timekeeping import WEEKDAYS, now
from core.widgets import PickerSelect
from mediation import selectors
from mediation.enums import DisputeKind
from mediation.people_enums import RoomKind
from mediation.services.rooms import MOST_SEATS
from mediation.week import Span, day_words, read_day


def ticks(label: Any, choices: Any, **kwargs: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple, **kwargs
    )


class WeekForm(BaseForm):
    """A line of hours for each weekday, as ``week`` in what was cleaned."""

    week_words: Any = _("%(day)s开放时间")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for weekday, name in enumerate(WEEKDAYS):
            help_text = _("例如：8:30–12:00，13:30–17:30。") if weekday == 0 else ""
            self.fields[f"day_{weekday}"] = forms.CharField(
                label=self.week_words % {"day": name}, max_length=80, required=False, help_text=help_text
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        week: list[Span] = []
        for weekday in range(7):
            text = data.pop(f"day_{weekday}", "")
            try:
                week += read_day(weekday, text)
            except Refusal as refusal:
                self.add_error(f"day_{weekday}", refusal.sentence)
        data["week"] = week
        return data

    @staticmethod
    def initial_of(spans: Iterable[Span]) -> dict[str, str]:
        found = list(spans)
        return {f"day_{weekday}": day_words(found, weekday) for weekday in range(7)}


class RoomForm(WeekForm):
    unit = forms.ModelChoiceField(
        label=_("所属单位"), queryset=Unit.objects.none(), widget=PickerSelect(remember="units")
    )
    name = forms.CharField(label=_("名称"), max_length=80)
    kind = forms.ChoiceField(label=_("类型"), choices=RoomKind.choices, required=False)
    brand = forms.CharField(
        label=_("品牌"), max_length=40, required=False, help_text=_("居民叫得出的名字，没有可不填。")
    )
    address = forms.CharField(label=_("地址"), max_length=200)
    directions = forms.CharField(
        label=_("怎样到达"), max_length=300, required=False, help_text=_("公交、停车、坡道和电梯。")
    )
    phone = forms.CharField(label=_("电话"), max_length=30, required=False)
    seats = forms.IntegerField(label=_("座位"), min_value=1, max_value=MOST_SEATS, required=False)
    video = forms.BooleanField(label=_("有视频设备"), required=False)
    disputes = ticks(_("受理哪些纠纷"), DisputeKind.choices, help_text=_("一个都不选，就是都受理。"))
    mediators = forms.ModelMultipleChoiceField(
        label=_("调解员"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    hours = forms.CharField(
        label=_("开放时间说明"), max_length=120, required=False, help_text=_("例如：节假日请先打电话。")
    )
    published = forms.BooleanField(label=_("向社会公布"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.active(now().date()).order_by("path")
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["mediators"].queryset = selectors.mediators_today()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        data["opening"] = data.pop("week")
        data["kind"] = data.get("kind") or RoomKind.ROOM
        return data
