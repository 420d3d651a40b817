"""The form about a wish to meet the other side. It cleans input; the services decide."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import BaseForm
from mediation.enums import ConsentHow


class WishForm(BaseForm):
    who = forms.CharField(
        label=_("谁提出"), max_length=100, help_text=_("本人；未成年人由监护人，并听本人的意见。")
    )
    how = forms.ChoiceField(label=_("怎样提出"), choices=ConsentHow.choices)
    wished_at = forms.DateTimeField(
        label=_("什么时候"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("不填就是现在。"),
    )

    def clean_how(self) -> ConsentHow:
        return ConsentHow(self.cleaned_data["how"])
