"""The threshold of one ground."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import BaseForm
from core.widgets import CHOOSE
from leaders.enums import ProposalGround
from leaders.models.proposals import RULED


class PackageRuleForm(BaseForm):
    ground = forms.ChoiceField(
        label=_("情形"), choices=[("", CHOOSE), *((one.value, one.label) for one in RULED)]
    )
    threshold = forms.IntegerField(
        label=_("达到多少"),
        required=False,
        help_text=_("登记时间填天数，其余填次数或者人数。留空就是停用这一条。"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def clean_ground(self) -> ProposalGround:
        return ProposalGround(self.cleaned_data["ground"])
