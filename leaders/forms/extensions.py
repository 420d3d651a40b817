"""延期申请 and the head's word on it. Forms clean input; the services decide."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import BaseForm
from leaders.forms.fields import text_field
from leaders.services.extensions import MOST_DAYS


class AskExtensionForm(BaseForm):
    days = forms.IntegerField(
        label=_("延长天数"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=MOST_DAYS,
        help_text=_("仅一次，1 至 30 日（条例第三十四条）。"),
    )
    reason = text_field(_("理由（批准后信访人会看到）"), 4, max_length=1000)


class DecideAskForm(BaseForm):
    words = text_field(_("意见"), 2, required=False, max_length=1000)
    verdict = forms.ChoiceField(
        choices=[("yes", _("批准")), ("back", _("退回补充")), ("no", _("不同意"))], widget=forms.HiddenInput
    )
