"""Parties of a mediation, who may not mediate it, and the way up the ladder."""

from __future__ import annotations

from urllib.parse import urlencode

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.decorators import role_required, staff_required
from accounts.enums import Role
from core.errors import Refusal
from mediation import rules, selectors
from mediation.enums import BarGround, Leaving, MediationAct, Side
from mediation.models import MediationCase, Party
from mediation.party_forms import BarForm, HandOnForm, LadderForm, PartyForm
from mediation.services import ladders, levels, parties, slips
from mediation.views.cases import current_or_404, do
from petitions.views.asking import actor_of, attempt


@require_POST
@staff_required
def add(request: HttpRequest, number: str) -> HttpResponse:
    mediation, actor = current_or_404(request, number), actor_of(request)
    rules.require(MediationAct.PARTY, actor, mediation=mediation)
    form = PartyForm(request.POST, mediation=mediation, auto_id="party_%s")
    return do(
        request,
        number,
        "party",
        form,
        lambda: parties.add_party(mediation=mediation, actor=actor, new=form.party()),
        _("已登记当事人。本人同意以后才安排调解。"),
    )


@staff_required
def change(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """One party's own page: what is written of them, to put right."""
    mediation, actor = current_or_404(request, number), actor_of(request)
    rules.require(MediationAct.PARTY, actor, mediation=mediation)
    party = _party_or_404(mediation, pk)
    form, status = PartyForm(request.POST or None, party=party, initial=_kept(party)), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            new = form.party(party.side)
            done, status = attempt(form, lambda: parties.change_party(party=party, actor=actor, new=new))
            if done is not None:
                messages.success(request, _("已更改。"))
                return redirect("mediation:case", number)
    else:
        parties.look(party=party, actor=actor)
    return render(request, "mediation/party.html", _page(mediation, party, form), status=status)


@require_POST
@staff_required
def leave(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    mediation, actor = current_or_404(request, number), actor_of(request)
    rules.require(MediationAct.PARTY, actor, mediation=mediation)
    party = _party_or_404(mediation, pk)
    try:
        parties.let_go(party=party, actor=actor)
    except Refusal as refusal:
        # The page shows telephone and address again.
        parties.look(party=party, actor=actor)
        form = PartyForm(party=party, initial=_kept(party))
        page = _page(mediation, party, form) | {"refused": refusal.sentence}
        return render(request, "mediation/party.html", page, status=refusal.status)
    messages.success(request, _("已登记退出。"))
    return redirect("mediation:case", number)


@never_cache
@require_POST
@staff_required
def slip(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Number and a new code of the own page, to be printed and handed over; shown this once."""
    mediation, actor = current_or_404(request, number), actor_of(request)
    rules.require(MediationAct.PARTY, actor, mediation=mediation)
    party = _party_or_404(mediation, pk)
    try:
        made = slips.hand_out(party=party, actor=actor)
    except Refusal as refusal:
        parties.look(party=party, actor=actor)
        form = PartyForm(party=party, initial=_kept(party))
        page = _page(mediation, party, form) | {"refused": refusal.sentence}
        return render(request, "mediation/party.html", page, status=refusal.status)
    address = f"{reverse('mediation:dispute_query')}?{urlencode({'number': made.number})}"
    picture = segno.make(request.build_absolute_uri(address), error="m").svg_data_uri(scale=4, border=2)
    code = f"{made.code[:5]}-{made.code[5:]}"
    context = {"mediation": mediation, "slip": made, "code": code, "qr": picture}
    return render(request, "mediation/slip.html", context)


@require_POST
@staff_required
def bar(request: HttpRequest, number: str) -> HttpResponse:
    mediation, actor = current_or_404(request, number), actor_of(request)
    rules.require(MediationAct.BAR, actor, mediation=mediation)
    form = BarForm(request.POST, auto_id="bar_%s")
    return do(
        request,
        number,
        "bar",
        form,
        lambda: parties.bar(
            mediation=mediation,
            actor=actor,
            user=form.cleaned_data["user"],
            ground=BarGround(form.cleaned_data["ground"]),
        ),
        _("已登记。由这位调解员办理的，请换人。"),
    )


@require_POST
@staff_required
def hand_on(request: HttpRequest, number: str) -> HttpResponse:
    mediation, actor = current_or_404(request, number), actor_of(request)
    rules.require(MediationAct.HAND_ON, actor, mediation=mediation)
    form = HandOnForm(request.POST, mediation=mediation, auto_id="hand_on_%s")
    return do(
        request,
        number,
        "hand_on",
        form,
        lambda: levels.hand_on(
            mediation=mediation,
            actor=actor,
            leaving=Leaving(form.cleaned_data["leaving"]),
            level=form.cleaned_data["level"],
            room=form.cleaned_data["room"],
            mediator=form.cleaned_data["mediator"],
            words=form.cleaned_data["words"],
        ),
        _("已转，前面的记录都带过去了。"),
    )


@never_cache
@role_required(Role.PETITION_OFFICER)
def ladder_list(request: HttpRequest) -> HttpResponse:
    """The ladders in force, and a form for a new version."""
    actor = actor_of(request)
    form, status = LadderForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            made, status = attempt(
                form,
                lambda: ladders.set_ladder(
                    actor=actor, unit=data["unit"], name=data["name"], levels=form.levels()
                ),
            )
            if made is not None:
                messages.success(request, _("新的阶梯从现在起用；正在调的按原来的走完。"))
                return redirect("mediation:ladders")
    context = {"ladders": selectors.ladders(), "form": form}
    return render(request, "mediation/ladder_list.html", context, status=status)


def _party_or_404(mediation: MediationCase, pk: int) -> Party:
    party: Party = get_object_or_404(mediation.parties.filter(left_at=None), pk=pk)
    party.mediation = mediation
    return party


def _kept(party: Party) -> dict[str, object]:
    fields = ("name", "phone", "address", "represented_by", "protected")
    return {name: getattr(party, name) for name in fields}


def _page(mediation: MediationCase, party: Party, form: PartyForm) -> dict[str, object]:
    side = Side(party.side).called_in(mediation)
    return {"mediation": mediation, "party": party, "side": side, "form": form}
