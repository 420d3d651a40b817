"""Forms about a hearing that the body calls."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Post
from core.forms import BaseForm, RowChoice, day_field
from core.timekeeping import local_day, now
from core.widgets import CHOOSE
from petitions.forms.fields import MomentField
from reviews.enums import ToldHow
from reviews.models import CalledHearing, HearingMember


class PostChoice(RowChoice):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user.get_full_name()}（{obj.label}）"


class MemberChoice(RowChoice):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user.get_full_name()}（{obj.label}）"


def _post(label: Any, **kwargs: Any) -> PostChoice:
    return PostChoice(label=label, queryset=Post.objects.none(), empty_label=CHOOSE, **kwargs)


class CallHearingForm(BaseForm):
    """When, where, how the applicant was told, and the panel with its chair."""

    starts_at = MomentField(label=_("听证时间"))
    place = forms.CharField(label=_("地点"), max_length=200)
    told_on = day_field(_("哪天通知的申请人"))
    told_how = forms.ChoiceField(label=_("怎样通知的"), choices=[("", CHOOSE), *ToldHow.choices])
    chair = _post(_("听证主持人"))
    second = _post(_("听证人员"))
    third = _post(_("听证人员"))
    fourth = _post(_("听证人员（可以不填）"), required=False)
    fifth = _post(_("听证人员（可以不填）"), required=False)

    def __init__(self, *args: Any, posts: QuerySet[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["told_on"].initial = local_day(now())
        for name in ("chair", "second", "third", "fourth", "fifth"):
            self.fields[name].queryset = posts  # type: ignore[attr-defined]


class HearingRecusalForm(BaseForm):
    """What the applicant asked, and what the head of the body decides."""

    member = MemberChoice(label=_("申请谁回避"), queryset=HearingMember.objects.none(), empty_label=CHOOSE)
    asked = forms.CharField(label=_("申请回避的理由"), max_length=500)
    granted = forms.ChoiceField(
        label=_("决定"), choices=[("", CHOOSE), ("yes", _("同意回避")), ("no", _("不同意"))]
    )
    decision = forms.CharField(label=_("决定的理由"), max_length=500)
    instead = _post(_("由谁接替（同意回避的填写）"), required=False)

    def __init__(
        self, *args: Any, posts: QuerySet[Post], hearing: CalledHearing | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["instead"].queryset = posts  # type: ignore[attr-defined]
        if hearing is not None:
            sitting = HearingMember.objects.filter(hearing=hearing, left_at=None, granted=None)
            self.fields["member"].queryset = sitting.select_related("user")  # type: ignore[attr-defined]


class CallOffHearingForm(BaseForm):
    reason = forms.CharField(label=_("取消的理由"), max_length=500)
