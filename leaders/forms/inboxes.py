"""Inboxes, delegates and replies. Forms clean input; the services decide."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from core.forms import BaseForm, day_field
from core.timekeeping import local_day, now
from core.widgets import PickerSelect
from leaders.forms.fields import PostChoice, text_field
from leaders.services.inboxes import FIT, LONGEST_PURPOSE
from leaders.services.replies import LONGEST_REPLY


class InboxForm(BaseForm):
    name = forms.CharField(label=_("信箱名称"), max_length=40, help_text=_("例如：县长信箱、书记在线。"))
    slug = forms.CharField(
        label=_("网址短名"),
        max_length=40,
        help_text=_("小写字母、数字和连字符，印在二维码里，例如 xianzhang。改了以后旧的二维码就打不开。"),
    )
    post = PostChoice(
        label=_("属于哪个岗位"),
        queryset=Post.objects.none(),
        help_text=_("信箱跟岗位走：换人以后，同单位同职务的继任者接着看，离任的人不能再看。"),
    )
    purpose = text_field(
        _("说明"), 3, required=False, max_length=LONGEST_PURPOSE, help_text=_("居民看得到：可以写什么。")
    )
    is_open = forms.BooleanField(label=_("启用"), required=False, initial=True)

    def __init__(self, *args: Any, posts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].queryset = posts  # type: ignore[attr-defined]


class DelegateForm(BaseForm):
    user = forms.ModelChoiceField(
        label=_("代阅人"), queryset=User.objects.none(), widget=PickerSelect(remember="people")
    )
    valid_from = day_field(_("从哪天起"))
    last_day = day_field(_("到哪天止"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = local_day(now())
        posts = Post.objects.current(today).filter(role__in=FIT)
        people = User.objects.filter(is_active=True, pk__in=posts.values("user")).order_by("name", "pk")
        self.fields["user"].queryset = people  # type: ignore[attr-defined]
        self.fields["valid_from"].initial = today
        self.fields["last_day"].initial = today + timedelta(days=180)


class ReplyForm(BaseForm):
    text = text_field(
        _("回复内容"),
        6,
        max_length=LONGEST_REPLY,
        help_text=_("以领导名义，写给来信人。办理结果另由承办单位按程序答复。"),
    )


class DecideReplyForm(BaseForm):
    """The leader's word on a draft: yes, ask back, no. ``seen`` is the draft that was on the screen."""

    text = text_field(_("回复内容（可以直接改）"), 6, required=False, max_length=LONGEST_REPLY)
    words = text_field(_("意见"), 2, required=False, max_length=1000)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    verdict = forms.ChoiceField(
        choices=[("yes", _("签发")), ("back", _("退回补充")), ("no", _("不发"))], widget=forms.HiddenInput
    )
