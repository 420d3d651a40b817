"""Forms of agreements and of what comes after them. They clean input; the services decide."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import HTML, Column, Layout, Row
from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.converters import row_sent, scattered
from core.forms import AsShown, BaseForm, RowChoice, day_field
from core.timekeeping import local_day, now
from core.uploads import size_text
from core.widgets import CHOOSE
from mediation import agreement_selectors, selectors
from mediation.agreement_enums import (
    AgreementKind,
    Performed,
    Ruling,
    SaidBy,
    Signer,
    SigningWay,
    VisitResult,
)
from mediation.models import Agreement, Duty, MediationCase, Party, Room
from mediation.services.agreement_checks import LONGEST, MOST_DUTIES, NewAgreement, NewDuty
from mediation.services.performance import Told
from mediation.services.signing import MOST_BYTES, Signing

#: Empty rows for duties below those that are written; at least so many in all.
SPARE, FEWEST = 2, 4
TYPED = ("what", "amount", "due_on", "way")


def _text(label: Any, rows: int, *, required: bool = False, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=help_text,
    )


class PartyChoice(RowChoice):
    def label_from_instance(self, obj: Any) -> str:
        return selectors.label_of(obj)


class AgreementForm(AsShown):
    """The whole of one version with its duties, a row each; rows left empty are none. ``rows``: how many were shown."""

    seen = "version"
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    rows = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=MOST_DUTIES)
    kind = forms.ChoiceField(label=_("种类"), choices=AgreementKind.choices)
    facts = _text(_("主要事实"), 3, help_text=_("调解协议书要写；签字前补齐也可以。"))
    dispute = _text(_("争议事项"), 2)
    liability = _text(_("各方责任"), 2)
    content = _text(_("协议内容"), 5, required=True)
    done_already = forms.BooleanField(label=_("已当场履行，没有以后要做的事"), required=False)

    def __init__(self, *args: Any, mediation: MediationCase, shown: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.count = self._count(shown)
        self.fields["rows"].initial = self.count
        here = mediation.parties.filter(left_at=None)
        layout: list[Any] = [
            "version",
            "rows",
            "kind",
            "facts",
            "dispute",
            "liability",
            "content",
            "done_already",
        ]
        for n in range(1, self.count + 1):
            layout += self._row(n, here)
        self.helper.layout = Layout(*layout)

    def _count(self, shown: int) -> int:
        if self.is_bound:
            sent = str(self.data.get("rows", ""))
            shown = int(sent) if sent.isdecimal() and len(sent) < 4 else FEWEST
            return min(max(shown, 1), MOST_DUTIES)
        return min(max(shown + SPARE, FEWEST), MOST_DUTIES)

    def _row(self, n: int, here: Any) -> list[Any]:
        new = {
            f"ower{n}": PartyChoice(
                label=_("谁履行"), queryset=here, required=False, empty_label=str(CHOOSE)
            ),
            f"owed{n}": PartyChoice(
                label=_("向谁履行"), queryset=here, required=False, empty_label=str(CHOOSE)
            ),
            f"what{n}": forms.CharField(label=_("做什么"), max_length=500, required=False),
            f"amount{n}": forms.DecimalField(
                label=_("金额（元）"),
                required=False,
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
                decimal_places=2,
            ),
            f"due_on{n}": day_field(_("最后日期"), required=False),
            f"way{n}": forms.CharField(label=_("方式（签字前要写）"), max_length=200, required=False),
        }
        for name, field in new.items():
            # Each box says of which duty it is, to whoever does not see the heading above it.
            field.widget.attrs["aria-label"] = _("第 %(n)d 项%(what)s") % {"n": n, "what": field.label}
            self.fields[name] = field
        head = format_html('<h3 class="h6 mt-3">{}</h3>', _("第 %(n)d 项义务") % {"n": n})
        lines = (("ower", "owed", "what"), ("amount", "due_on", "way"))
        widths = ("col-6 col-md-3", "col-6 col-md-3", "col-12 col-md-6")
        return [
            HTML(head),
            *(
                Row(
                    *(Column(f"{name}{n}", css_class=width) for name, width in zip(line, widths, strict=True))
                )
                for line in lines
            ),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for n in range(1, self.count + 1):
            if not any(self.data.get(self.add_prefix(f"{name}{n}")) for name in TYPED):
                continue
            for name, words in (
                ("ower", _("请选择谁履行。")),
                ("owed", _("请选择向谁履行。")),
                ("what", _("请写明做什么。")),
                ("due_on", _("请填写最后日期，没有日期就没法提醒。")),
            ):
                if not data.get(f"{name}{n}") and f"{name}{n}" not in self.errors:
                    self.add_error(f"{name}{n}", words)
        return data

    def new(self) -> NewAgreement:
        data = self.cleaned_data
        duties = [
            NewDuty(
                ower=data[f"ower{n}"],
                owed=data[f"owed{n}"],
                what=data[f"what{n}"],
                amount=data[f"amount{n}"],
                due_on=data[f"due_on{n}"],
                way=data[f"way{n}"],
            )
            for n in range(1, self.count + 1)
            if data[f"what{n}"]
        ]
        return NewAgreement(
            kind=AgreementKind(data["kind"]),
            content=data["content"],
            facts=data["facts"],
            dispute=data["dispute"],
            liability=data["liability"],
            done_already=data["done_already"],
            duties=duties,
        )

    @staticmethod
    def kept(agreement: Agreement) -> dict[str, Any]:
        """What the form shows of one that is written."""
        text = agreement.texts.all()[0]
        kept = {
            name: getattr(text, name) for name in ("facts", "dispute", "liability", "content", "done_already")
        }
        kept |= {"version": agreement.version, "kind": agreement.kind}
        for n, one in enumerate(text.duties.all(), 1):
            kept |= {f"{name}{n}": getattr(one, name) for name in ("ower", "owed", *TYPED)}
        return kept


class SignForm(BaseForm):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    hands = forms.MultipleChoiceField(
        label=_("谁签了字"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请勾选谁签了字。")},
    )
    way = forms.ChoiceField(label=_("方式"), choices=SigningWay.choices, initial=SigningWay.PAPER)
    signed_on = day_field(_("签字日期"))
    slip = forms.FileField(
        label=_("签字页"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*,application/pdf"}),
        help_text=_("照片或者 PDF，最大 %(most)s；一张纸上有几个人签的，一起勾选。")
        % {"most": size_text(MOST_BYTES)},
    )

    def __init__(self, *args: Any, agreement: Agreement, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agreement = agreement
        who = agreement_selectors.hands(agreement, actor)
        choices = [(scattered(one.pk) if isinstance(one, Party) else one.value, name) for one, name in who]
        self.fields["hands"].choices = choices  # type: ignore[attr-defined]
        self.fields["version"].initial = agreement.version
        self.fields["signed_on"].initial = local_day(now())

    def signing(self) -> Signing:
        data = self.cleaned_data
        others = [Signer(one) for one in data["hands"] if one in Signer.values]
        ids = {row_sent(one) for one in data["hands"] if one not in Signer.values}
        return Signing(
            version=data["version"],
            way=SigningWay(data["way"]),
            parties=list(self.agreement.mediation.parties.filter(pk__in=ids)),
            others=others,
            file=data["slip"],
            signed_on=data["signed_on"],
        )


class VersionForm(BaseForm):
    """One press, about the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class DutyForm(AsShown):
    seen_count = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    seen = "seen_count"
    outcome = forms.ChoiceField(label=_("情况"), choices=[("", CHOOSE), *Performed.choices])
    on = day_field(_("日期"))
    amount = forms.DecimalField(
        label=_("付了多少（元）"),
        required=False,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=_("部分履行的填写；付清的可以不填。"),
    )
    said_by = forms.ChoiceField(label=_("谁说的"), choices=SaidBy.choices)
    words = forms.CharField(
        label=_("说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, duty: Duty, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = local_day(now())
        self.fields["seen_count"].initial = duty.reports.count()
        if duty.amount is None:
            del self.fields["amount"]

    def told(self) -> Told:
        data = self.cleaned_data
        return Told(
            outcome=Performed(data["outcome"]),
            on=data["on"],
            said_by=SaidBy(data["said_by"]),
            amount=data.get("amount"),
            words=data["words"],
            seen=data["seen_count"],
        )


class ConfirmationForm(BaseForm):
    court = forms.CharField(label=_("向哪个法院"), max_length=100)
    applied_on = day_field(_("申请日期"))
    applied_by = forms.CharField(label=_("双方各由谁申请"), max_length=200)
    together = forms.BooleanField(label=_("双方共同申请"), required=False)


class RulingForm(BaseForm):
    result = forms.ChoiceField(label=_("结果"), choices=[("", CHOOSE), *Ruling.choices])
    result_on = day_field(_("结果日期"))
    ruling_number = forms.CharField(
        label=_("裁定书案号"), max_length=60, required=False, help_text=_("确认有效的填写。")
    )


class VisitForm(BaseForm):
    result = forms.ChoiceField(label=_("结果"), choices=[("", CHOOSE), *VisitResult.choices])
    words = forms.CharField(
        label=_("当事人怎么说"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class AgainForm(BaseForm):
    room = forms.ModelChoiceField(label=_("调解室"), queryset=Room.objects.none())
    mediator = forms.ModelChoiceField(label=_("调解员"), queryset=User.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"].queryset = Room.objects.select_related("unit")  # type: ignore[attr-defined]
        self.fields["mediator"].queryset = selectors.mediators_today()  # type: ignore[attr-defined]
