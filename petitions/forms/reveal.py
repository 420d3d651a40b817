"""Why somebody looks at one masked field of one person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from core.forms import BaseForm
from petitions.forms.fields import PickedText

FIELDS = (
    ("name", _("姓名")),
    ("phone", _("电话")),
    ("id_number", _("证件号")),
    ("address", _("住址")),
)


def reason_field(label: Any, usual: list[Any], **kwargs: Any) -> forms.CharField:
    """Why personal data is looked at; the log keeps it for good, is never changed again and is not sealed."""
    return forms.CharField(
        label=label,
        min_length=4,
        max_length=200,
        widget=PickedText(usual, rows=2),
        validators=[
            RegexValidator(
                r"\d[\d -]{5,}\d", _("理由会长期留在日志里，请不要写电话、证件号码。"), inverse_match=True
            )
        ],
        **kwargs,
    )


class RevealForm(BaseForm):
    field = forms.ChoiceField(label=_("查看哪一项"), choices=FIELDS, widget=forms.RadioSelect)
    reason = reason_field(
        _("查看理由（记入日志）"),
        [_("电话联系信访人"), _("上门走访核实"), _("制作、送达文书"), _("核对身份")],
    )
