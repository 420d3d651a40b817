"""The form of a screen's address. It cleans; the service decides."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import BaseForm
from reports.services.walls import LONGEST_NAME


class WallForm(BaseForm):
    name = forms.CharField(label=_("装在哪里"), max_length=LONGEST_NAME, help_text=_("例如：一楼大厅"))
