"""Forms of this room. They clean input; the services decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from core.forms import BaseForm, day_field
from core.timekeeping import local_day, now
from core.widgets import CHOOSE
from matters.models import LONGEST_NAME, LONGEST_TEXT
from petitions.forms.fields import UnitChoice, UnitsChoice
from supervision.enums import SuggestionKind

SUGGESTED = (SuggestionKind.POLICY, SuggestionKind.IMPROVE)


def _text(label: Any, rows: int = 4, **kwargs: Any) -> forms.CharField:
    kwargs.setdefault("max_length", LONGEST_TEXT)
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class NameForm(BaseForm):
    words = forms.CharField(
        label=_("名称"), max_length=LONGEST_NAME, help_text=_("说的是什么事，不写人名、电话。")
    )


class MergeForm(BaseForm):
    """``matter`` leaves, into one of those that this reader is shown (pairs of key and words)."""

    into = forms.ChoiceField(label=_("并入哪一个"))
    reason = _text(_("理由"), 2, help_text=_("为什么是同一个问题。不写人名、电话。"))

    def __init__(self, *args: Any, others: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["into"].choices = [("", CHOOSE), *((str(pk), words) for pk, words in others)]


class LinkForm(BaseForm):
    number = forms.CharField(label=_("信访件编号"), max_length=32)


class TaskForm(BaseForm):
    title = forms.CharField(label=_("任务名称"), max_length=LONGEST_NAME)
    text = _text(_("要求"), help_text=_("各单位都会看到，不写信访人的姓名、电话。"))
    lead = UnitChoice(label=_("牵头单位"))
    units = UnitsChoice(label=_("参加单位"))
    due_on = day_field(_("完成日期"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        for name in ("lead", "units"):
            fields[name].queryset = Unit.objects.active(local_day(now())).order_by("path")


class ReportForm(BaseForm):
    text = _text(_("做了什么、结果如何"))


class EndForm(BaseForm):
    result = _text(_("任务的结果"), 3)


class SuggestForm(BaseForm):
    kind = forms.ChoiceField(
        label=_("建议类型"), choices=[("", CHOOSE), *((kind.value, kind.label) for kind in SUGGESTED)]
    )
    unit = UnitChoice(label=_("建议对象"))
    title = forms.CharField(label=_("标题"), max_length=120)
    facts = _text(_("事实"), max_length=10_000, help_text=_("对方会看到，不写信访人的姓名。"))
    basis = _text(_("依据"), 2, max_length=10_000)
    text = _text(_("建议"), max_length=10_000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["unit"].queryset = Unit.objects.active(local_day(now())).order_by("path")
