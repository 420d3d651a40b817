"""Rules of reception days. Forms clean input; the services decide."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Post
from core.forms import BaseForm, day_field
from core.timekeeping import WEEKDAYS
from core.widgets import PickerMany, PickerSelect
from leaders.enums import HolidayMove, RulePattern, VisitKind
from leaders.forms.fields import (
    PostChoice,
    label_of_post,
    minutes_field,
    slots_field,
    topics_field,
)
from leaders.models import Site
from leaders.models.day_rules import LAST
from leaders.services.day_rules import RuleFacts

NTH = [
    ("", _("每周")),
    *((str(n), f"每月第{'一二三四'[n - 1]}个") for n in range(1, LAST)),
    (str(LAST), _("每月最后一个")),
]


class Posts(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return label_of_post(obj)


class Sites(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.unit}）"


def _time(label: Any, initial: time) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, widget=widget, initial=initial)


class RuleForm(BaseForm):
    name = forms.CharField(label=_("名称"), max_length=80, help_text=_("例如：县领导每周五接访。"))
    posts = Posts(
        label=_("领导，按名单先后轮流"), queryset=Post.objects.none(), widget=PickerMany(remember="leaders")
    )
    first_post = PostChoice(
        label=_("从哪位领导开始"),
        queryset=Post.objects.none(),
        required=False,
        widget=PickerSelect(remember="leaders"),
        help_text=_("不填就从名单第一位开始。"),
    )
    sites = Sites(
        label=_("场所，按名单先后轮流"), queryset=Site.objects.none(), widget=PickerMany(remember="sites")
    )
    kind = forms.ChoiceField(label=_("方式"), choices=VisitKind.choices)
    nth = forms.ChoiceField(label=_("周期"), choices=NTH, required=False)
    weekday = forms.TypedChoiceField(
        label=_("星期"), choices=list(enumerate(WEEKDAYS)), coerce=int, initial=4
    )
    start = _time(_("开始"), time(9, 0))
    end = _time(_("结束"), time(11, 30))
    slots = slots_field()
    slot_minutes = minutes_field()
    topics = topics_field()
    holiday = forms.ChoiceField(label=_("遇节假日"), choices=HolidayMove.choices)
    valid_from = day_field(_("起始日期"))
    valid_until = day_field(_("最后日期（可不填）"), required=False)

    def __init__(self, *args: Any, posts: Any, sites: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["posts"].queryset = posts  # type: ignore[attr-defined]
        self.fields["first_post"].queryset = posts  # type: ignore[attr-defined]
        self.fields["sites"].queryset = sites  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("start") and data.get("end") and data["end"] <= data["start"]:
            self.add_error("end", _("结束时间须晚于开始时间。"))
        first, posts = data.get("first_post"), list(data.get("posts") or ())
        if first is not None and first not in posts:
            self.add_error("first_post", _("请从上面选定的领导中选一位。"))
        elif first is not None:
            place = posts.index(first)
            posts = [*posts[place:], *posts[:place]]
        return data | {"posts": posts, "sites": list(data.get("sites") or ())}

    def facts(self) -> RuleFacts:
        data = dict(self.cleaned_data)
        del data["first_post"]
        nth = int(data.pop("nth") or 0) or None
        return RuleFacts(
            **data
            | {
                "kind": VisitKind(data["kind"]),
                "holiday": HolidayMove(data["holiday"]),
                "slot_minutes": data["slot_minutes"] or 20,
            },
            nth=nth,
            pattern=RulePattern.MONTHLY if nth else RulePattern.WEEKLY,
        )


class EndRuleForm(BaseForm):
    last_on = day_field(_("最后日期"))


class MonthForm(BaseForm):
    month = forms.CharField(max_length=7)
    publish = forms.BooleanField(required=False)
