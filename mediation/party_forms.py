"""Forms about the parties of a mediation and about the ladder. They clean input; the services decide."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from core.forms import BaseForm, RowChoice
from core.timekeeping import now
from core.widgets import CHOOSE, PickerSelect
from mediation import selectors
from mediation.enums import BarGround, ConsentHow, Leaving, Side
from mediation.models import Level, MediationCase, Party, Room
from mediation.services import levels
from mediation.services.ladders import MOST_LEVELS, NewLevel
from mediation.services.parties import NewParty
from petitions.forms.fields import MomentField
from petitions.selectors.same_person import can_be_dialled


class _PartyChoice(RowChoice):
    def label_from_instance(self, obj: Any) -> str:
        return selectors.label_of(obj)


class ConsentForm(BaseForm):
    party = _PartyChoice(label=_("哪一位"), queryset=Party.objects.none(), empty_label=None)
    who = forms.CharField(label=_("谁表示同意"), max_length=100, help_text=_("本人，或者代理人。"))
    how = forms.ChoiceField(label=_("方式"), choices=ConsentHow.choices)
    given_at = MomentField(label=_("什么时候"), required=False, help_text=_("不填就是现在。"))

    def __init__(self, *args: Any, mediation: MediationCase, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = mediation.parties.filter(left_at=None)  # type: ignore[attr-defined]


class WithdrawForm(BaseForm):
    party = _PartyChoice(
        label=_("哪一位"),
        queryset=Party.objects.none(),
        required=False,
        empty_label=CHOOSE,
    )
    unnamed = forms.BooleanField(label=_("对方还没有登记，说了不调"), required=False)

    def __init__(self, *args: Any, mediation: MediationCase, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = mediation.parties.filter(left_at=None)
        self.fields["party"].queryset = here  # type: ignore[attr-defined]
        if here.filter(side=Side.OTHER).exists():
            self.fields["party"].required = True
            del self.fields["unnamed"]

    def clean(self) -> dict[str, Any]:
        """Nothing is chosen beforehand: it ends at once, and a stray press must not do that."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "unnamed" in self.fields and "party" not in self.errors:
            chosen = data.get("party") is not None
            if not chosen and not data.get("unnamed"):
                self.add_error("party", _("请选择是哪一位不愿意调；对方还没有登记的，勾选下面一项。"))
            elif chosen and data.get("unnamed"):
                self.add_error("unnamed", _("请只选一样：一位当事人，或者还没有登记的对方。"))
        return data


