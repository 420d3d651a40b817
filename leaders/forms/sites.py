"""Sites. Forms clean input; the services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.enums import UnitKind
from accounts.models import Unit
from core.forms import BaseForm, day_field
from core.timekeeping import now
from core.widgets import PickerSelect
from leaders.enums import SiteKind
from leaders.services.sites import SiteFacts


class SiteForm(BaseForm):
    unit = forms.ModelChoiceField(
        label=_("所在单位"), queryset=Unit.objects.none(), widget=PickerSelect(remember="places")
    )
    name = forms.CharField(label=_("名称"), max_length=80)
    kind = forms.ChoiceField(label=_("类型"), choices=SiteKind.choices)
    address = forms.CharField(
        label=_("地址"), max_length=200, help_text=_("居民照着能找到，例如：东溪镇河沿路 9 号一楼。")
    )
    access = forms.CharField(
        label=_("怎样到达"),
        max_length=300,
        required=False,
        help_text=_("公交、停车、坡道和无障碍电梯，船和车写停靠点。"),
    )
    used_from = day_field(_("启用日期"))
    used_until = day_field(_("停用日期（最后一天，可不填）"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.active(now().date()).order_by("path")
        if actor.unit is not None and actor.unit.kind != UnitKind.PETITION_OFFICE:
            units = units.subtree(actor.unit)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]

    def facts(self) -> SiteFacts:
        data = self.cleaned_data
        return SiteFacts(**data | {"kind": SiteKind(data["kind"])})
