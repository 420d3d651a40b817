"""Picking cases for a reception. Forms clean input; the services decide."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import BaseForm
from leaders.forms.fields import text_field
from leaders.services.day_cases import LONGEST


class DayCaseForm(BaseForm):
    number = forms.CharField(label=_("信访件编号"), max_length=40)
    law = text_field(
        _("法律政策允许什么"),
        3,
        required=False,
        max_length=LONGEST,
        help_text=_("依据哪一条，能做到哪一步。"),
    )
    open_points = text_field(_("还有什么没解决"), 3, required=False, max_length=LONGEST)
