"""The form of 通知补充材料."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.forms import day_field
from petitions.forms.base import ActForm
from petitions.forms.fields import PickedText
from petitions.selectors import material
from petitions.selectors.veiling import veil
from petitions.services.asking import LONGEST_HOW, LONGEST_ITEMS


class RequestMaterialForm(ActForm):
    button = _("通知信访人")
    items = forms.CharField(
        label=_("需要补充的材料（信访人会看到，请逐项写明）"),
        max_length=LONGEST_ITEMS,
        widget=PickedText(
            [_("身份证明复印件。"), _("合同、票据等凭证。"), _("现场照片，注明拍摄时间和地点。")], rows=4
        ),
    )
    how = forms.CharField(
        label=_("怎么交"),
        max_length=LONGEST_HOW,
        widget=PickedText(
            [
                _("在网上查询页点“补充材料”上传。"),
                _("当面交到我单位，或者交到信访接待窗口。"),
                _("邮寄到我单位。"),
            ],
            rows=2,
        ),
    )
    due_on = day_field(_("最迟哪天"))

    def prepare(self) -> None:
        waiting = material.open_request(self.petition, self.at)
        said = _now("材料补充不影响期限：受理告知期限和办理期限照常计算；到期没有补充的，按现有材料办理。")
        if waiting is not None:
            said += _now("已经通知过、还没有补充的：%(items)s（%(day)s 前）") % {
                "items": veil(self.petition, self.actor, waiting.items),
                "day": waiting.row.due_on.isoformat(),
            }
        self.explain = said
