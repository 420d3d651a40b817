"""Forms of the records of handling that have parts: the plan, a talk with the petitioner, a reconciliation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.forms import RowChoice, day_field
from core.timekeeping import local_day
from petitions import rules
from petitions.enums import RecordKind, Signature, TalkWay
from petitions.forms.acts import picked, radios
from petitions.forms.base import ActForm
from petitions.forms.fields import MomentField
from petitions.services.handling import unit_people
from petitions.services.recording import NewStep

#: How many steps the form has room for.
ROWS = 4
PICKS = [_("与信访人谈话，核实诉求。"), _("到现场调查取证。"), _("形成处理意见，报负责人审定。")]


class PersonChoice(RowChoice):
    """Somebody of the unit, by name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.get_full_name())


class PlanForm(ActForm):
    """Up to ``ROWS`` steps; rows left empty are none."""

    button = _("保存办理方案")
    explain = _("内部记录，信访人看不到。一行写一步，用不到的行留空；再次制定的代替现在的方案。")

    def prepare(self) -> None:
        case = self.petition
        unit = case.lead_unit or case.registered_unit
        out = rules.recused_from(case)
        people = [person.pk for person in unit_people(unit, self.at) if person.pk not in out]
        staff = User.objects.filter(pk__in=people).order_by("name")
        first = next((one for one in staff if one.pk == case.responsible_id), None)
        former = self._former()
        for n in range(1, ROWS + 1):
            step = former[n - 1] if n <= len(former) else None
            words = {"n": n}
            self.fields[f"text_{n}"] = picked(
                _now("第 %(n)d 步：做什么") % words, PICKS, rows=2, required=False, initial=step and step.text
            )
            self.fields[f"text_{n}"].max_length = 300  # type: ignore[attr-defined]
            self.fields[f"who_{n}"] = PersonChoice(
                queryset=staff,
                label=_now("第 %(n)d 步：谁负责") % words,
                required=False,
                initial=step.who if step and step.who_id in people else first,
            )
            self.fields[f"due_{n}"] = day_field(
                _now("第 %(n)d 步：何时完成") % words, required=False, initial=step and step.due_on
            )
        self.fields["text"] = picked(_now("其他说明"), rows=2, required=False)

    def _former(self) -> list[Any]:
        last = self.petition.records.filter(kind=RecordKind.PLAN).order_by("-at", "-id").first()
        return list(last.steps.select_related("who")) if last is not None else []

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.steps: list[NewStep] = []
        for n in range(1, ROWS + 1):
            text, who, due = (data.get(f"{name}_{n}") for name in ("text", "who", "due"))
            if not text and not due:
                continue  # the person stands there by itself
            for name, value, words in (
                ("text", text, _now("请写明这一步做什么。")),
                ("who", who, _now("请选择这一步谁负责。")),
                ("due", due, _now("请填写这一步何时完成。")),
            ):
                if not value and f"{name}_{n}" not in self.errors:
                    self.add_error(f"{name}_{n}", words)
            if due and due < local_day(self.at):
                self.add_error(f"due_{n}", _now("完成日期不能早于今天。"))
            if text and who and due:
                self.steps.append(NewStep(text, who, due))
        if not self.steps and not self.errors:
            self.add_error("text_1", _now("请至少写一步：做什么、谁负责、何时完成。"))
        return data

    def door_data(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"steps": self.steps, "text": data["text"], "token": data["token"]}


class TalkForm(ActForm):
    button = _("保存谈话记录")
    explain = _(
        "内部记录。先把记录读给信访人听或者请其核对；签不签名由其自愿，不签名不影响办理。请只记事实，不评价信访人。"
    )
    way = radios(TalkWay.choices, _("方式"))
    held_at = MomentField(label=_("谈话时间"))
    place = forms.CharField(label=_("地点"), max_length=200)
    present = forms.CharField(
        label=_("在场人员"), max_length=300, help_text=_("谈话人、记录人、信访人和其他在场的人，用顿号隔开。")
    )
    text = picked(
        _("谈话内容"), [_("信访人陈述的事实和理由："), _("我单位说明的情况："), _("双方商定：")], rows=6
    )
    signature = radios(Signature.choices, _("信访人核对签名"))

    def prepare(self) -> None:
        self.fields["held_at"].initial = self.at.replace(second=0, microsecond=0)
        unit, user = self.actor.unit, self.actor.user
        self.fields["place"].initial = unit.label if unit is not None else ""
        self.fields["present"].initial = user.get_full_name() if user is not None else ""

    def door_data(self) -> dict[str, Any]:
        data = self.cleaned_data
        made = {"way": TalkWay(data["way"]), "signature": Signature(data["signature"])}
        return {**data, **made}


class ReconcileForm(ActForm):
    button = _("登记和解")
    explain = _(
        "和解须双方自愿，在查明事实的基础上达成（条例第三十三条）。和解不代替答复：本件仍按原程序办理，期限不停。"
        "信访人会看到已经和解和本件仍会答复。"
    )
    agreed_on = day_field(_("和解日期"))
    petitioner_side = forms.CharField(label=_("信访人一方"), max_length=200)
    petitioner_consents = forms.BooleanField(label=_("信访人一方自愿同意"), required=False)
    other_side = forms.CharField(label=_("对方"), max_length=200)
    other_consents = forms.BooleanField(label=_("对方自愿同意"), required=False)
    text = picked(_("和解内容"), [_("双方商定的事项：")], rows=4)
    afterwards = picked(
        _("本件怎样办理、答复"),
        [_("按和解内容履行后，依法答复信访人。"), _("和解只解决部分诉求，其余诉求继续调查，一并答复。")],
        rows=2,
    )

    def prepare(self) -> None:
        self.fields["agreed_on"].initial = local_day(self.at)
