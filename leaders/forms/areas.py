"""分片包联. Forms clean input; the services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, Unit
from core.forms import BaseForm, day_field
from core.timekeeping import local_day, now
from core.widgets import PickerSelect
from leaders.forms.fields import PostChoice
from leaders.services.areas import AREA_KINDS


class AreaForm(BaseForm):
    post = PostChoice(label=_("包联领导"), queryset=Post.objects.none())
    unit = forms.ModelChoiceField(
        label=_("镇街、村社"), queryset=Unit.objects.none(), widget=PickerSelect(remember="places")
    )
    valid_from = day_field(_("从哪天起"))
    last_day = day_field(_("到哪天止（可以不填）"), required=False)
    note = forms.CharField(
        label=_("说明（可以不填）"),
        max_length=200,
        required=False,
        help_text=_("居民看得到，例如：每月第一个星期三到村。"),
    )

    def __init__(self, *args: Any, posts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = local_day(now())
        self.fields["post"].queryset = posts  # type: ignore[attr-defined]
        units = Unit.objects.active(today).filter(kind__in=AREA_KINDS).order_by("path")
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["valid_from"].initial = today

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("valid_from"), data.get("last_day")
        if start and end and end < start:
            self.add_error("last_day", _("结束日期不能早于开始日期。"))
        return data
