"""包案 and 销案. Forms clean input; the services decide."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import UnitKind
from accounts.models import Post, Unit
from core.forms import BaseForm, day_field
from core.timekeeping import local_day, now
from leaders.enums import EvidenceKind, LeaveWhy, PackageLevel, StrikeOffState
from leaders.forms.fields import PostChoice, text_field
from leaders.selectors.package_classes import matters
from outcomes.enums import VisitWay
from petitions.models import Petition


class PackageForm(BaseForm):
    number = forms.CharField(label=_("信访件编号"), max_length=40)
    more = forms.CharField(
        label=_("同一包案的其他信访件"),
        required=False,
        max_length=2500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("每行一个编号；同一类、同一处的件可以放在一个包案里。"),
    )
    post = PostChoice(label=_("包案领导"), queryset=Post.objects.none())
    level = forms.TypedChoiceField(
        label=_("层级"), choices=PackageLevel.choices, coerce=int, initial=PackageLevel.IN_CHARGE
    )
    target_on = day_field(_("目标日期"))
    reason = text_field(_("包案理由"))

    def __init__(self, *args: Any, posts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].queryset = posts  # type: ignore[attr-defined]
        self.fields["post"].initial = posts[0].pk if len(posts) == 1 else None
        self.fields["target_on"].initial = now().date() + timedelta(days=60)


class ClassForm(BaseForm):
    """Which open cases to fill in together: of a matter, of a place, or of both."""

    matter = forms.ChoiceField(label=_("哪一类事"), required=False)
    place = forms.ModelChoiceField(
        label=_("哪个镇街"), queryset=Unit.objects.none(), required=False, empty_label=_("不限")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["matter"].choices = [("", _("不限")), *((one, one) for one in matters())]  # type: ignore[attr-defined]
        towns = Unit.objects.active(local_day(now())).filter(kind=UnitKind.TOWN).order_by("path")
        self.fields["place"].queryset = towns  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("matter") and data.get("place") is None:
            raise forms.ValidationError(_("请选一类事，或者一个镇街。"))
        return data


class EnterForm(BaseForm):
    number = forms.CharField(label=_("信访件编号"), max_length=40)


class LeaveForm(BaseForm):
    case = forms.ModelChoiceField(label=_("信访件"), queryset=Petition.objects.none(), to_field_name="number")
    why = forms.ChoiceField(
        label=_("退出原因"),
        choices=[(LeaveWhy.SOLVED, LeaveWhy.SOLVED.label), (LeaveWhy.MOVED, LeaveWhy.MOVED.label)],
    )
    note = text_field(_("说明"), 2, max_length=500)

    def __init__(self, *args: Any, cases: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["case"].queryset = cases  # type: ignore[attr-defined]
        self.fields["case"].label_from_instance = lambda one: one.number  # type: ignore[attr-defined]


class StrikeOffForm(BaseForm):
    kind = forms.ChoiceField(label=_("销案依据"), choices=EvidenceKind.choices)
    evidence = text_field(_("依据说明"), 4, help_text=_("材料名称、日期、谁确认的。"))
    matter = text_field(_("事：问题解决得怎样"), 2)
    heart = text_field(_("心：心结怎样解开"), 2)


class VisitBackForm(BaseForm):
    on = day_field(_("回访日期"))
    way = forms.ChoiceField(label=_("回访方式"), choices=VisitWay.choices)
    note = text_field(_("回访情况"))


class DecideForm(BaseForm):
    decision = forms.ChoiceField(
        label=_("审核意见"),
        choices=[
            (one, one.label)
            for one in (StrikeOffState.APPROVED, StrikeOffState.ASKED_BACK, StrikeOffState.REFUSED)
        ],
        widget=forms.RadioSelect,
    )
    word = text_field(_("说明"), 2, help_text=_("退回补充的，写明缺什么；不同意的，写明理由。"))

    def __init__(self, *args: Any, complete: bool = True, **kwargs: Any) -> None:
        """``complete``: nothing is missing. Otherwise 同意 is not offered; sent all the same, from a page that was open
        before, it is answered by what is missing."""
        super().__init__(*args, **kwargs)
        if not complete and not self.is_bound:
            decision = self.fields["decision"]
            decision.choices = decision.choices[1:]  # type: ignore[attr-defined]
            decision.help_text = _("还缺条件，补齐以后才能同意；缺什么、由谁补见“销案条件”。")
