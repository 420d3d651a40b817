"""转送 or 交办 of several cases to one unit. Each case is its own step in its own transaction: one failure holds up
none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from accounts.actor import Actor
from accounts.decorators import role_required
from accounts.enums import Role
from core.errors import Refusal
from core.forms import BaseForm, day_field
from core.text import clean_text
from core.timekeeping import local_day, now
from petitions.enums import ForwardKind
from petitions.extensions import links_after_bulk
from petitions.forms.acts import ask_kind_and_path, chosen_kind_and_path, picked, radios
from petitions.forms.base import units_that_handle
from petitions.forms.fields import UnitChoice
from petitions.models import Petition
from petitions.services import classifying, codes, forwarding
from petitions.views.asking import actor_of

MOST_AT_ONCE = 100


class BulkForwardForm(BaseForm):
    """交办 asks for a set date and for what is demanded, the same of each case (条例 22)."""

    unit = UnitChoice(label=_lazy("主办单位"))
    how = radios(ForwardKind.choices, _lazy("转送还是交办"), initial=ForwardKind.FORWARD, required=False)
    note = picked(
        _lazy("转送说明、交办要求（单位可见）"),
        [_lazy("请依法受理，按期告知信访人。"), _lazy("请查清事实，依法办理，按期反馈结果并附办结报告。")],
        rows=2,
        required=False,
    )
    feedback_due_on = day_field(
        _lazy("反馈期限（交办的填写）"), required=False, help_text=_lazy("每件都按这个日期报送办结报告。")
    )
    token = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, data: object = None, *, chosen: Sequence[Petition] = (), **kwargs: object) -> None:
        """``chosen``: where one of them is still to be classified, that is asked for once, for all that are."""
        super().__init__(data, **kwargs)
        if any(classifying.must_be_chosen(one) for one in chosen):
            ask_kind_and_path(self)
        self.fields["unit"].queryset = units_that_handle(now())  # type: ignore[attr-defined]
        self.fields["token"].initial = codes.new_token
        self.helper.render_unmentioned_fields = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        assigned = data.get("how") == ForwardKind.ASSIGN
        if assigned and not data.get("note"):
            self.add_error("note", _("交办请写明交办要求（条例第二十二条）。"))
        day = data.get("feedback_due_on")
        if assigned and "feedback_due_on" not in self.errors and (day is None or day <= local_day(now())):
            self.add_error("feedback_due_on", _("交办请填写今天以后的反馈期限（条例第二十二条）。"))
        if not assigned and day is not None:
            self.add_error("feedback_due_on", _("转送不定反馈期限：要求按期反馈的请选“交办”。"))
        return data

    def door(self) -> Callable[..., None]:
        """The service with all but the case, the actor and the token."""
        data = self.cleaned_data
        way = chosen_kind_and_path(data)
        if data["how"] == ForwardKind.ASSIGN:
            day, demand = data["feedback_due_on"], data["note"]
            return partial(forwarding.assign, unit=data["unit"], feedback_due_on=day, demand=demand, **way)
        return partial(forwarding.forward, unit=data["unit"], note=data["note"], **way)


@dataclass(frozen=True)
class Sent:
    """What became of one case; ``sentence`` says why not."""

    number: str
    url: str
    done: bool
    sentence: str


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.PETITION_OFFICER)
def bulk_forward(request: HttpRequest) -> HttpResponse:
    """GET lists the ticked cases and asks for the unit; POST forwards one after the other and tells each outcome."""
    actor = actor_of(request)
    asked = request.POST if request.method == "POST" else request.GET
    numbers = list(dict.fromkeys(map(clean_text, asked.getlist("number"))))[:MOST_AT_ONCE]
    found = Petition.objects.visible_to(actor).filter(number__in=numbers)
    chosen = list(found.select_related("complained_unit").order_by("registered_at"))
    form = BulkForwardForm(request.POST if request.method == "POST" else None, chosen=chosen)
    context = {"chosen": chosen, "form": form, "most": MOST_AT_ONCE, "asked": len(asked.getlist("number"))}
    if not chosen:
        return render(request, "petitions/desk_bulk_forward.html", context, status=422)
    if not form.is_bound or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "petitions/desk_bulk_forward.html", context, status=status)
    data = form.cleaned_data
    results = [_send_one(actor, one, form.door(), data["token"]) for one in chosen]
    context |= {"results": results, "unit": data["unit"], "done": sum(one.done for one in results)}
    context["onward"] = links_after_bulk()
    return render(request, "petitions/desk_bulk_result.html", context)


def _send_one(actor: Actor, petition: Petition, door: Callable[..., None], token: str) -> Sent:
    url = petition.get_absolute_url()
    try:
        door(petition=petition, actor=actor, token=token)
    except Refusal as refusal:
        if refusal.code == "repeated":
            return Sent(petition.number, url, True, _("已经转送过，没有重复办理"))
        return Sent(petition.number, url, False, refusal.sentence)
    return Sent(petition.number, url, True, "")
