"""转送 of several cases to one unit. Each case is its own step in its own transaction: one failure holds up none."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from accounts.actor import Actor
from accounts.decorators import role_required
from accounts.enums import Role
from accounts.models import Unit
from core.errors import Refusal
from core.forms import BaseForm
from core.text import clean_text
from core.timekeeping import now
from petitions.extensions import links_after_bulk
from petitions.forms.acts import picked
from petitions.forms.base import units_that_handle
from petitions.forms.fields import UnitChoice
from petitions.models import Petition
from petitions.services import codes, forwarding
from petitions.views.asking import actor_of

MOST_AT_ONCE = 100


class BulkForwardForm(BaseForm):
    unit = UnitChoice(label=_lazy("主办单位"))
    note = picked(
        _lazy("转送说明（单位可见）"), [_lazy("请依法受理，按期告知信访人。")], rows=2, required=False
    )
    token = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, data: object = None, **kwargs: object) -> None:
        super().__init__(data, **kwargs)
        self.fields["unit"].queryset = units_that_handle(now())  # type: ignore[attr-defined]
        self.fields["token"].initial = codes.new_token
        self.helper.render_unmentioned_fields = True


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
    form = BulkForwardForm(request.POST if request.method == "POST" else None)
    context = {"chosen": chosen, "form": form, "most": MOST_AT_ONCE, "asked": len(asked.getlist("number"))}
    if not chosen:
        return render(request, "petitions/desk_bulk_forward.html", context, status=422)
    if not form.is_bound or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "petitions/desk_bulk_forward.html", context, status=status)
    data = form.cleaned_data
    results = [_send_one(actor, one, data["unit"], data["note"], data["token"]) for one in chosen]
    context |= {"results": results, "unit": data["unit"], "done": sum(one.done for one in results)}
    context["onward"] = links_after_bulk()
    return render(request, "petitions/desk_bulk_result.html", context)


def _send_one(actor: Actor, petition: Petition, unit: Unit, note: str, token: str) -> Sent:
    url = petition.get_absolute_url()
    try:
        forwarding.forward(petition=petition, actor=actor, unit=unit, note=note, token=token)
    except Refusal as refusal:
        if refusal.code == "repeated":
            return Sent(petition.number, url, True, _("已经转送过，没有重复办理"))
        return Sent(petition.number, url, False, refusal.sentence)
    return Sent(petition.number, url, True, "")
