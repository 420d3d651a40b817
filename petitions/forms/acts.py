"""Forms of the acts between the petition office and the unit: one per act. They clean input and nothing else; what
the law allows is the service's business."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.selectors import successors_of
from core.forms import day_field
from core.timekeeping import friendly_moment, local_day
from petitions import extensions, legal, rules
from petitions.enums import Kind, Path, RefusalReason, Status
from petitions.forms.base import ActForm, receiving_units
from petitions.forms.fields import (
    MomentField,
    PickedText,
    PickerSelect,
    UnitChoice,
    UnitsChoice,
)
from petitions.forms.staff import OUT_OF_IT, StaffChoice, ask_about_staff
from petitions.models import Category, Petition
from petitions.selectors import categories, public
from petitions.services import classifying, complained

LONG = 4000
#: One line per path, in the words of 条例 31.
PATHS = (
    (Path.LITIGATION, _("一、涉法涉诉：应由法院、检察院、公安按诉讼程序处理")),
    (Path.ARBITRATION, _("二、仲裁：可以通过劳动、土地等仲裁解决")),
    (Path.PARTY_APPEAL, _("三、党员申诉：按党内有关规定处理")),
    (Path.ADMINISTRATIVE, _("四、行政程序：复议、裁决、确认、许可、处罚等")),
    (Path.DUTY, _("五、履行法定职责：申请查处违法或保护权利，依法履行或答复")),
    (Path.PETITION, _("六、信访程序：不属于以上各项，听取意见、调查，作出处理意见书，60 日内办结")),
)
KINDS = (
    (Kind.SUGGESTION, _("建议意见：研究采纳，予以回复（条例第二十九条）")),
    (Kind.APPEAL, _("申诉求决：按路径办理（条例第三十一条）")),
)
KINDS_ALL = (*KINDS, (Kind.ACCUSATION, _("检举控告：立即密存，转纪检监察机关（条例第三十条）")))


def radios(choices: Any, label: Any, **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(choices=choices, label=label, widget=forms.RadioSelect, **kwargs)


def picked(label: Any, picks: Any = (), *, rows: int = 4, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONG, widget=PickedText(picks, rows=rows), **kwargs)


class KindPathMixin:
    """Turns the two radio answers into enum members; a path only with 申诉求决."""

    cleaned_data: dict[str, Any]

    def kind_and_path(self) -> dict[str, Any]:
        data = self.cleaned_data
        kind = Kind(data["kind"]) if data.get("kind") else None
        path = Path(int(data["path"])) if data.get("path") and kind == Kind.APPEAL else None
        return {"kind": kind, "path": path}


def ask_kind_and_path(form: Any, kind: str = "") -> None:
    """Put the two questions first. An accusation is classified by its own step."""
    form.fields["case_kind"] = radios(KINDS, _now("信访目的"), initial=kind or None)
    form.fields["case_path"] = radios(PATHS, _now("办理路径（申诉求决须选）"), required=False)
    form.order_fields(["case_kind", "case_path"])


def chosen_kind_and_path(data: dict[str, Any]) -> dict[str, Any]:
    """The two answers as the doors take them; nothing where they were not asked for."""
    if "case_kind" not in data:
        return {}
    kind = Kind(data["case_kind"]) if data["case_kind"] else None
    path = Path(int(data["case_path"])) if data["case_path"] and kind == Kind.APPEAL else None
    return {"case_kind": kind, "case_path": path}


class ClassifyForm(KindPathMixin, ActForm):
    button = _("保存定性分类")
    kind = radios(KINDS_ALL, _("信访目的"))
    path = radios(PATHS, _("办理路径（申诉求决须选）"), required=False)
    category_id = forms.ModelChoiceField(
        queryset=Category.objects.none(),
        label=_("内容分类"),
        required=False,
        widget=PickerSelect(remember="categories"),
    )
    complained_unit = UnitChoice(label=_("被反映单位（信访人写明的，请在此对应）"), required=False)
    complained_people = StaffChoice(label=_("被反映的工作人员"), help_text=OUT_OF_IT)
    reason = picked(
        _("理由（更改信访目的或者路径时必填）"),
        [
            _("经核对原文，信访人是提出建议"),
            _("经核对原文，信访人是请求解决具体问题"),
            _("反映干部违纪违法问题"),
        ],
        rows=2,
        required=False,
    )

    def prepare(self) -> None:
        case = self.petition
        ask_about_staff(self)
        self.guess_complained()
        self.fields["kind"].initial = case.kind
        self.fields["path"].initial = case.path
        self.fields["category_id"].initial = case.category_id
        named = self.fields["complained_unit"]
        named.queryset, named.initial = categories.units(), case.complained_unit_id  # type: ignore[attr-defined]
        leaves = Category.objects.filter(version__is_current=True)
        if case.category_id:
            leaves |= Category.objects.filter(pk=case.category_id)
        field = self.fields["category_id"]
        field.queryset = leaves.order_by("level1", "level2", "level3")  # type: ignore[attr-defined]
        field.label_from_instance = lambda leaf: leaf.level3 or leaf.level2  # type: ignore[attr-defined]

    def door_data(self) -> dict[str, Any]:
        data = self.cleaned_data
        leaf = data["category_id"]
        return {
            **self.kind_and_path(),
            "category_id": leaf.pk if leaf else None,
            "complained_unit": data["complained_unit"],
            "complained_people": list(data["complained_people"]),
            "reason": data["reason"],
            "token": data["token"],
        }


class SealForm(ActForm):
    button = _("密存并转纪检监察机关")
    explain = _("本件会立即从原单位收回并密存，除纪检监察机关外其他人不再看到。不能撤回。")
    complained_people = StaffChoice(label=_("被反映的工作人员"), help_text=OUT_OF_IT)
    reason = picked(_("理由"), [_("反映干部违纪违法问题")], rows=2)

    def prepare(self) -> None:
        ask_about_staff(self)

    def door_data(self) -> dict[str, Any]:
        return {**self.cleaned_data, "complained_people": list(self.cleaned_data["complained_people"])}


class ReportUpForm(ActForm):
    button = _("登记移送")
    explain = _(
        "本件反映的正是本地的纪检监察机关，或者本地没有这样的机关。请按保密规定移送上级纪检监察机关，再在此登记；"
        "登记后本件在此办结，信访人会看到移送到哪里。"
    )
    body = forms.CharField(label=_("上级纪检监察机关"), max_length=120)
    how = forms.CharField(
        label=_("移送方式"),
        max_length=120,
        widget=PickedText([_("机要交换"), _("专人送达"), _("纪检监察系统内网")], rows=1),
    )
    handed_over_at = MomentField(label=_("移送时间"))
    receipt = forms.CharField(label=_("对方的回执或文号"), max_length=120)

    def prepare(self) -> None:
        self.fields["handed_over_at"].initial = self.at


class SendForm(ActForm):
    """What 转送 and 交办 share: one lead unit, any number of co-units."""

    unit = UnitChoice(label=_("主办单位"))
    co_units = UnitsChoice(label=_("协办单位"), required=False)
    co_demand = picked(
        _("协办单位承担什么"),
        [_("请提供职责范围内的情况和依据。"), _("请派员一同到现场核查。")],
        rows=2,
        required=False,
        help_text=_("有协办单位的填写；不填的，按给主办单位的说明。"),
    )
    co_due_on = day_field(
        _("协办反馈日期"),
        required=False,
        help_text=_("不填的，比本件的期限提前；本件还没有期限的，按“协办反馈”规则的天数。"),
    )

    def prepare(self) -> None:
        self.guess_complained()
        self._ask_what_it_is()
        units = receiving_units(self.petition, self.at)
        for name in ("unit", "co_units"):
            self.fields[name].queryset = units  # type: ignore[attr-defined]
        original = self.petition.joined_to
        if original is not None and original.status in {Status.FORWARDED, Status.ACCEPTED}:
            self.fields["unit"].initial = original.lead_unit_id  # where the case it is joined to is in hand
        if (decided := extensions.receivers_of(self.petition)) is not None:
            self.fields["unit"].initial, self.fields["co_units"].initial = decided
        blocked = complained.units_blocked(self.petition, self.at)
        if blocked:
            self.fields["unit"].help_text = _now(
                "%(unit)s是本件的被反映单位或由被反映的人负责，它和它的下级不能办理（条例第二十八条），已不在列表中。"
            ) % {"unit": "、".join(dict.fromkeys(unit.label for unit in blocked))}

        self._to_legal_bodies()

    def _ask_what_it_is(self) -> None:
        """Where the district wants it known before a case is sent on and nobody has said it (条例 29–31)."""
        case = self.petition
        if classifying.must_be_chosen(case):
            ask_kind_and_path(self, case.kind)

    def door_data(self) -> dict[str, Any]:
        return {**self.cleaned_data, **chosen_kind_and_path(self.cleaned_data)}

    def _to_legal_bodies(self) -> None:
        """涉法涉诉 goes to a 政法 unit where the tree has one (条例 22)."""
        if not rules.litigation(self.petition):
            return
        bodies = list(legal.bodies(local_day(self.at)))
        if bodies:
            field: Any = self.fields["unit"]
            field.queryset = field.queryset.filter(pk__in=[one.pk for one in bodies])
            field.help_text = _now("本件定为涉法涉诉（路径一），转送政法机关（条例第二十二条）。")
            field.initial = bodies[0].pk if len(bodies) == 1 else field.initial

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("unit") and data["unit"] in (data.get("co_units") or []):
            raise ValidationError(_now("主办单位不能同时是协办单位。"))
        return data

    @property
    def doubtful(self) -> bool:
        """Whether the lead that was chosen may be whom the petitioner complains of (条例 28). Call after
        ``is_valid``."""
        return self.guessed is not None and self.guessed.means(self.cleaned_data["unit"])


class ForwardForm(SendForm):
    button = _("转送")
    note = picked(
        _("转送说明（单位可见）"),
        [
            _("请依法受理，按期告知信访人。"),
            _("涉及多个部门，请牵头办理。"),
            _("请先电话联系信访人，约定见面。"),
        ],
        rows=2,
        required=False,
    )


class AssignForm(SendForm):
    button = _("交办")
    feedback_due_on = day_field(_("反馈期限"))
    demand = picked(
        _("交办要求"),
        [_("请查清事实，依法办理，按期反馈结果并附办结报告。"), _("请主要负责人阅办。")],
        rows=3,
    )


class RefuseForm(ActForm):
    button = _("不予受理")
    explain = _("不予受理只能出于下列理由，并须告诉信访人应向何处提出。信访人会看到理由和去向。")
    reason = radios(RefusalReason.choices, _("理由"))
    explanation = picked(
        _("说明"),
        [
            _("该事项已由有权处理机关受理，尚在法定期限内（条例第十九条）。"),
            _("该事项应当通过诉讼、仲裁或者行政复议解决（条例第三十一条）。"),
            _("该事项不属于本机关职权范围（条例第二十三条）。"),
            _("该事项已经复核终结，所述事实和理由相同（条例第三十六条）。"),
        ],
        rows=3,
    )
    where_to_go = forms.CharField(
        label=_("应向何处提出"),
        max_length=200,
        widget=PickedText(
            [
                _("有管辖权的人民法院"),
                _("劳动人事争议仲裁委员会"),
                _("县人民政府行政复议机构"),
                _("原办理机关"),
            ],
            rows=1,
        ),
    )
    ground = forms.CharField(
        label=_("依据"),
        max_length=200,
        required=False,
        help_text=_(
            "复核终结的填复核意见书的文号和日期；已在办理的填哪个机关、何时受理。已关联到原件的不用填。"
        ),
    )

    def door_data(self) -> dict[str, Any]:
        return {**self.cleaned_data, "reason": RefusalReason(self.cleaned_data["reason"])}


class SucceedForm(ActForm):
    button = _("由该机构承继")
    explain = _("主办单位已停用。承继机构接着办理，期限照旧计算，办理记录一并移交（条例第二十四条）。")
    unit = UnitChoice(label=_("承继机构"))
    basis = picked(_("依据"), [_("机构改革方案"), _("区县党委、政府指定")], rows=2)

    def prepare(self) -> None:
        lead = self.petition.lead_unit
        heirs = successors_of(lead, local_day(self.at)) if lead is not None else []
        units = receiving_units(self.petition, self.at)
        if heirs:
            units = units.filter(pk__in=[one.pk for one in heirs])
        field = self.fields["unit"]
        field.queryset = units  # type: ignore[attr-defined]
        if len(heirs) == 1:
            field.initial = heirs[0].pk


class ObjectForm(ActForm):
    button = _("提出异议")
    explain = _("转送单位同意以前，本件仍由本单位负责，15 日告知期限不停止（条例第二十三条）。")
    reason = picked(
        _("理由"),
        [
            _("该事项的主管部门不是本单位，依据是："),
            _("该事项发生地不在本辖区，所在地是："),
            _("该事项已由其他机关受理，受理机关是："),
        ],
    )
    suggested_unit = UnitChoice(label=_("建议转送的单位"), required=False)

    def prepare(self) -> None:
        self.fields["suggested_unit"].queryset = receiving_units(self.petition, self.at)  # type: ignore[attr-defined]


class DecideForm(ActForm):
    def prepare(self) -> None:
        self.open_objection = self.petition.objections.filter(agreed=None).select_related("unit").first()
        if self.open_objection is not None:
            self.explain = _now("%(unit)s 的异议：%(reason)s") % {
                "unit": self.open_objection.unit.label,
                "reason": self.open_objection.reason,
            }


class AgreeForm(DecideForm):
    button = _("同意异议，收回重转")
    decision = picked(_("核实意见"), [_("经核实，确不属该单位职责，同意退回。")], rows=3)


class RejectForm(DecideForm):
    button = _("不同意，原单位继续办理")
    decision = picked(_("核实意见"), [_("经核实，属该单位职责，请继续办理。")], rows=3)


class LinkForm(ActForm):
    button = _("关联")
    explain = _("重复信访是同一人就同一事再次反映。仅证件号相同不足以认定，请核对内容。")
    number = forms.CharField(label=_("原件编号"), max_length=32)
    join = forms.BooleanField(label=_("并入原件一并答复（本件保留编号、回执和期限）"), required=False)

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"].upper()
        original = Petition.objects.visible_to(self.actor).filter(number=number).first()
        if original is None:
            raise ValidationError(_now("没有这个编号，或不在您的查看范围内。"))
        self.original = original
        return number

    def door_data(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"original": self.original, "join": data["join"], "token": data["token"]}


class UnlinkForm(ActForm):
    button = _("撤销关联")
    reason = picked(
        _("理由"),
        [
            _("经核对，与原件不是同一信访事项。"),
            _("经核对，与原件不是同一信访人。"),
            _("属同一事项，但诉求不同，须单独办理、单独答复。"),
        ],
        rows=3,
    )

    def prepare(self) -> None:
        """From what it is taken apart, as far as this reader may see that, and what becomes of it."""
        case = self.petition
        above = [pk for pk in (case.repeat_of_id, case.joined_to_id) if pk is not None]
        seen = Petition.objects.visible_to(self.actor).filter(pk__in=above)
        numbers = "、".join(seen.order_by("pk").values_list("number", flat=True))
        which = _now("原件：%(numbers)s。") % {"numbers": numbers} if numbers else ""
        self.explain = which + self._what_follows()

    def _what_follows(self) -> str:
        case = self.petition
        if case.concluded_at is not None and case.joined_to_id is not None:
            return _now(
                "本件已随原件答复，答复和送达留在本件，不会因撤销而失效；信访人不服的，告知其申请复查。"
                "本件反映的另一事项没有办理过的，请另行登记。"
            )
        if case.joined_to_id is not None:
            return _now("撤销后原件的转送、受理、答复、送达不再带上本件；本件的期限一直在走，请单独办理。")
        return _now("撤销后本件不再计为重复件；期限和办理状态不变。")


class CorrectFirstForm(ActForm):
    button = _("更正")
    explain = _("只更正“全国初次”；更正以后，统计和能不能简易办理按更正后的算。")
    first_nationwide = radios((("yes", _("是")), ("no", _("否")), ("unknown", _("不清楚"))), _("全国初次"))
    reason = picked(
        _("理由"),
        [
            _("经全国信访信息系统查询，此前已经反映过。"),
            _("经全国信访信息系统查询，此前没有反映过。"),
            _("登记时点错。"),
        ],
        rows=2,
    )

    def prepare(self) -> None:
        now = {True: "yes", False: "no", None: "unknown"}[self.petition.first_nationwide]
        self.fields["first_nationwide"].initial = now

    def door_data(self) -> dict[str, Any]:
        said = {"yes": True, "no": False, "unknown": None}[self.cleaned_data["first_nationwide"]]
        return {**self.cleaned_data, "first_nationwide": said}


class CloseForm(ActForm):
    button = _("办结归档")
    text = picked(_("说明"), [_("材料齐全，归档。")], rows=2, required=False)

    def prepare(self) -> None:
        """What the petitioner still has before them. It is said; closing stays possible."""
        said = []
        review = public.right_of_review(self.petition, self.at)
        if review is not None and review.open:
            said.append(
                _now("信访人可在 %(day)s 前（含当日）申请复查") % {"day": local_day(review.until).isoformat()}
            )
        meeting = public.agreed_meeting(self.petition, self.at)
        if meeting is not None and not meeting.over:
            said.append(_now("约定 %(when)s 见面") % {"when": friendly_moment(meeting.at, at=self.at)})
        if said:
            self.explain = _now("请注意：%(what)s。") % {"what": "；".join(said)}
