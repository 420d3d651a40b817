"""Handing a package over, and deciding on what the rules propose."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Post
from conference.models import Meeting
from core.forms import BaseForm, RowChoice, day_field
from core.timekeeping import han_date, local_day, now
from leaders.enums import PackageLevel
from leaders.forms.fields import PostChoice, text_field


class HandOverForm(BaseForm):
    post = PostChoice(label=_("包案领导"), queryset=Post.objects.none())
    level = forms.TypedChoiceField(label=_("层级"), choices=PackageLevel.choices, coerce=int)
    target_on = day_field(_("目标日期"))
    reason = text_field(_("原因"), 2)

    def __init__(self, *args: Any, posts: Any, level: int, post: Post | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].queryset = posts  # type: ignore[attr-defined]
        self.fields["post"].initial = post.pk if post is not None else None
        self.fields["level"].initial = level
        self.fields["target_on"].initial = local_day(now()) + timedelta(days=30)


class ConfirmForm(HandOverForm):
    meeting = RowChoice(
        label=_("联席会议"),
        queryset=Meeting.objects.none(),
        required=False,
        empty_label=_("由信访部门负责人确定"),
        help_text=_("信访专员办理的，须选择作出决定的联席会议。"),
    )
    field_order = ("meeting", "post", "level", "target_on", "reason")

    def __init__(self, *args: Any, meetings: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meeting"].queryset = meetings  # type: ignore[attr-defined]
        self.fields["meeting"].label_from_instance = (  # type: ignore[attr-defined]
            lambda one: f"{one.number or one.title}（{han_date(one.starts_at)}）"
        )


class DeclineForm(BaseForm):
    reason = text_field(_("不采纳的理由"), 2)
