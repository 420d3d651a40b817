"""Forms of joint sittings. They clean input; the services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from core.forms import AsShown, BaseForm, day_field
from core.widgets import CHOOSE
from mediation.models import Sitting
from mediation.sitting_enums import Coming, SittingKind
from mediation.talk_forms import text_field, units_today
from petitions.forms.fields import MomentField, UnitsChoice


class _UnitOf(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.label)


class _UnitsOf(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.label)


class StandingForm(BaseForm):
    units = UnitsChoice(label=_("常设会办单位"), required=False, help_text=_("召集会办时先列出，可以增减。"))

    def __init__(self, *args: Any, own: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].queryset = units_today().exclude(pk=own.pk)  # type: ignore[attr-defined]


class CallForm(BaseForm):
    kind = forms.ChoiceField(label=_("形式"), choices=[("", CHOOSE), *SittingKind.choices])
    question = text_field(
        _("要会办的问题"), 4, max_length=10_000, help_text=_("参加单位会看到，不写信访人的姓名。")
    )
    starts_at = MomentField(label=_("时间"))
    place = forms.CharField(label=_("地点"), max_length=200)
    units = UnitsChoice(
        label=_("会办单位"), help_text=_("常设单位已经列出，再加上有关单位。本件反映的单位不参加。")
    )
    token = forms.CharField(widget=forms.HiddenInput, max_length=60)

    def __init__(self, *args: Any, own: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].queryset = units_today().exclude(pk=own.pk)  # type: ignore[attr-defined]


class CancelForm(BaseForm):
    reason = text_field(_("取消的理由"), 2, max_length=500)


class AnswerForm(BaseForm):
    coming = forms.ChoiceField(label=_("来不来"), choices=[("", CHOOSE), *Coming.choices])
    sends = forms.CharField(
        label=_("派谁"), max_length=120, required=False, help_text=_("来的填写，例如：执法队王队长。")
    )
    why = forms.CharField(label=_("不来的理由"), max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("coming") == Coming.YES and not data.get("sends") and "sends" not in self.errors:
            self.add_error("sends", _("请写明派谁参加。"))
        if data.get("coming") == Coming.NO and not data.get("why") and "why" not in self.errors:
            self.add_error("why", _("不来的，请写明理由。"))
        return data


class HoldForm(BaseForm):
    came = _UnitsOf(label=_("到会单位"), queryset=Unit.objects.none(), widget=forms.CheckboxSelectMultiple)
    resolved = text_field(_("会办结论"), 5, max_length=10_000)

    def __init__(self, *args: Any, sitting: Sitting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = Unit.objects.filter(pk__in=sitting.invitations.values("unit")).order_by("path")
        self.fields["came"].queryset = asked  # type: ignore[attr-defined]


class UndertakeForm(BaseForm):
    unit = _UnitOf(label=_("承诺单位"), queryset=Unit.objects.none(), empty_label=CHOOSE)
    what = text_field(_("承诺做什么"), 2, max_length=500)
    due_on = day_field(_("完成日期"))

    def __init__(self, *args: Any, sitting: Sitting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids = [*sitting.invitations.values_list("unit", flat=True), sitting.unit_id]
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=ids).order_by("path")  # type: ignore[attr-defined]


class ReportForm(BaseForm):
    text = text_field(_("落实情况"), 3, max_length=10_000)


class ReviewForm(AsShown):
    """``nth``: which of the reports was read."""

    seen = "nth"
    nth = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    done = forms.ChoiceField(
        label=_("审核"), choices=[("", CHOOSE), ("yes", _("到位")), ("no", _("还没有到位"))]
    )
    text = text_field(_("还差什么"), 2, max_length=10_000, required=False)
    new_due_on = day_field(_("新的完成日期"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("done") == "no":
            if not data.get("text") and "text" not in self.errors:
                self.add_error("text", _("还没有到位的，请写明还差什么。"))
            if not data.get("new_due_on") and "new_due_on" not in self.errors:
                self.add_error("new_due_on", _("还没有到位的，请填写新的完成日期。"))
        return data
