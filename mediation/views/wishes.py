"""Whether a party who is kept apart wants to meet the other side."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.decorators import staff_required
from mediation import rules
from mediation import session_selectors as selectors
from mediation.enums import MediationAct
from mediation.models import MediationCase, Party
from mediation.services import wishes
from mediation.wish_forms import WishForm
from petitions.views.asking import actor_of, attempt


def party_or_404(request: HttpRequest, pk: int) -> Party:
    """Of an open mediation the reader may see."""
    open_ones = MediationCase.objects.visible_to(actor_of(request)).filter(ended_at=None)
    found = Party.objects.filter(mediation__in=open_ones.values("pk"), left_at=None)
    party: Party = get_object_or_404(found.select_related("mediation__petition", "mediation__dispute"), pk=pk)
    return party


@never_cache
@staff_required
def wish(request: HttpRequest, pk: int) -> HttpResponse:
    """What was wished before, and the form for a wish."""
    party, actor = party_or_404(request, pk), actor_of(request)
    rules.require(MediationAct.PARTY, actor, mediation=party.mediation)
    form, status = WishForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            made, status = attempt(form, lambda: wishes.wish(party=party, actor=actor, **form.cleaned_data))
            if made is not None:
                messages.success(request, _("已登记本人要求当面调。本人随时可以收回。"))
                return redirect("mediation:wish", pk)
    cover = selectors.cover(selectors.mediation_of_party(party), actor)
    found = [(one, cover(one.who)) for one in party.wishes.select_related("recorded_by")]
    context = {
        "party": party,
        "mediation": party.mediation,
        "form": form,
        "wishes": found,
        "lives": any(one.withdrawn_at is None for one, _who in found),
    }
    return render(request, "mediation/wish.html", context, status=status)


@require_POST
@staff_required
def wish_back(request: HttpRequest, pk: int) -> HttpResponse:
    party, actor = party_or_404(request, pk), actor_of(request)
    rules.require(MediationAct.PARTY, actor, mediation=party.mediation)
    wishes.take_back(party=party, actor=actor)
    messages.success(request, _("已收回，以后分开调解。已经安排的当面调解，请改成分开调解。"))
    return redirect("mediation:wish", pk)
