"""Forms about co-units' parts: to add and end them, to return an answer, to object and to weigh that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from core.forms import RowChoice, day_field
from core.timekeeping import local_day
from petitions import rules
from petitions.enums import Act
from petitions.forms.acts import picked, radios
from petitions.forms.base import ActForm, receiving_units
from petitions.forms.fields import UnitsChoice
from petitions.models import Share
from petitions.selectors.veiling import veil
from petitions.services import part_clocks

AGREE, REJECT = "agree", "reject"


class PartChoice(RowChoice):
    """One co-unit's part, by the unit's name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Share.objects.none(), label=_("协办单位"), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.unit.label)


class PartForm(ActForm):
    """About one part; where there is only one, it is chosen."""

    act: Act
    part = PartChoice()

    def prepare(self) -> None:
        found = rules.parts_for(self.act, self.petition)
        field = self.fields["part"]
        rows = Share.objects.filter(pk__in=[one.pk for one in found]).select_related("unit")
        field.queryset = rows  # type: ignore[attr-defined]
        if len(found) == 1:
            field.initial = found[0]
        self.found = found


class CoAddForm(ActForm):
    button = _("增加协办单位")
    units = UnitsChoice(label=_("协办单位"))
    demand = picked(
        _("协办单位承担什么"),
        [_("请提供职责范围内的情况和依据。"), _("请派员一同到现场核查。"), _("请就本单位职责提出处理意见。")],
        rows=3,
    )
    due_on = day_field(_("反馈日期"), required=False)
    reason = picked(_("理由"), [_("办理中发现还涉及该单位的职责。"), _("须由该单位提供专业意见。")], rows=2)

    def prepare(self) -> None:
        there = self.petition.shares.filter(ended_at=None).values("unit")
        units = receiving_units(self.petition, self.at).exclude(pk__in=there)
        self.fields["units"].queryset = units  # type: ignore[attr-defined]
        day = part_clocks.default_day(self.petition, self.at)
        self.fields["due_on"].initial = day
        self.fields["due_on"].help_text = (
            _now("比本件的期限提前。") if day else _now("不填的，按“协办反馈”规则的天数。")
        )

    def door_data(self) -> dict[str, Any]:
        units: list[Unit] = list(self.cleaned_data["units"])
        return {**self.cleaned_data, "units": units}


class CoEndForm(PartForm):
    act = Act.CO_END
    button = _("结束协办")
    explain = _("该单位以后不再看到本件；已经反馈的意见留在案卷。")
    reason = picked(_("理由"), [_("该单位承担的部分已经完成。"), _("经核实，不涉及该单位的职责。")], rows=2)


class CoReturnForm(PartForm):
    act = Act.CO_RETURN
    button = _("退回补充")
    reason = picked(
        _("还缺什么"), [_("没有写明依据，请补充。"), _("没有回答交办的问题，请逐项说明。")], rows=3
    )
    due_on = day_field(_("重新反馈日期"))

    def prepare(self) -> None:
        super().prepare()
        self.fields["due_on"].initial = local_day(self.at) + timedelta(days=5)


class CoObjectForm(ActForm):
    button = _("提出协办异议")
    explain = _("核实同意以前，本单位仍是协办单位，反馈期限不停（参照条例第二十三条）。")
    reason = picked(_("理由"), [_("本件不涉及本单位的职责，依据是："), _("应由其他单位协办，该单位是：")])


class CoWeighForm(PartForm):
    act = Act.CO_WEIGH
    button = _("保存核实意见")
    verdict = radios(
        ((AGREE, _("同意，该单位不再协办")), (REJECT, _("不同意，继续协办，期限不变"))), _("核实结果")
    )
    decision = picked(
        _("核实意见"), [_("经核实，确不属该单位职责。"), _("经核实，涉及该单位职责，请继续协办。")], rows=3
    )
    field_order = ("part", "verdict", "decision")

    def prepare(self) -> None:
        super().prepare()
        lines = [
            _now("%(unit)s 的异议：%(reason)s")
            % {"unit": one.unit.label, "reason": veil(self.petition, self.actor, one.objection)}
            for one in self.found
        ]
        self.explain = "\n".join(lines)

    def door_data(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        agree = data.pop("verdict") == AGREE
        return {**data, "agree": agree}
