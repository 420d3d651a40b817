"""The petitioner agrees to mediation, or does not want it any more, on the own page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from core import throttle
from core.errors import Refusal
from mediation.enums import ConsentHow
from mediation.models import MediationCase, Party
from mediation.services import opening
from petitions.models import Petition
from petitions.views.public_mine import with_own_case

MOST, SECONDS = 20, 600


@require_POST
@with_own_case
def agree(request: HttpRequest, petition: Petition) -> HttpResponse:
    def door(mediation: MediationCase, own: Party) -> None:
        opening.give_consent(
            mediation=mediation,
            actor=Actor.petitioner(),
            party=own,
            who=_("信访人本人"),
            how=ConsentHow.ONLINE,
        )

    return _do(request, petition, door, _("已记下您同意调解。您随时可以不调。"))


@require_POST
@with_own_case
def decline(request: HttpRequest, petition: Petition) -> HttpResponse:
    def door(mediation: MediationCase, own: Party) -> None:
        opening.withdraw_consent(mediation=mediation, actor=Actor.petitioner(), party=own)

    return _do(request, petition, door, _("调解已结束。您的事项照样依法办理，期限不变。"))


def _do(
    request: HttpRequest, petition: Petition, door: Callable[[MediationCase, Party], Any], words: str
) -> HttpResponse:
    found = MediationCase.objects.filter(petition=petition, petition__sealed=False, ended_at=None)
    mediation = found.select_related("petition").first()
    own = mediation.parties.filter(is_petitioner=True).first() if mediation is not None else None
    if mediation is None or own is None:
        raise Http404
    try:
        throttle.require(
            f"mediation:{petition.pk}", MOST, SECONDS, sentence=_("提交得太频繁，请过几分钟再按一次。")
        )
        door(mediation, own)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, words)
    return redirect("petitions:mine")
