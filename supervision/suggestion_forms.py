"""Forms of the three suggestions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from core.forms import BaseForm
from core.timekeeping import local_day, now
from core.widgets import CHOOSE, PickerMany
from petitions.forms.fields import UnitChoice
from supervision.enums import Adoption, SuggestionKind
from supervision.forms import text_field
from supervision.services.suggesting import LONGEST

STATES = (("", _("全部")), ("open", _("未反馈")), *Adoption.choices)


class PeopleChoice(forms.ModelMultipleChoiceField):
    """People of the staff, by name and account name."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.get_full_name()}（{obj.username}）"


class SuggestionForm(BaseForm):
    kind = forms.ChoiceField(label=_("建议类型"))
    unit = UnitChoice(label=_("建议对象"))
    number = forms.CharField(label=_("有关信访件的编号"), required=False, max_length=40)
    title = forms.CharField(label=_("标题"), max_length=120)
    facts = text_field(_("事实"), 4, max_length=LONGEST, help_text=_("对方会看到，不写信访人的姓名。"))
    basis = text_field(_("依据"), 2, max_length=LONGEST)
    text = text_field(_("建议"), 4, max_length=LONGEST)
    about_unit = UnitChoice(label=_("责任单位（追究责任填写）"), required=False)
    about_people = PeopleChoice(
        label=_("责任人员（追究责任填写）"),
        required=False,
        queryset=User.objects.none(),
        widget=PickerMany(remember="staff"),
        help_text=_("他们和责任单位看不到这件建议。"),
    )

    def __init__(self, *args: Any, kinds: list[SuggestionKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["kind"].choices = [("", CHOOSE), *((kind.value, kind.label) for kind in kinds)]
        fields["unit"].queryset = Unit.objects.active(local_day(now())).order_by("path")
        if SuggestionKind.ACCOUNTABILITY in kinds:
            fields["about_unit"].queryset = fields["unit"].queryset
            fields["about_people"].queryset = User.objects.filter(is_active=True).order_by("name")
        else:
            del fields["about_unit"], fields["about_people"]


class AnswerForm(BaseForm):
    adoption = forms.ChoiceField(label=_("采纳情况"), choices=[("", CHOOSE), *Adoption.choices])
    text = text_field(
        _("措施或者理由"), 4, max_length=LONGEST, help_text=_("采纳的写明措施；没有全部采纳的写明理由。")
    )


class RegisterForm(BaseForm):
    """What the register is filtered by; nonsense filters nothing."""

    kind = forms.ChoiceField(
        label=_("类型"), required=False, choices=[("", _("全部")), *SuggestionKind.choices]
    )
    state = forms.ChoiceField(label=_("采纳情况"), required=False, choices=STATES)
    year = forms.IntegerField(label=_("年份"), required=False, min_value=2005, max_value=2100)
    unit = UnitChoice(label=_("建议对象"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["unit"]
        field.queryset = Unit.objects.order_by("path")
