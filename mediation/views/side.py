"""The own page of a party beside the petitioner, opened by the number and code of a slip: only the own side, and the
way in and out without anybody between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import throttle
from core.errors import Refusal
from core.own_pages import OwnPage
from core.timekeeping import now
from mediation import session_selectors, side_selectors
from mediation.enums import ConsentHow
from mediation.models import Party
from mediation.services import opening, recordings
from mediation.standing import PartyActor

SIDE = OwnPage("own_side", side_selectors.by_id, "mediation:dispute_query")
MOST, SECONDS = 20, 600


@require_safe
@SIDE.needed
def side(request: HttpRequest, party: Party) -> HttpResponse:
    context = {"mediation": party.mediation, "parts": side_selectors.parts_of(party, now())}
    return render(request, "mediation/side.html", context)


@require_POST
@SIDE.needed
def agree(request: HttpRequest, party: Party) -> HttpResponse:
    def door(actor: PartyActor) -> None:
        opening.give_consent(
            mediation=party.mediation,
            actor=actor,
            party=party,
            who=_("当事人本人"),
            how=ConsentHow.ONLINE,
        )

    return _do(request, party, door, _("已记下您同意调解。您随时可以不调。"))


@require_POST
@SIDE.needed
def decline(request: HttpRequest, party: Party) -> HttpResponse:
    def door(actor: PartyActor) -> None:
        opening.withdraw_consent(mediation=party.mediation, actor=actor, party=party)

    return _do(request, party, door, _("调解已结束，不用说理由。"))


@require_POST
@SIDE.needed
def not_recorded(request: HttpRequest, party: Party) -> HttpResponse:
    found = session_selectors.consents_of(party)
    if not found:
        raise Http404

    def door(actor: PartyActor) -> None:
        for consent in found:
            recordings.take_back(consent=consent, actor=actor)

    return _do(request, party, door, _("已记下：不再录，已经保存的随后删除。调解照常进行。"))


def _do(request: HttpRequest, party: Party, door: Callable[[PartyActor], Any], words: str) -> HttpResponse:
    sentence = _("提交得太频繁，请过几分钟再按一次。")
    try:
        throttle.require(f"side:{party.pk}", MOST, SECONDS, sentence=sentence)
        door(PartyActor.of_slip(party))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, words)
    return redirect("mediation:side")


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """离开: nothing of the mediation stays in this browser's session."""
    SIDE.leave(request)
    messages.success(request, _("已离开。在公用电脑上请同时关闭浏览器。"))
    return redirect("mediation:dispute_query")