class PartyForm(BaseForm):
    side = forms.ChoiceField(label=_("哪一方"), choices=Side.choices, initial=Side.OTHER)
    name = forms.CharField(label=_("姓名或单位"), max_length=100)
    phone = forms.CharField(
        label=_("电话"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel"}),
        help_text=_("只有调解员和安排调解的人能看，每次查看都有记录；另一方看不到。"),
    )
    address = forms.CharField(label=_("住址"), max_length=200, required=False)
    represented_by = forms.CharField(label=_("代理人或陪同人"), max_length=100, required=False)
    protected = forms.BooleanField(label=_("须与对方分开调解（家庭暴力、未成年人等）"), required=False)

    def __init__(
        self,
        *args: Any,
        party: Party | None = None,
        mediation: MediationCase | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if mediation is not None:
            sides: Any = self.fields["side"]
            sides.choices = [(side.value, side.called_in(mediation)) for side in Side]
        if party is None:
            return
        del self.fields["side"]
        if party.is_petitioner:
            for name in ("name", "phone", "address"):
                del self.fields[name]

    def clean_phone(self) -> str:
        typed: str = self.cleaned_data["phone"]
        if typed and not can_be_dialled(typed):
            raise forms.ValidationError(_("这个电话少了几位，打不通。请核对；没有电话的，请清空这一项。"))
        return typed

    def party(self, side: str = "") -> NewParty:
        data = {"name": "", **self.cleaned_data}
        return NewParty(**{**data, "side": Side(data.get("side") or side)})


class BarForm(BaseForm):
    user = forms.ModelChoiceField(
        label=_("谁"), queryset=User.objects.none(), widget=PickerSelect(remember="mediators")
    )
    ground = forms.ChoiceField(label=_("原因"), choices=BarGround.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = selectors.mediators_today()  # type: ignore[attr-defined]


class HandOnForm(BaseForm):
    leaving = forms.ChoiceField(
        label=_("为什么转"),
        choices=[(one.value, one.label) for one in Leaving if one != Leaving.ENDED],
    )
    level = RowChoice(label=_("转到哪一级"), queryset=Level.objects.none(), empty_label=None)
    room = forms.ModelChoiceField(label=_("调解室"), queryset=Room.objects.none())
    mediator = forms.ModelChoiceField(label=_("调解员"), queryset=User.objects.none())
    words = forms.CharField(
        label=_("说明"),
        max_length=levels.LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("当事人不愿在本级调的，不问理由，不用填写。"),
    )

    def __init__(self, *args: Any, mediation: MediationCase, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = [one.pk for one in levels.levels_for(mediation)]
        self.fields["level"].queryset = Level.objects.filter(pk__in=here)  # type: ignore[attr-defined]
        if len(here) == 1:  # the last level: only the room or the mediator can change
            changed = (Leaving.CHANGED.value, Leaving.CHANGED.label)
            self.fields["leaving"].choices = [changed]  # type: ignore[attr-defined]
        self.fields["room"].queryset = Room.objects.select_related("unit")  # type: ignore[attr-defined]
        self.fields["mediator"].queryset = selectors.mediators_today()  # type: ignore[attr-defined]


#: A level is one line on a desk and two on a phone.
WIDTHS = {"name": "col-12 col-md-6", "attempts": "col-7 col-md-3", "days": "col-5 col-md-3"}


class LadderForm(BaseForm):
    """Up to MOST_LEVELS rows; those left empty are none."""

    unit = forms.ModelChoiceField(
        label=_("适用范围"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=_("全区县"),
        widget=PickerSelect(remember="units"),
        help_text=_("选了单位的，只管它和它下面；没有自己阶梯的地方，用上一级的。"),
    )
    name = forms.CharField(label=_("名称"), max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.active(now().date()).order_by("path")
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        rows = []
        for place in range(1, MOST_LEVELS + 1):
            words = {"n": place}
            self.fields[f"name{place}"] = forms.CharField(
                label=_("第 %(n)d 级") % words, max_length=40, required=place == 1
            )
            self.fields[f"attempts{place}"] = forms.IntegerField(
                label=_("调几次"),
                min_value=1,
                max_value=99,
                required=False,
                widget=forms.NumberInput(attrs={"placeholder": _("最后一级可不填"), "inputmode": "numeric"}),
            )
            self.fields[f"days{place}"] = forms.IntegerField(
                label=_("多少天"), min_value=1, max_value=365, required=place == 1
            )
            for field in ("attempts", "days"):
                full = {
                    "aria-label": f"{self.fields[f'name{place}'].label}{self.fields[f'{field}{place}'].label}"
                }
                self.fields[f"{field}{place}"].widget.attrs |= full
            rows.append(Row(*(Column(f"{field}{place}", css_class=width) for field, width in WIDTHS.items())))
        self.helper.layout = Layout("unit", "name", *rows)

    def levels(self) -> list[NewLevel]:
        """The rows that were filled in, in order. A row with days and no name is kept, for the service to refuse."""
        data = self.cleaned_data
        rows = [
            NewLevel(data[f"name{n}"], data[f"attempts{n}"], data[f"days{n}"])
            for n in range(1, MOST_LEVELS + 1)
        ]
        return [row for row in rows if row.name or row.attempts or row.days]
