"""Forms of the keepers' pages. They clean input; the services decide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.forms.fields import UnitField
from core.errors import Refusal
from core.forms import BaseForm, day_field
from core.text import clean_text
from deadlines import facts, steps
from deadlines.enums import Hours, LengthUnit, StepKind
from deadlines.models import Rule, RuleStep
from deadlines.rules_table import TOLD_ROLES, Rung, Share
from deadlines.services import NewVersion, decoded
from deadlines.services.rule_checks import MOST_RUNGS
from deadlines.services.ruling import BEFORE, LONGEST_REASON, NONE

#: A year's table has about 40 lines; a file larger than this is another file. Bytes.
LARGEST_TABLE = 100_000
#: The box for a table with fewer days off than the law gives.
FEW = "few"
KEEP, MOVE = "keep", "move"
MINUTES = {"minute": 1, "hour": 60, "day": 1440}
SHARE = "percent"
UNITS = (("minute", _("分钟")), ("hour", _("小时")), ("day", _("天")), (SHARE, _("%（已过时间）")))


def _reason() -> forms.CharField:
    return forms.CharField(
        label=_("理由"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("记入审计日志。"),
    )


class RuleForm(BaseForm):
    """A new version of ``rule``, beginning with what the last one says."""

    basis = forms.CharField(
        label=_("依据"), max_length=200, help_text=_("法规的条款，或者本区文件的名称和文号。")
    )
    length = forms.IntegerField(label=_("期限"), required=False, min_value=-1_000_000, max_value=1_000_000)
    unit = forms.ChoiceField(label=_("单位"), choices=LengthUnit.choices)
    hours = forms.ChoiceField(
        label=_("夜间和节假日"),
        choices=Hours.choices,
        help_text=_("只用于按分钟、小时计的期限；提醒和上报的分钟数也照此计。"),
    )
    rolls = forms.BooleanField(label=_("末日遇休息日顺延"), required=False)
    extension_limit = forms.IntegerField(
        label=_("最长可延长（日）"),
        required=False,
        min_value=-1_000,
        max_value=1_000,
        help_text=_("不能延长的留空。"),
    )
    valid_from = day_field(_("施行日期"))
    start_acts = forms.MultipleChoiceField(
        label=_("起算环节"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("记录了其中一步，就开始计时；已经在计时的接着计。"),
    )
    stop_acts = forms.MultipleChoiceField(
        label=_("停止环节"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("记录了其中一步，就停止；本件不予受理、转走密存或者办结归档时也停止。"),
    )
    running = forms.ChoiceField(
        label=_("正在计时的件"),
        choices=((KEEP, _("仍按起算时的规则")), (MOVE, _("从今天起改按新规则"))),
        widget=forms.RadioSelect,
        initial=KEEP,
    )
    reason = _reason()

    def __init__(self, *args: Any, rule: Rule, **kwargs: Any) -> None:
        self.rule = rule
        kwargs.setdefault(
            "initial",
            {
                "basis": rule.basis,
                "length": rule.length,
                "unit": rule.unit,
                "rolls": rule.rolls,
                "hours": rule.hours,
                "extension_limit": rule.extension_limit,
                "running": KEEP,
                "start_acts": rule.start_acts,
                "stop_acts": rule.stop_acts,
            },
        )
        super().__init__(*args, **kwargs)
        self._fit(rule)

    def _fit(self, rule: Rule) -> None:
        """Leave out what is not this rule's to say."""
        if rule.own:
            self._offer_acts()
        else:
            del self.fields["start_acts"], self.fields["stop_acts"]
        if not rule.continuous:
            del self.fields["hours"]
        if rule.length is None:
            self.fields["length"].disabled = True
            self.fields["length"].help_text = _("由办事的人指定日期，不设固定期限。")

    def _offer_acts(self) -> None:
        acts = steps.offered()
        starting, stopping = self.fields["start_acts"], self.fields["stop_acts"]
        assert isinstance(starting, forms.ChoiceField) and isinstance(stopping, forms.ChoiceField)
        starting.choices, stopping.choices = acts.choices(acts.starting), acts.choices(acts.words)
        for field, none in (
            (starting, _("请至少选一个起算环节。")),
            (stopping, _("请至少选一个停止环节。")),
        ):
            field.required, field.error_messages["required"] = True, none

    def version(self, ladder: list[Rung], conditions: Mapping[str, str]) -> NewVersion:
        data = self.cleaned_data
        return NewVersion(
            code=self.rule.code,
            basis=data["basis"],
            length=data["length"],
            unit=LengthUnit(data["unit"]),
            rolls=data["rolls"],
            extension_limit=data["extension_limit"],
            valid_from=data["valid_from"],
            ladder=ladder,
            conditions=conditions,
            hours=Hours(data.get("hours", Hours.ALWAYS)),
            start_acts=data.get("start_acts", ()),
            stop_acts=data.get("stop_acts", ()),
        )


