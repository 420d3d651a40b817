"""The form of 书面告知: how, when and to whom the notice of acceptance or refusal was given (条例 23)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from petitions.enums import Act, NoticeWay
from petitions.forms.acts import picked
from petitions.forms.base import ActForm
from petitions.forms.fields import MomentField, PickedText
from petitions.services import guiding, joining, noticing
from petitions.services.making import LONGEST_NUMBER


class NoticeFields(ActForm):
    """How the petitioner was told, for both acts that need it."""

    way = forms.ChoiceField(label=_("告知方式"), choices=NoticeWay.choices)
    told_at = MomentField(
        label=_("告知时间"), help_text=_("当面交付的填交付时间，邮寄的填寄出时间；15 日期限到这时停止。")
    )
    recipient = forms.CharField(
        label=_("交给或者寄给谁"), max_length=100, required=False, help_text=_("无从告知的不填。")
    )
    paper_number = forms.CharField(
        label=_("告知书的文号"),
        max_length=LONGEST_NUMBER,
        required=False,
        help_text=_("在本系统之外出具的，照文书填写。在本系统里拟写的，从“文书”登记送达，不在这里登记。"),
    )
    consented = forms.BooleanField(
        label=_("收件人已同意电子送达"), required=False, help_text=_("只有电子送达需要。")
    )
    proof = picked(
        _("证明（邮寄、留置、委托、公告、电话和无从告知的必填）"),
        [_("邮件编号："), _("见证人两名："), _("按登记的地址寄出，因查无此人退回，退信已存卷。")],
        rows=2,
        required=False,
    )

    def prepare(self) -> None:
        self.fields["told_at"].initial = self.at
        ways = [NoticeWay.PAGE] if self.petition.simplified else [NoticeWay.PAGE, NoticeWay.PHONE]
        field = self.fields["way"]
        field.choices = [one for one in NoticeWay.choices if one[0] not in ways]  # type: ignore[attr-defined]
        field.initial = NoticeWay.DIRECT

    def clean_told_at(self) -> Any:
        moment = self.cleaned_data["told_at"]
        if moment.year < 1990:
            raise ValidationError(_now("请核对告知时间。"))
        return moment

    def door_data(self) -> dict[str, Any]:
        return {**self.cleaned_data, "way": NoticeWay(self.cleaned_data["way"])}


class GiveNoticeForm(NoticeFields):
    button = _("登记已书面告知")

    def prepare(self) -> None:
        super().prepare()
        beside = joining.companions(self.petition, Act.GIVE_NOTICE, self.actor)
        along = "、".join(one.number for one in beside if joining.same_people(one, self.petition))
        if along:
            self.explain = _now("并入的 %(numbers)s 由同一人收到，一并登记。") % {"numbers": along}


class GuideForm(NoticeFields):
    """涉法涉诉: which body, by which procedure; and how the petitioner was told, unless the step itself tells them."""

    button = _("告知并办结")
    body = forms.CharField(
        label=_("由哪个机关处理"),
        max_length=guiding.LONGEST,
        widget=PickedText([_("有管辖权的人民法院"), _("人民检察院"), _("公安机关")], rows=1),
    )
    procedure = forms.CharField(
        label=_("按什么程序"),
        max_length=guiding.LONGEST,
        widget=PickedText(
            [_("民事诉讼程序"), _("行政诉讼程序"), _("刑事立案程序"), _("执行程序"), _("申请检察监督的程序")],
            rows=1,
        ),
    )
    basis = forms.CharField(
        label=_("法律依据"),
        max_length=guiding.LONGEST,
        widget=PickedText(
            [
                _("《中华人民共和国民事诉讼法》"),
                _("《中华人民共和国行政诉讼法》"),
                _("《中华人民共和国刑事诉讼法》"),
            ],
            rows=1,
        ),
    )
    field_order = ("body", "procedure", "basis")

    def prepare(self) -> None:
        super().prepare()
        if noticing.by_the_system(self.petition) is not None:
            for name in ("way", "told_at", "recipient", "paper_number", "consented", "proof"):
                del self.fields[name]
            self.explain = _now("信访人在网上查询页看到由哪个机关、按什么程序处理；本件随即办结。")
            return
        self.explain = _now("请先书面告知信访人，再在这里登记；登记后本件办结。")

    def door_data(self) -> dict[str, Any]:
        return super().door_data() if "way" in self.fields else dict(self.cleaned_data)
