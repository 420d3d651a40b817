"""Forms of the archive life of a case: proposing, deciding, class, hold and lifting."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import BaseForm
from petitions.archive_enums import ArchiveClass, HoldKind
from petitions.forms.fields import PickedText

AGREE, REJECT = "agree", "reject"


def _reason(label: Any, *picks: Any) -> forms.CharField:
    return forms.CharField(label=label, min_length=4, max_length=300, widget=PickedText(picks, rows=2))


class _ArchiveForm(BaseForm):
    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.helper.render_unmentioned_fields = True


class ProposeForm(_ArchiveForm):
    reason = _reason(_("提出理由"), _("保管期满，无诉讼、复查复核和审计需要，无继续留存个人信息的必要。"))


class DecideForm(_ArchiveForm):
    agree = forms.ChoiceField(
        label=_("决定"),
        choices=[(AGREE, _("同意去标识")), (REJECT, _("不同意，退回"))],
        widget=forms.RadioSelect,
    )
    decision = _reason(_("意见"), _("经审查，同意。"), _("仍有查考需要，退回。"))
    texts_too = forms.BooleanField(
        label=_("正文、标题一并替换为“已按档案规定去标识”"),
        required=False,
        help_text=_("不勾选的，正文、标题里写到的姓名会留下。"),
    )


class ClassForm(_ArchiveForm):
    archive_class = forms.ChoiceField(label=_("保管期限"), choices=ArchiveClass.choices)
    reason = _reason(_("更改理由"))


class HoldForm(_ArchiveForm):
    kind = forms.ChoiceField(label=_("事由"), choices=[("", _("请选择")), *HoldKind.choices])
    reason = _reason(_("暂缓理由"))


class LiftForm(_ArchiveForm):
    reason = _reason(_("解除理由"))