class OwnCodeForm(RuleForm):
    """A code of the district's own with its first version."""

    name = forms.CharField(label=_("名称"), max_length=60)
    field_order = ("name", "basis", "start_acts", "stop_acts")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, rule=Rule(length=5, unit=LengthUnit.WORKING_DAY, rolls=True), **kwargs)

    def _fit(self, rule: Rule) -> None:
        del self.fields["running"]
        self._offer_acts()


class ConditionsForm(BaseForm):
    """For which matters the version holds: a box for each fact, left empty where it does not matter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for fact in facts.known():
            if fact.name == facts.UNIT:
                unit = UnitField(label=fact.label, required=False)
                self.fields[fact.name] = unit
                unit.offer(self[fact.name].value())
            else:
                self.fields[fact.name] = forms.ChoiceField(
                    label=fact.label, required=False, choices=[("", _("不限")), *fact.choices.items()]
                )

    def conditions(self) -> dict[str, str]:
        found = {name: getattr(value, "pk", value) for name, value in self.cleaned_data.items()}
        return {name: str(value) for name, value in found.items() if value}


class EndForm(BaseForm):
    """From which day a version no longer holds, and what becomes of what runs under it."""

    valid_until = day_field(_("自哪天起不再适用"))
    running = forms.ChoiceField(
        label=_("正在按它计时的件"),
        choices=((KEEP, _("仍按起算时的规则")), (MOVE, _("从今天起改按停用后适用的规定"))),
        widget=forms.RadioSelect,
        initial=KEEP,
    )
    reason = _reason()


class HoursForm(BaseForm):
    """Duty hours of a unit, or of the district where none is chosen."""

    unit = UnitField(label=_("单位"), required=False, help_text=_("不选就是全区的。"))
    spans = forms.CharField(
        label=_("办公时间"),
        required=False,
        max_length=120,
        help_text=_(
            "如：08:30-12:00、14:00-17:30；全天值守写 00:00-24:00。选了单位而这里留空，就重新按全区的。"
        ),
    )
    every_day = forms.BooleanField(label=_("节假日也值守"), required=False)
    reason = _reason()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        assert isinstance(unit, UnitField)
        unit.offer(self["unit"].value())


class TakeBackForm(BaseForm):
    """Why a year's table was a mistake."""

    reason = forms.CharField(
        label=_("理由"),
        max_length=150,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("记入审计日志，也写进各期限的台账。"),
    )


