"""Forms about disputes that come to a room without being a petition. They clean input; the services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.models import Unit, User
from core.forms import BaseForm
from core.timekeeping import local_day, now
from core.widgets import PickerSelect
from mediation import dispute_selectors, selectors
from mediation.dispute_enums import BY_STAFF, Source
from mediation.enums import DisputeKind
from mediation.forms import RoomAndMediator
from mediation.models import Dispute, Room
from mediation.services.disputes import LONGEST_WORDS, NewDispute
from petitions.forms.public import QueryForm
from petitions.selectors.same_person import can_be_dialled

UNDIALLED = _("这个电话少了几位，打不通。请核对；不想留电话的，请清空这一项。")


class WhoAndWhat(BaseForm):
    """What residents and the room write down alike."""

    use_required_attribute = False

    words = forms.CharField(
        label=_("是什么纠纷？"),
        help_text=_("和谁、因为什么、希望怎样。几句话就可以。"),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("请写一写是什么纠纷，一句话也可以。")},
    )
    name = forms.CharField(
        label=_("怎么称呼您？"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("请写您怎么称呼，调解员好联系您。")},
    )
    phone = forms.CharField(
        label=_("您的电话（可以不填）"),
        max_length=30,
        required=False,
        help_text=_("只有调解员和安排调解的人能看，不会告诉对方。不留的，请用编号和查询码来查。"),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    other_name = forms.CharField(label=_("对方是谁（可以不填）"), max_length=100, required=False)
    other_phone = forms.CharField(
        label=_("对方的电话（可以不填）"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )

    def clean_phone(self) -> str:
        return self._dialled("phone")

    def clean_other_phone(self) -> str:
        return self._dialled("other_phone")

    def _dialled(self, name: str) -> str:
        typed: str = self.cleaned_data[name]
        if typed and not can_be_dialled(typed):
            raise forms.ValidationError(UNDIALLED)
        return typed


class RoomQueryForm(QueryForm):
    """The same two fields, with the numbers that are looked up here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].help_text = _("在回执或者查询单上，比如 TJ2026-0417230。")


class RoomFileForm(WhoAndWhat):
    """From the code on the door: three fields, and the other side for whoever knows it."""

    def dispute(self) -> NewDispute:
        return NewDispute(**self.cleaned_data)


class DisputeForm(WhoAndWhat):
    """By somebody of the room: a walk-in, or what a court, the police, a hotline or a sweep brought."""

    room = forms.ModelChoiceField(label=_("调解室"), queryset=Room.objects.none())
    source = forms.ChoiceField(label=_("来源"), choices=[(one.value, one.label) for one in BY_STAFF])
    reference = forms.CharField(
        label=_("来文单位的文号"),
        max_length=80,
        required=False,
        help_text=_("法院、公安转来的必填，如案号、警情编号。"),
    )
    kind = forms.ChoiceField(label=_("纠纷类型"), choices=DisputeKind.choices)
    address = forms.CharField(label=_("住址"), max_length=200, required=False)
    other_unit = forms.ModelChoiceField(
        label=_("对方是本地的机关、单位"),
        queryset=Unit.objects.none(),
        required=False,
        widget=PickerSelect(remember="units"),
        help_text=_("选了的，这个单位和它下面的人都看不到、也不能办这件纠纷。"),
    )
    token = forms.CharField(widget=forms.HiddenInput, max_length=60)
    field_order = (
        *("room", "source", "reference", "kind", "words", "name", "phone", "address"),
        *("other_name", "other_phone", "other_unit", "token"),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("当事人姓名或单位")
        self.fields["phone"].label = _("当事人电话")
        self.fields["phone"].help_text = _("只有调解员和安排调解的人能看，每次查看都有记录。")
        self.fields["room"].queryset = dispute_selectors.rooms_of(actor)  # type: ignore[attr-defined]
        units = Unit.objects.active(local_day(now())).order_by("path")
        self.fields["other_unit"].queryset = units  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("source") in {Source.COURT, Source.POLICE} and not data.get("reference"):
            self.add_error("reference", _("法院、公安转来的，请写明来文单位的文号。"))
        return data

    def dispute(self) -> NewDispute:
        data = {key: value for key, value in self.cleaned_data.items() if key not in {"room", "token"}}
        kind, source = DisputeKind(data.pop("kind")), Source(data.pop("source"))
        return NewDispute(**data, kind=kind, source=source)


class TakeUpForm(RoomAndMediator):
    kind = forms.ChoiceField(label=_("纠纷类型"), choices=DisputeKind.choices)
    field_order = ("room", "mediator", "kind", "token")


class AnswerForm(BaseForm):
    text = forms.CharField(
        label=_("答复"),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("可以去哪里办，或者为什么不在这里调。本人凭编号和查询码能看到。"),
    )


class PressForm(BaseForm):
    token = forms.CharField(widget=forms.HiddenInput, max_length=60)


class RelateForm(BaseForm):
    number = forms.CharField(label=_("以前的纠纷编号"), max_length=20)


class KeepOutForm(BaseForm):
    user = forms.ModelChoiceField(
        label=_("谁"),
        queryset=User.objects.none(),
        widget=PickerSelect(remember="people"),
        help_text=_("本人是当事人、近亲属或者有利害关系的。登记以后看不到、也不能办本件。"),
    )

    def __init__(self, *args: Any, dispute: Dispute, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = dispute_selectors.people_near(dispute) | selectors.mediators_today()
        self.fields["user"].queryset = people.distinct()  # type: ignore[attr-defined]
