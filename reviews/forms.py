"""Forms of this room. They clean input; the services decide."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, time
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.converters import scattered
from core.forms import BaseForm, day_field
from core.timekeeping import SHANGHAI, local_day, now
from core.widgets import CHOOSE
from petitions.enums import ServiceMethod
from petitions.forms.public_fields import checked, file_field
from petitions.models import Petition
from reviews.enums import REPLACING, Care, Channel, NotAdmitted, Outcome
from reviews.services import caring, elsewhere, publishing
from reviews.services.applying import LONGEST_REASON, LONGEST_WHY

#: The decision is in writing, whatever the procedure of the answer was.
WAYS = [(one.value, one.label) for one in ServiceMethod if one != ServiceMethod.PHONE]


def _text(label: Any, rows: int = 4, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class OwnApplyForm(BaseForm):
    reason = _text(
        _("您不服的理由"),
        6,
        max_length=LONGEST_REASON,
        help_text=_("写明哪一点不对、为什么，有什么事实和依据。"),
    )
    token = forms.CharField(widget=forms.HiddenInput, max_length=64)


class ApplyForm(BaseForm):
    channel = forms.ChoiceField(
        label=_("申请方式"), choices=[(one.value, one.label) for one in (Channel.COUNTER, Channel.LETTER)]
    )
    received_on = day_field(_("收到日期"))
    posted_on = day_field(_("邮戳日期"), required=False, help_text=_("信函填写；邮戳在期限以内就算按时。"))
    reason = _text(_("申请理由"), max_length=LONGEST_REASON, help_text=_("按申请人所写所说记录。"))
    why = _text(
        _("补录原因"),
        2,
        required=False,
        max_length=LONGEST_WHY,
        help_text=_("收到日期早于今天，或者期限已过、按邮戳日期算按时的，写明原因和凭据；记入办理过程。"),
    )
    token = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["received_on"].initial = local_day(now())


class HearingForm(BaseForm):
    start_on = day_field(_("听证开始"))
    end_on = day_field(_("听证结束"))
    text = _text(_("听证情况"), max_length=5000)


class WithFiles(BaseForm):
    """A decision with what it rests on. The content of files is looked at before anything else is done."""

    attachments = file_field(_("附件（证据、意见书扫描件等，可以不传）"))
    grants = forms.MultipleChoiceField(
        label=_("新的意见支持的诉求"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "撤销、变更的填写：送达以后由原办理单位落实，期限另行计算。没有勾选的不再落实，所以现在支持的已经勾好。"
        ),
    )
    drops = forms.BooleanField(
        label=_("现在支持、这次没有勾选的诉求，确实不再支持"),
        required=False,
        help_text=_("送达以后这些诉求的落实就此终止；已经落实的不受影响。"),
    )
    field_order: list[str] | None = None

    def __init__(
        self,
        *args: Any,
        requests: Sequence[tuple[str, str]] = (),
        standing: Collection[int] = (),
        **kwargs: Any,
    ) -> None:
        """``requests``: the case's, by ordinal, in the words that this reader has; ``standing``: those that are
        supported now, by the answer or by the 复查 in its place."""
        super().__init__(*args, **kwargs)
        self.standing = set(standing)
        field: Any = self.fields["grants"]
        field.choices = list(requests)
        field.initial = [str(one) for one in sorted(self.standing)]
        if not requests:
            del self.fields["grants"]
        if not self.standing:
            del self.fields["drops"]

    def clean_grants(self) -> list[int]:
        return [int(one) for one in self.cleaned_data["grants"]]

    def clean(self) -> dict[str, Any]:
        """What is supported now ends by being ticked off, not by being overlooked (条例 32, 35)."""
        data = super().clean() or {}
        chosen, dropping = set(data.get("grants", ())), data.pop("drops", False)
        if data.get("outcome") not in REPLACING:
            if chosen <= self.standing:
                data["grants"] = []  # ticked beforehand; 维持 and 责令重新办理 choose none
            return data
        lost = sorted(self.standing - chosen)
        if lost and not dropping and "grants" in self.fields:
            numbers = "、".join(str(one) for one in lost)
            self.add_error(
                "drops",
                _now(
                    "第 %(numbers)s 项诉求现在是支持的，这次没有勾选，送达以后就不再落实。仍然支持的，请在上面勾选；"
                    "确实不再支持的，请勾选这一项。"
                )
                % {"numbers": numbers},
            )
        return data

    def clean_attachments(self) -> list[UploadedFile]:
        return checked(self.cleaned_data["attachments"])


class DecideForm(WithFiles):
    field_order = ["outcome", "text", "opinion", "grants", "drops", "basis", "attachments"]
    outcome = forms.ChoiceField(label=_("结论"), choices=[("", CHOOSE), *Outcome.choices])
    text = _text(_("查明的事实和意见"), 6, max_length=20_000)
    opinion = _text(_("新的处理意见"), required=False, max_length=20_000, help_text=_("撤销、变更的填写。"))
    basis = _text(_("依据"), 2, max_length=5000)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        replaces = data.get("outcome") in REPLACING
        if replaces and not data.get("opinion"):
            self.add_error("opinion", _("撤销、变更的，须写明新的处理意见。"))
        elif data.get("outcome") and not replaces and data.get("opinion"):
            self.add_error("opinion", _("只有撤销、变更的才写新的处理意见。"))
        return data


class ServeForm(BaseForm):
    method = forms.ChoiceField(label=_("送达方式"), choices=[("", CHOOSE), *WAYS])
    served_on = day_field(_("送达日期"), help_text=_("收到之日；公告的填写公告之日。"))
    proof = _text(_("送达证明"), 2, required=False, max_length=2000)
    consented = forms.BooleanField(label=_("收件人已同意电子送达"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day = data.get("served_on")
        if day:
            data["served_at"] = (
                now() if day == local_day(now()) else datetime.combine(day, time(12), SHANGHAI)
            )
        return data


class NotAdmitForm(BaseForm):
    ground = forms.ChoiceField(label=_("理由"), choices=[("", CHOOSE), *NotAdmitted.choices])
    text = _text(_("具体情况"), 2, max_length=2000)


class WithdrawForm(BaseForm):
    text = forms.CharField(label=_("申请人怎样表示的"), max_length=200)


class ElsewhereForm(BaseForm):
    body_name = forms.CharField(label=_("复核机关"), max_length=elsewhere.LONGEST_NAME)
    asked_on = day_field(_("申请日期"), help_text=_("信访人向该机关提出的日期。"))
    reason = _text(_("申请理由"), 3, max_length=LONGEST_REASON, required=False, help_text=_("知道的填写。"))
    token = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body_name"].initial = settings.FINAL_REVIEW_BODY


class ElsewhereOutcomeForm(WithFiles):
    field_order = [
        "body_name",
        "outcome",
        "decided_on",
        "served_on",
        "text",
        "grants",
        "drops",
        "attachments",
    ]
    body_name = forms.CharField(
        label=_("作出意见的机关"),
        required=False,
        max_length=elsewhere.LONGEST_NAME,
        help_text=_("报请上级确定办理机关的，写明是哪个机关；其余的不用写。"),
    )
    outcome = forms.ChoiceField(label=_("结论"), choices=[("", CHOOSE), *Outcome.choices])
    decided_on = day_field(_("作出日期"))
    served_on = day_field(_("送达日期"), help_text=_("信访人收到之日。"))
    text = _text(_("复核意见"), 6, max_length=20_000, help_text=_("按复核机关的书面意见录入。"))


class PublicationForm(BaseForm):
    title = forms.CharField(label=_("标题"), max_length=publishing.LONGEST_TITLE)
    text = _text(
        _("公示内容"),
        10,
        max_length=publishing.LONGEST,
        help_text=_("隐去姓名、号码、电话和住址，也不要写能认出人的情节；须由另一人核对才公示。"),
    )


class CareForm(BaseForm):
    kind = forms.ChoiceField(label=_("事项"), choices=[("", CHOOSE), *Care.choices])
    text = forms.CharField(label=_("做什么"), max_length=caring.LONGEST)
    unit = forms.ChoiceField(label=_("由谁做"))
    due_on = day_field(_("期限"))

    def __init__(self, *args: Any, petition: Petition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {scattered(unit.pk): unit for unit in caring.units_for(petition)}
        field: Any = self.fields["unit"]
        field.choices = [(key, unit.label) for key, unit in self.units.items()]

    def clean_unit(self) -> Any:
        return self.units[self.cleaned_data["unit"]]


class CareDoneForm(BaseForm):
    done_on = day_field(_("完成日期"))
    note = _text(_("办理情况"), 3, max_length=caring.LONGEST_NOTE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["done_on"].initial = local_day(now())
