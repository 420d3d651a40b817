"""Forms of this room. They clean input; the services decide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import UnitKind
from accounts.models import Post, Unit
from conference.enums import WITH_A_DAY, ItemKind, OrderKind, OrderState
from conference.models import Dispute, Item
from conference.services import meetings
from conference.services.inside import LONGEST
from conference.services.minutes import Decided
from conference.services.ordering import NewOrder
from core.converters import scattered
from core.forms import AsShown, BaseForm, day_field
from core.timekeeping import local_day, now
from core.widgets import CHOOSE
from petitions.forms.fields import MomentField, UnitChoice, UnitsChoice
from supervision.forms import text_field
from supervision.services.inside import default_due_on

NOT_HANDLING = (UnitKind.DISTRICT, UnitKind.DISCIPLINE)


def units_today() -> Any:
    return Unit.objects.active(local_day(now())).order_by("path")


class ChairChoice(forms.ModelChoiceField):
    """A post, with whoever holds it."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user.get_full_name()}（{obj.label}）"


class MeetingForm(BaseForm):
    title = forms.CharField(label=_("会议名称"), max_length=120)
    starts_at = MomentField(label=_("会议时间"))
    place = forms.CharField(label=_("地点"), max_length=200)
    chair = ChairChoice(label=_("主持"), queryset=Post.objects.none())
    units = UnitsChoice(label=_("参加单位"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        known = [post.pk for post in meetings.chairs(now())]
        fields["chair"].queryset = Post.objects.filter(pk__in=known).select_related("user", "unit")
        fields["units"].queryset = units_today().exclude(kind=UnitKind.DISTRICT)


class ItemForm(BaseForm):
    kind = forms.ChoiceField(label=_("议题类型"), choices=[("", CHOOSE), *ItemKind.choices])
    dispute = forms.ChoiceField(
        label=_("管辖争议"), required=False, help_text=_("议题是管辖争议的选择；已提交联席会议的在这里。")
    )
    unit = UnitChoice(label=_("涉及单位"), required=False, help_text=_("议题是单位工作中的问题的必填。"))
    number = forms.CharField(label=_("有关信访件的编号"), required=False, max_length=40)
    title = forms.CharField(label=_("议题"), max_length=120)
    text = text_field(_("情况"), 4, max_length=LONGEST, help_text=_("参加单位会看到，不写信访人的姓名。"))

    def __init__(self, *args: Any, disputes: Sequence[Dispute], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.disputes = {scattered(row.pk): row for row in disputes}
        fields: Any = self.fields
        fields["dispute"].choices = [
            ("", _("不是管辖争议")),
            *((key, row.petition.number) for key, row in self.disputes.items()),
        ]
        fields["unit"].queryset = units_today().exclude(kind=UnitKind.DISTRICT)

    def clean_dispute(self) -> Dispute | None:
        return self.disputes.get(self.cleaned_data["dispute"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == ItemKind.DISPUTE and not data.get("dispute") and "dispute" not in self.errors:
            self.add_error("dispute", _("请选择要提交会议的管辖争议。"))
        if data.get("kind") == ItemKind.SHORTCOMING and not data.get("unit") and "unit" not in self.errors:
            self.add_error("unit", _("请选择存在问题的单位。"))
        return data


class MoveForm(BaseForm):
    starts_at = MomentField(label=_("新的时间"))
    place = forms.CharField(label=_("地点"), max_length=200)


class CancelForm(BaseForm):
    reason = forms.CharField(label=_("取消原因"), max_length=500)


class Revised(AsShown):
    seen = "revision"
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class MinutesForm(Revised):
    """The minutes, and for each item that the writer reads its decision; fields go by the item's place."""

    text = text_field(_("会议情况"), 5, max_length=LONGEST, help_text=_("到会单位、缺席情况、讨论经过。"))

    def __init__(self, *args: Any, items: Sequence[Item], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(items)
        for item in self.items:
            self._add(item)

    def _add(self, item: Item) -> None:
        fields: Any = self.fields
        words = {"n": item.ordinal, "title": item.title}
        label = _("第%(n)d项“%(title)s”的决定") % words
        fields[f"decision_{item.ordinal}"] = text_field(label, 3, max_length=LONGEST, initial=item.decision)
        if item.kind != ItemKind.DISPUTE:
            return
        handling = units_today().exclude(kind__in=NOT_HANDLING)
        lead = UnitChoice(label=_("第%(n)d项：主办单位") % words, required=False, initial=item.lead_unit_id)
        lead.help_text = _("没有决定由谁主办的不选，争议留待下次会议。")
        co = UnitsChoice(label=_("第%(n)d项：协办单位") % words, required=False)
        co.initial = [unit.pk for unit in item.co_units.all()]
        lead.queryset = co.queryset = handling
        fields[f"lead_{item.ordinal}"], fields[f"co_{item.ordinal}"] = lead, co

    def decisions(self) -> dict[int, Decided]:
        """By the items' ordinals; of a valid form."""
        data = self.cleaned_data
        return {
            item.ordinal: Decided(
                data[f"decision_{item.ordinal}"],
                data.get(f"lead_{item.ordinal}"),
                list(data.get(f"co_{item.ordinal}") or []),
            )
            for item in self.items
        }


class IssueForm(Revised):
    number = forms.CharField(label=_("纪要文号"), max_length=40, help_text=_("如：清联纪〔2026〕3号"))


class CorrectForm(BaseForm):
    item = forms.ChoiceField(label=_("更正哪一项"), required=False)
    text = text_field(_("更正内容"), 3, max_length=LONGEST, help_text=_("写明原文、更正后的内容和原因。"))

    def __init__(self, *args: Any, items: Sequence[tuple[Item, str]], **kwargs: Any) -> None:
        """``items``: each with its title as the reader may have it."""
        super().__init__(*args, **kwargs)
        self.items = {str(item.ordinal): item for item, _title in items}
        fields: Any = self.fields
        fields["item"].choices = [
            ("", _("会议情况")),
            *((str(item.ordinal), f"{item.ordinal}. {title}") for item, title in items),
        ]

    def clean_item(self) -> Item | None:
        return self.items.get(self.cleaned_data["item"])


class DisputeForm(BaseForm):
    units = UnitsChoice(label=_("有关单位"), help_text=_("至少两个：认为不归自己管的，或者都要管的。"))
    facts = text_field(_("争议情况"), 4, max_length=LONGEST, help_text=_("各单位的意见和理由。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["units"].queryset = units_today().exclude(kind__in=NOT_HANDLING)


class RaiseForm(AsShown):
    seen = "step"
    step = forms.CharField(widget=forms.HiddenInput, max_length=10)
    reason = text_field(_("协商或者决定的情况"), 3, max_length=LONGEST)


class SettleForm(BaseForm):
    lead_unit = UnitChoice(label=_("主办单位"))
    co_units = UnitsChoice(label=_("协办单位"), required=False)
    basis = text_field(_("决定和依据"), 3, max_length=LONGEST)
    decided_on = day_field(_("决定日期"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["lead_unit"].queryset = units_today().exclude(kind__in=NOT_HANDLING)
        fields["co_units"].queryset = fields["lead_unit"].queryset
        fields["decided_on"].initial = local_day(now())


class OrderForm(BaseForm):
    kind = forms.ChoiceField(label=_("决定"), choices=[("", CHOOSE), *OrderKind.choices])
    unit = UnitChoice(label=_("单位"))
    facts = text_field(
        _("事实"), 4, max_length=LONGEST, help_text=_("写单位工作中的问题，不写信访人的姓名。")
    )
    basis = text_field(_("依据"), 2, max_length=LONGEST)
    demand = text_field(_("要求"), 3, max_length=LONGEST)
    due_on = day_field(
        _("报告期限"), required=False, help_text=_("约谈、限期整改、挂牌督办必填：请单位在这一天前报告。")
    )
    circulated = UnitsChoice(label=_("通报范围"), required=False, help_text=_("通报必填：发到哪些单位。"))
    talk_by = forms.CharField(
        label=_("约谈人"),
        required=False,
        max_length=120,
        help_text=_("约谈必填；约谈对象是单位在任的负责人。"),
    )
    NEEDED = (
        ("due_on", {*WITH_A_DAY, OrderKind.LISTED}, _("请填写期限：请单位在哪一天前报告。")),
        ("circulated", {OrderKind.CRITICISM}, _("请选择通报发到哪些单位。")),
        ("talk_by", {OrderKind.TALK}, _("请写明由谁约谈。")),
    )

    def __init__(self, *args: Any, item: Item, cover: Callable[[str], str], **kwargs: Any) -> None:
        """``cover``: texts of the item as the reader may have them."""
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        units = units_today().exclude(kind=UnitKind.DISTRICT)
        fields["unit"].queryset = units.filter(pk=item.unit_id) if item.unit_id else units
        fields["circulated"].queryset = units
        fields["unit"].initial = item.unit_id
        fields["facts"].initial = cover(item.text)
        fields["basis"].initial = _("《信访工作条例》第三十九条；%(number)s第%(n)d项") % {
            "number": item.meeting.number,
            "n": item.ordinal,
        }
        fields["demand"].initial = cover(item.decision)
        fields["due_on"].initial = default_due_on(now(), 30)

    def clean(self) -> dict[str, Any]:
        """What the chosen kind asks for is asked for beside its field; the service asks again."""
        data = super().clean() or {}
        for name, kinds, words in self.NEEDED:
            if data.get("kind") in kinds and not data.get(name) and name not in self.errors:
                self.add_error(name, words)
        return data

    def new(self) -> NewOrder:
        """Of a valid form. What another kind asks for is left out."""
        data = self.cleaned_data
        kind = OrderKind(data["kind"])
        return NewOrder(
            kind=kind,
            unit=data["unit"],
            facts=data["facts"],
            basis=data["basis"],
            demand=data["demand"],
            due_on=data["due_on"],
            circulated=list(data["circulated"]) if kind == OrderKind.CRITICISM else [],
            talk_by=data["talk_by"],
        )


class TalkForm(BaseForm):
    talked_on = day_field(_("约谈日期"))
    record = text_field(_("约谈记录"), 4, max_length=LONGEST)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["talked_on"].initial = local_day(now())


class ReportForm(BaseForm):
    text = text_field(_("书面报告"), 5, max_length=LONGEST, help_text=_("写明采取的措施、结果和完成时间。"))


class ReviewForm(AsShown):
    seen = "nth"
    text = text_field(_("审核意见"), 2, required=False, max_length=LONGEST)
    new_due_on = day_field(_("没有到位的，新的期限"), required=False)
    nth = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    done = forms.ChoiceField(choices=[("yes", _("到位")), ("no", _("还没有到位"))], widget=forms.HiddenInput)


class RegisterForm(BaseForm):
    """What the register is filtered by; nonsense filters nothing."""

    kind = forms.ChoiceField(label=_("决定"), required=False, choices=[("", _("全部")), *OrderKind.choices])
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部")), *OrderState.choices, ("late", _("超期未报告"))],
    )
    year = forms.IntegerField(label=_("年份"), required=False, min_value=2005, max_value=2100)
    unit = UnitChoice(label=_("单位"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["unit"]
        field.queryset = Unit.objects.order_by("path")
