"""A talk and what was promised in it. Forms clean input; the services decide."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Post
from core.forms import BaseForm
from core.timekeeping import now
from leaders.forms.fields import PostChoice, date_field, text_field


class ReceiveForm(BaseForm):
    """One talk. With a number it belongs to a known case; without one a new case is registered."""

    post = PostChoice(label=_("接访领导"), queryset=Post.objects.none())
    number = forms.CharField(
        label=_("信访件编号"), max_length=40, required=False, help_text=_("新反映的事项不填。")
    )
    subject = forms.CharField(label=_("标题（新事项）"), max_length=200, required=False)
    body = text_field(_("反映的内容（新事项）"), required=False)
    name = forms.CharField(label=_("来访人姓名（新事项）"), max_length=100, required=False)
    phone = forms.CharField(label=_("电话（新事项）"), max_length=30, required=False)
    heads = forms.IntegerField(label=_("人数"), min_value=1, max_value=1_000_000, initial=1)
    said = text_field(_("谈话内容"), 4)
    token = forms.CharField(widget=forms.HiddenInput, max_length=60)

    def __init__(self, *args: Any, posts: Any, known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].queryset = posts  # type: ignore[attr-defined]
        self.fields["post"].initial = posts[0].pk if len(posts) == 1 else None
        if known:
            for name in ("number", "subject", "body", "name", "phone"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        is_new = "subject" in self.fields and not data.get("number")
        if is_new and not data.get("subject") and not data.get("body"):
            self.add_error("body", _("新事项请写明反映的内容；已有的信访件请填编号。"))
        return data


class PromiseForm(BaseForm):
    """A row may stay empty; one that says something needs a person and a day."""

    text = forms.CharField(label=_("承诺事项"), max_length=500, required=False)
    to_whom = forms.CharField(label=_("向谁承诺"), max_length=100, required=False)
    due_on = date_field(_("何时兑现"), required=False)
    task = forms.BooleanField(label=_("转为批示，由承办单位办理"), required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("text"):
            if not data.get("to_whom"):
                self.add_error("to_whom", _("请写明向谁承诺。"))
            due_on = data.get("due_on")
            if not due_on and "due_on" not in self.errors:
                self.add_error("due_on", _("请写明何时兑现。"))
            elif isinstance(due_on, date) and due_on <= now().date():
                self.add_error("due_on", _("兑现日期须在今天之后。"))
        elif data.get("to_whom") or data.get("due_on"):
            self.add_error("text", _("请写明承诺了什么。"))
        return data


PromiseFormSet = forms.formset_factory(PromiseForm, extra=3, max_num=10, validate_max=True)
