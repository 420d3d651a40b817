"""Forms about training material. They clean input; the services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from core.forms import AsShown, BaseForm, RowChoice
from core.timekeeping import local_day
from mediation.enums import State
from mediation.models import MediationCase
from mediation.services.write_ups import LONGEST_TITLE, LONGEST_WORDS


def _title() -> forms.CharField:
    return forms.CharField(label=_("题目"), max_length=LONGEST_TITLE)


def _words() -> forms.CharField:
    return forms.CharField(
        label=_("内容"),
        widget=forms.Textarea(attrs={"rows": 12}),
        max_length=LONGEST_WORDS,
        help_text=_("怎么回事、怎样调、有什么体会。不要写姓名、电话、住址；用“甲”“乙”代替。"),
    )


class _Over(RowChoice):
    def label_from_instance(self, obj: Any) -> str:
        return f"{local_day(obj.ended_at).isoformat()} {obj.room} {obj.get_result_display()}"


class WriteForm(BaseForm):
    mediation = _Over(label=_("哪一次调解"), queryset=MediationCase.objects.none())
    title = _title()
    words = _words()

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = MediationCase.objects.of_mediator(actor.user).filter(state=State.ENDED)
        over = own.exclude(petition__sealed=True).select_related("room").order_by("-ended_at")
        self.fields["mediation"].queryset = over  # type: ignore[attr-defined]


class ChangeForm(AsShown):
    seen = "revision"
    title = _title()
    words = _words()
    revision = forms.IntegerField(widget=forms.HiddenInput)


class CheckForm(AsShown):
    seen = "revision"
    no_names = forms.BooleanField(label=_("我从头到尾看过，里面没有姓名、电话、住址，也认不出是谁"))
    revision = forms.IntegerField(widget=forms.HiddenInput)
