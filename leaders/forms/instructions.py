"""批示, the unit's report on it and the leader's word. Forms clean input; the services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, Unit
from core.forms import BaseForm, day_field
from core.timekeeping import now
from leaders.forms.fields import PostChoice, text_field
from leaders.services.instructions import NOBODY_ABLE, default_due_on

#: 批示 most often says one of these; the rest is typed.
QUICK_PICKS = (
    _("请于7日内研究提出意见。"),
    _("请抓紧办理，按期答复信访人。"),
    _("请主要负责人当面听取诉求，查清事实。"),
    _("请会同有关单位研究，提出解决方案。"),
)


class InstructionForm(BaseForm):
    quick = forms.ChoiceField(
        label=_("常用批示"),
        required=False,
        widget=forms.RadioSelect,
        choices=[(str(n), text) for n, text in enumerate(QUICK_PICKS, start=1)],
    )
    text = text_field(
        _("批示内容"), required=False, help_text=_("选了常用批示的，可以不写；写了的接在后面。")
    )
    unit = forms.ModelChoiceField(label=_("承办单位"), queryset=Unit.objects.none(), empty_label=None)
    doer = PostChoice(
        label=_("具体承办人"),
        queryset=Post.objects.none(),
        required=False,
        empty_label=_("由承办单位安排"),
    )
    due_on = day_field(_("办理期限"))
    token = forms.CharField(widget=forms.HiddenInput, max_length=60)

    def __init__(self, *args: Any, units: list[Unit], people: list[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posts = Post.objects.filter(pk__in=[post.pk for post in people]).select_related("user", "unit")
        self.fields["doer"].queryset = posts.order_by("unit__path", "id")  # type: ignore[attr-defined]
        field = self.fields["unit"]
        field.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units])  # type: ignore[attr-defined]
        field.initial = units[0].pk if units else None
        if not units:
            field.error_messages["required"] = NOBODY_ABLE
        self.fields["due_on"].initial = default_due_on(now())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        quick = data.get("quick")
        picked = str(QUICK_PICKS[int(quick) - 1]) if quick else ""
        data["words"] = (picked + data.get("text", "")).strip()
        if not data["words"]:
            self.add_error("text", _("请选一条常用批示，或写下批示内容。"))
        return data


class DoerForm(BaseForm):
    post = PostChoice(label=_("具体承办人"), queryset=Post.objects.none())

    def __init__(self, *args: Any, posts: list[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = Post.objects.filter(pk__in=[post.pk for post in posts]).select_related("user", "unit")
        self.fields["post"].queryset = found  # type: ignore[attr-defined]


class ReportForm(BaseForm):
    text = text_field(_("办理情况"), 4)


class AcknowledgeForm(BaseForm):
    text = text_field(_("阅示意见"), 2, required=False)
    due_on = day_field(_("继续办理的期限"), required=False)
    enough = forms.ChoiceField(choices=[("yes", _("知道了")), ("no", _("不够"))], widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].initial = default_due_on(now())
