"""Forms about rooms and the people who mediate in them. They clean input; the services decide."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import UnitKind
from accounts.models import Unit, User
from core.errors import Refusal
from core.forms import BaseForm, day_field
from core.timekeeping import WEEKDAYS, now
from core.widgets import PickerSelect
from mediation import selectors
from mediation.enums import DisputeKind
from mediation.models import Mediator, Room
from mediation.people_enums import Grade, Language, MediatorKind, Presence, RoomKind
from mediation.services.duties import LONGEST_NOTE
from mediation.services.mediators import MediatorCard
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


DAYS_OFF = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})(?:\s*[-–—~～至到]+\s*(\d{4}-\d{1,2}-\d{1,2}))?")


class MediatorForm(WeekForm):
    week_words: Any = _("%(day)s可以调解的时间")

    kind = forms.ChoiceField(label=_("类别"), choices=MediatorKind.choices)
    fields_known = ticks(_("擅长的纠纷"), DisputeKind.choices)
    languages = ticks(_("方言和语言"), Language.choices)
    grade = forms.ChoiceField(label=_("等级"), choices=[("", _("没有")), *Grade.choices], required=False)
    presence = forms.ChoiceField(label=_("驻守方式"), choices=Presence.choices)
    villages = forms.ModelMultipleChoiceField(
        label=_("服务的村社区"), queryset=Unit.objects.none(), required=False
    )
    shown = forms.BooleanField(label=_("本人同意公布姓名"), required=False)
    on_women_panels = forms.BooleanField(
        label=_("参加女性调解组"), required=False, help_text=_("当事人请女性调解组时，只安排登记了的人。")
    )
    days_off = forms.CharField(
        label=_("不在的日子"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=600,
        required=False,
        help_text=_("一行一段，例如：2026-12-01至2026-12-05。不用写原因。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        villages = Unit.objects.active(now().date()).filter(kind=UnitKind.VILLAGE).order_by("path")
        self.fields["villages"].queryset = villages  # type: ignore[attr-defined]

    def clean_days_off(self) -> list[tuple[date, date]]:
        found = []
        for line in filter(None, (line.strip() for line in self.cleaned_data["days_off"].splitlines())):
            match = DAYS_OFF.fullmatch(line)
            try:
                days = [date.fromisoformat(_two(part)) for part in match.groups() if part] if match else []
            except ValueError:
                days = []
            if not days:
                raise forms.ValidationError(_("请一行写一段，例如：2026-12-01至2026-12-05。"))
            found.append((days[0], days[-1]))
        return found

    def card(self) -> MediatorCard:
        data = {**self.cleaned_data}
        data["available"], data["fields"] = data.pop("week"), data.pop("fields_known")
        return MediatorCard(**data | {"grade": data["grade"] or None, "villages": list(data["villages"])})

    @classmethod
    def initial_of_card(cls, card: Mediator) -> dict[str, Any]:
        names = ("kind", "languages", "grade", "presence", "shown", "on_women_panels")
        return {
            **{name: getattr(card, name) for name in names},
            "fields_known": card.fields,
            "villages": [unit.pk for unit in card.villages.all()],
            "days_off": "\n".join(f"{one.first}至{one.last}" for one in card.days_off.all()),
            **cls.initial_of(row.span for row in card.available.all()),
        }


def _two(day: str) -> str:
    """2026-1-5 as 2026-01-05."""
    year, month, number = day.split("-")
    return f"{year}-{month:0>2}-{number:0>2}"


class PoolForm(BaseForm):
    name = forms.CharField(label=_("名称"), max_length=80)
    units = forms.ModelMultipleChoiceField(label=_("片区"), queryset=Unit.objects.none())
    members = forms.ModelMultipleChoiceField(
        label=_("成员"),
        queryset=Mediator.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        towns = (UnitKind.TOWN, UnitKind.VILLAGE, UnitKind.DISTRICT)
        units = Unit.objects.active(now().date()).filter(kind__in=towns).order_by("path")
        self.fields["units"].queryset = units  # type: ignore[attr-defined]
        self.fields["members"].queryset = Mediator.objects.select_related("user")  # type: ignore[attr-defined]


class DutyForm(BaseForm):
    user = forms.ModelChoiceField(label=_("轮值院长"), queryset=User.objects.none())
    first = day_field(_("从"))
    last = day_field(_("到"))

    def __init__(self, *args: Any, room: Room, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = selectors.mediators_today().filter(mediation_rooms=room)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]


class HandOverForm(BaseForm):
    note = forms.CharField(
        label=_("交班情况"), widget=forms.Textarea(attrs={"rows": 2}), max_length=LONGEST_NOTE
    )
