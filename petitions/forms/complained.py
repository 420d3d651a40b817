"""The form by which whoever leads an accusation names whom it is against."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from petitions.forms.base import ActForm
from petitions.forms.fields import UnitChoice
from petitions.forms.staff import OUT_OF_IT, StaffChoice, ask_about_staff
from petitions.selectors import categories


class NameComplainedForm(ActForm):
    button = _("保存，并让被反映的单位和人员退出")
    explain = _(
        "被指明的单位和人员从此看不到本件，登记人在内。指明的是本机关、其负责人或全体经办人的，本件收回，另行转送或由保管人移送上级。"
    )
    complained_unit = UnitChoice(label=_("被反映单位"), required=False)
    complained_people = StaffChoice(label=_("被反映的工作人员"), help_text=OUT_OF_IT)

    def prepare(self) -> None:
        ask_about_staff(self)
        field = self.fields["complained_unit"]
        field.queryset = categories.units()  # type: ignore[attr-defined]
        field.initial = self.petition.complained_unit_id

    def door_data(self) -> dict[str, Any]:
        return {**self.cleaned_data, "complained_people": list(self.cleaned_data["complained_people"])}