class WithdrawForm(BaseForm):
    """Stands on the page beside ``EndForm``. ``before``: the version that the withdrawn one was to follow."""

    then = forms.ChoiceField(label=_("撤回以后"), choices=(), required=False, widget=forms.RadioSelect)
    reason = _reason()

    def __init__(self, *args: Any, before: Rule | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        then = self.fields["then"]
        assert isinstance(then, forms.ChoiceField)
        if before is None:
            del self.fields["then"]
            return
        words = {"length": before.length_text, "day": before.valid_until}
        then.choices = [
            (BEFORE, _("前一个版本（%(length)s）接着适用") % words),
            (NONE, _("前一个版本（%(length)s）仍到 %(day)s 为止，以后没有这条规定") % words),
        ]


class RungForm(BaseForm):
    """One rung: after a share of the time, before the due moment, at it, after it. A row without a number is none."""

    kind = forms.ChoiceField(label=_("做什么"), choices=StepKind.choices)
    number = forms.IntegerField(label=_("距到期"), required=False, min_value=0, max_value=100_000)
    per = forms.ChoiceField(label=_("单位"), choices=UNITS)
    role = forms.ChoiceField(
        label=_("通知谁"),
        choices=[(role.value, role.label) for role in (*sorted(TOLD_ROLES), Role.SYSTEM)],
    )

    def rung(self) -> Rung | None:
        data = self.cleaned_data
        if data.get("number") is None or data.get("DELETE"):
            return None
        kind = StepKind(data["kind"])
        role = Role.SYSTEM if kind == StepKind.LAPSE else Role(data["role"])
        if data["per"] == SHARE:
            return kind, Share(data["number"]), role
        minutes = data["number"] * MINUTES[data["per"]]
        return kind, -minutes if kind == StepKind.REMIND else minutes, role


#: What the ladder of a new code begins with.
PLAIN_LADDER = (
    {"kind": StepKind.REMIND, "number": 1, "per": "day", "role": Role.HANDLER},
    {"kind": StepKind.BREACH, "number": 0, "per": "day", "role": Role.HANDLER},
    {"kind": StepKind.ESCALATE, "number": 1, "per": "day", "role": Role.UNIT_HEAD},
)
RungForms = forms.formset_factory(
    RungForm, extra=1, can_delete=True, max_num=MOST_RUNGS + 1, absolute_max=MOST_RUNGS + 10
)


def as_initial(steps: list[RuleStep]) -> list[dict[str, Any]]:
    """The rungs of a version as the formset begins with them, in the largest whole unit."""
    rows = []
    for step in steps:
        if step.offset_minutes is None:
            rows.append({"kind": step.kind, "number": step.percent, "per": SHARE, "role": step.role})
            continue
        minutes = abs(step.offset_minutes)
        per = next(name for name in ("day", "hour", "minute") if minutes % MINUTES[name] == 0)
        rows.append({"kind": step.kind, "number": minutes // MINUTES[per], "per": per, "role": step.role})
    return rows


class CalendarForm(BaseForm):
    """A year's table as a file, or as the ``table`` that was read from one a moment ago."""

    year = forms.IntegerField(label=_("年份"), min_value=1949, max_value=2200)
    file = forms.FileField(
        label=_("日历表"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=_(
            "CSV 文件，三列：日期、是否上班、说明，表头照样表写；只写放假的日子和调休上班的日子，"
            "本地停工也写在里面。"
        ),
    )
    source = forms.CharField(label=_("来源"), max_length=200, help_text=_("比如：国务院办公厅的通知和文号。"))
    table = forms.CharField(required=False, max_length=LARGEST_TABLE, strip=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        file = data.get("file")
        if file is None:
            if not data.get("table"):
                self.add_error("file", _("请选择日历表文件。"))
        elif file.size > LARGEST_TABLE:
            self.add_error("file", _("文件太大，不像一年的日历表。"))
        else:
            try:
                # As what is posted the next time is cleaned: what was seen and what is confirmed are one text.
                data["table"] = clean_text(decoded(file.read()))
            except Refusal as refusal:
                self.add_error("file", refusal.sentence)
        return data

    def show_table(self) -> None:
        """Carry what was read from the file on the page, so that confirming needs no second choosing."""
        kept = {name: self.data[name] for name in self.data if name != FEW}
        self.data = kept | {"table": self.cleaned_data["table"]}

    def ask_few(self) -> bool:
        """A box to be ticked for this table, empty whenever the table is shown; whether it was."""
        field = forms.BooleanField(label=_("已经核对，没有漏，确实要这样录入"), required=False)
        self.fields[FEW] = field
        return bool(self[FEW].value())
