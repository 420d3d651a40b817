"""Forms of this room. They clean input; the services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from core.forms import BaseForm, day_field
from core.timekeeping import local_day, now
from core.uploads import ACCEPT
from core.widgets import CHOOSE
from petitions.enums import CallOutcome
from petitions.forms.fields import PickedText
from supervision.enums import Ground, Mode, Opens
from supervision.models import SupervisionRule
from supervision.services.inside import default_due_on
from supervision.services.opening import LONGEST

PICKS = (
    _("已超过法定期限，请立即办理并说明原因。"),
    _("请在三日内告知信访人受理情况。"),
    _("请按已作出的处理意见落实到位。"),
)


def text_field(label: Any, rows: int = 3, **kwargs: Any) -> forms.CharField:
    kwargs.setdefault("max_length", LONGEST)
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


def file_field(label: Any, **kwargs: Any) -> forms.FileField:
    return forms.FileField(
        label=label, required=False, widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}), **kwargs
    )


class BeginForm(BaseForm):
    """Which case something is to be begun on."""

    number = forms.CharField(
        label=_("信访件编号"),
        max_length=32,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("请填写信访件编号。")},
    )


class OpenForm(BaseForm):
    unit = forms.ModelChoiceField(label=_("被督办单位"), queryset=Unit.objects.none(), empty_label=None)
    ground = forms.ChoiceField(
        label=_("督办事由"),
        choices=[("", CHOOSE), *((one.value, one.label) for one in Ground if one != Ground.LOW_RATING)],
    )
    ground_text = text_field(
        _("具体情况"), 2, required=False, help_text=_("弄虚作假和其他事由必填：发现了什么、依据是什么。")
    )
    demand = forms.CharField(label=_("督办要求"), max_length=LONGEST, widget=PickedText(PICKS, rows=3))
    due_on = day_field(_("反馈期限"))
    token = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, units: list[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["unit"]
        field.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units])
        field.initial = units[0].pk if units else None
        self.fields["due_on"].initial = default_due_on(now())
        self.fields["ground"].error_messages["required"] = _("请选择督办事由。")


class ListForm(BaseForm):
    reason = text_field(_("挂牌理由"), 2, max_length=2000)
    due_on = day_field(_("挂牌期限"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].initial = default_due_on(now(), 30)


class TickForm(BaseForm):
    note = text_field(_("完成情况"), 1, max_length=2000)


class RuleForm(BaseForm):
    """Only what the ground counts by: ``window_days`` and ``least`` are left out where the rule has none."""

    threshold = forms.IntegerField(label=_("起点"), min_value=1, max_value=365)
    window_days = forms.IntegerField(label=_("统计天数"), min_value=7, max_value=1000)
    least = forms.IntegerField(label=_("最少件数"), min_value=5, max_value=1000)
    days = forms.IntegerField(label=_("反馈天数"), min_value=1, max_value=365)
    demand = text_field(_("督办要求"), 3, max_length=2000)
    opens = forms.ChoiceField(label=_("由谁发出"), choices=Opens.choices)
    enabled = forms.BooleanField(label=_("启用"), required=False)

    def __init__(self, *args: Any, rule: SupervisionRule, **kwargs: Any) -> None:
        names = list(self.base_fields)
        kwargs.setdefault("initial", {name: getattr(rule, name) for name in names})
        super().__init__(*args, **kwargs)
        for name in ("window_days", "least"):
            if getattr(rule, name) is None:
                del self.fields[name]


class ConfirmForm(BaseForm):
    demand = text_field(_("督办要求"), 3)
    due_on = day_field(_("反馈期限"))


class DismissForm(BaseForm):
    text = text_field(_("不予督办的理由"), 2)


class EffortForm(BaseForm):
    mode = forms.ChoiceField(label=_("督办方式"), choices=[("", CHOOSE), *Mode.choices])
    on = day_field(_("日期"))
    who = forms.CharField(label=_("督办人员"), max_length=120)
    found = text_field(_("了解到的情况"), 3, max_length=10_000)
    number = forms.CharField(
        label=_("文号、编号或名称"),
        max_length=120,
        required=False,
        help_text=_("书面的填写督办函文号；会议、媒体、批示的填写编号或者名称，或者上传材料。"),
    )
    outcome = forms.ChoiceField(
        label=_("通话结果"), required=False, choices=[("", _("不是电话")), *CallOutcome.choices]
    )
    file = file_field(_("材料"), help_text=_("现场督办的须上传照片或者记录。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = local_day(now())


class CallForm(BaseForm):
    """A call that reminds a unit: what came of it, and what was said."""

    outcome = forms.ChoiceField(label=_("通话结果"), choices=[("", CHOOSE), *CallOutcome.choices])
    found = text_field(_("通话内容"), 3, max_length=1000)
    token = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)


class FeedbackForm(BaseForm):
    measures = text_field(_("采取的措施"), 3, max_length=10_000)
    result = text_field(_("办理结果"), 3, max_length=10_000)
    done_on = day_field(_("完成日期"), help_text=_("还没有完成的，写明进展，填写今天。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["done_on"].initial = local_day(now())


class DecideForm(BaseForm):
    text = text_field(_("审核意见"), 2, required=False)
    due_on = day_field(_("退回后的反馈期限"), required=False)
    accept = forms.ChoiceField(choices=[("yes", _("通过")), ("no", _("退回"))], widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].initial = default_due_on(now())
