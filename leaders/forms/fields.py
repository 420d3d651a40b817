"""Fields that the forms of this room share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


def text_field(label: Any, rows: int = 3, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


def label_of_post(post: Any) -> str:
    return f"{post.user.get_full_name()}（{post.label}）"


class PostChoice(forms.ModelChoiceField):
    """A leader, by name and post."""

    def label_from_instance(self, obj: Any) -> str:
        return label_of_post(obj)


class SiteChoice(forms.ModelChoiceField):
    """A site, by name and unit."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.unit}）"


def slots_field() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("预约名额"),
        required=False,
        help_text=_("开放几个预约名额；不填就是不预约，来了就谈。没预约的当天来也接待。"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


def minutes_field() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("每人分钟"),
        min_value=5,
        max_value=240,
        initial=20,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


def topics_field() -> forms.CharField:
    return forms.CharField(
        label=_("受理范围"),
        max_length=200,
        required=False,
        help_text=_("这次主要听哪些方面，例如：住房、物业。不填就用领导分管的领域。其他事也可以来反映。"),
    )
