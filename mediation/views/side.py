"""The own page of a party beside the petitioner, opened by the number and code of a slip: only the own side, and the
way in and out without anybody between."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core import throttle
from core.errors import Refusal
from core.timekeeping import now
from mediation import session_selectors, side_selectors
from mediation.enums import ConsentHow
from mediation.models import Party
from mediation.services import opening, recordings
from mediation.standing import PartyActor
from petitions.views import public_session

OWN = "own_side"
MOST, SECONDS = 20, 600
P = ParamSpec("P")


def let_in(request: HttpRequest, party: Party) -> None:
    """Open this party's page to this browser's session, under a new key."""
    request.session.cycle_key()
    _keep_open(request, party.pk)


def _keep_open(request: HttpRequest, pk: int) -> None:
    request.session[OWN] = {"pk": pk, "until": time.time() + public_session.CASE_SECONDS}


def with_own_side(
    view: Callable[Concatenate[HttpRequest, Party, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Hand the session's party to the view; without one, back to number and code. Never cached."""

    @never_cache
    @wraps(view)
    def inner(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        kept = request.session.get(OWN) or {"until": 0}
        party = side_selectors.by_id(kept["pk"]) if kept["until"] > time.time() else None
        if party is None:
            messages.info(request, _("请先输入编号和查询码。半小时没有操作，需要重新输入。"))
            return redirect("mediation:dispute_query")
        if kept["until"] - time.time() < public_session.CASE_SECONDS - 60:
            _keep_open(request, party.pk)
        return view(request, party, *args, **kwargs)

    return inner


@require_safe
@with_own_side
def side(request: HttpRequest, party: Party) -> HttpResponse:
    context = {"mediation": party.mediation, "parts": side_selectors.parts_of(party, now())}
    return render(request, "mediation/side.html", context)


@require_POST
@with_own_side
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
@with_own_side
def decline(request: HttpRequest, party: Party) -> HttpResponse:
    def door(actor: PartyActor) -> None:
        opening.withdraw_consent(mediation=party.mediation, actor=actor, party=party)

    return _do(request, party, door, _("调解已结束，不用说理由。"))


@require_POST
@with_own_side
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
    request.session.pop(OWN, None)
    messages.success(request, _("已离开。在公用电脑上请同时关闭浏览器。"))
    return redirect("mediation:dispute_query")
