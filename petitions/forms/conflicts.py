"""Forms of recusal (回避) and of the urgency that two people lower."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.timekeeping import friendly_moment
from core.widgets import PickerSelect
from petitions.enums import RecusalGround, Urgency
from petitions.forms.acts import picked, radios
from petitions.forms.base import ActForm
from petitions.selectors import staff
from petitions.services import recusing


class PersonChoice(forms.ModelChoiceField):
    """One of a few people, found by typing: by unit, then by name, each with the post they hold."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=User.objects.none(), widget=PickerSelect(), **kwargs)

    def among(self, people: QuerySet[User], at: datetime) -> None:
        self.at = at
        self.queryset = staff.by_unit(people, at)

    def label_from_instance(self, obj: Any) -> str:
        return staff.label_of(obj, self.at)


class GroundForm(ActForm):
    ground = radios(RecusalGround.choices, _("情形"))

    def door_data(self) -> dict[str, Any]:
        return {**self.cleaned_data, "ground": RecusalGround(self.cleaned_data["ground"])}


class RecuseForm(GroundForm):
    button = _("登记本人回避")
    explain = _("登记后您不再看到、不再经办本件，由单位另行安排。信访人会看到有工作人员已回避，看不到是谁。")
    reason = picked(_("说明（可不填）"), rows=2, required=False)


class ExcludeForm(GroundForm):
    button = _("要求回避")
    explain = _("以前收到的提醒一并收回；理由只在内部记录，信访人只看到有工作人员已回避。")
    user = PersonChoice(label=_("回避的人"))
    reason = picked(
        _("理由"), [_("信访人提出回避申请，经核实属实。"), _("经了解，其与本件当事人有亲属关系。")], rows=2
    )
    field_order = ("user", "ground", "reason")

    def prepare(self) -> None:
        near = recusing.excludable(self.petition, self.actor, self.at)
        self.fields["user"].among(near, self.at)  # type: ignore[attr-defined]


class ReadmitForm(ActForm):
    button = _("解除回避")
    user = PersonChoice(label=_("回避的人"))
    reason = picked(_("理由"), [_("经核实，回避的情形不存在。"), _("利害关系已经消除。")], rows=2)

    def prepare(self) -> None:
        out = self.petition.recusals.filter(ended_at=None)
        people = recusing.readmittable(self.petition, self.actor)
        self.fields["user"].among(people, self.at)  # type: ignore[attr-defined]
        self.explain = "；".join(
            f"{one.user.get_full_name()}：{one.get_ground_display()}" for one in out.select_related("user")
        )


class UrgencyForm(ActForm):
    urgency = radios((), _("紧急程度"))

    def levels(self) -> list[Urgency]:
        return []

    def prepare(self) -> None:
        choices = [(level, level.label) for level in self.levels()]
        self.fields["urgency"].choices = choices  # type: ignore[attr-defined]
        self.fields["urgency"].initial = choices[-1][0] if len(choices) == 1 else None
        self.explain = _now("本件现在是“%(now)s”。") % {"now": self.petition.get_urgency_display()}

    def door_data(self) -> dict[str, Any]:
        return {**self.cleaned_data, "urgency": Urgency(self.cleaned_data["urgency"])}


class RaiseUrgencyForm(UrgencyForm):
    button = _("提高紧急程度")
    reason = picked(
        _("理由"),
        [_("可能危及人身安全。"), _("涉及人数多，情况紧急。"), _("时限将到，逾期无法补救。")],
        rows=2,
    )

    def levels(self) -> list[Urgency]:
        return list(Urgency)[list(Urgency).index(Urgency(self.petition.urgency)) + 1 :]


class AskLoweringForm(UrgencyForm):
    button = _("申请降低")
    reason = picked(_("理由"), [_("险情已经排除，经现场核实。"), _("登记时误选，经核对原文。")], rows=2)

    def prepare(self) -> None:
        super().prepare()
        if self.petition.lowering_asked_by is not None:
            self.explain = _now("%(who)s 已申请降低，正等待另一人核实，现在不能再申请。") % {
                "who": self.petition.lowering_asked_by.get_full_name()
            }

    def levels(self) -> list[Urgency]:
        return list(Urgency)[: list(Urgency).index(Urgency(self.petition.urgency))]


class DecideLoweringForm(ActForm):
    decision = picked(_("核实意见"), rows=2)

    def prepare(self) -> None:
        asked = self.petition.lowerings.filter(agreed=None).select_related("asked_by").first()
        if asked is not None:
            self.explain = _now("%(who)s 于%(when)s申请降为“%(urgency)s”：%(reason)s") % {
                "who": asked.asked_by.get_full_name(),
                "when": friendly_moment(asked.asked_at, at=self.at),
                "urgency": asked.get_urgency_display(),
                "reason": asked.reason,
            }


class AgreeLoweringForm(DecideLoweringForm):
    button = _("同意降低")
    decision = picked(_("核实意见"), [_("经核实，险情已经排除。"), _("经核对原文，属登记时误选。")], rows=2)


class RejectLoweringForm(DecideLoweringForm):
    button = _("不同意，维持紧急程度")
    decision = picked(
        _("核实意见"), [_("经核实，险情尚未排除。"), _("理由不充分，请现场核实后再申请。")], rows=2
    )
