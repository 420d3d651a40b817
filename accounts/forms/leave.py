from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from core.forms import BaseForm, day_field
from core.timekeeping import local_day, now


class PostOfField(forms.ModelChoiceField):
    """One post, by its holder's name and what it is."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user.get_full_name()}（{obj.label}）"


class LeaveForm(BaseForm):
    """Who is away, who stands in, from which day to which."""

    post = PostOfField(label=_("谁请假"), queryset=Post.objects.none(), empty_label=None)
    substitute = forms.ModelChoiceField(
        label=_("代班人"), queryset=User.objects.none(), help_text=_("同一单位在任的同事。")
    )
    first = day_field(_("开始日期"))
    last = day_field(_("结束日期"), help_text=_("这一天仍由代班人办理，第二天自动恢复。"))

    def __init__(self, *args: Any, posts: QuerySet[Post], colleagues: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].queryset = posts  # type: ignore[attr-defined]
        self.fields["substitute"].queryset = colleagues  # type: ignore[attr-defined]
        self.fields["first"].initial = local_day(now())
