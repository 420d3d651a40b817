"""The petitioner asks for a review, in two steps from their own page, or takes it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from core import throttle
from core.errors import Refusal
from core.timekeeping import now
from petitions.models import Petition
from petitions.services.codes import new_token
from petitions.views.public_mine import with_own_case
from reviews import windows
from reviews.enums import Channel, State
from reviews.forms import OwnApplyForm
from reviews.models import Review
from reviews.services import applying

MOST, SECONDS = 20, 600


@with_own_case
def apply(request: HttpRequest, petition: Petition) -> HttpResponse:
    window = windows.window_of(petition, now())
    form = OwnApplyForm(request.POST or None, initial={"token": new_token()})
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        try:
            throttle.require(
                f"review:{petition.pk}", MOST, SECONDS, sentence=_("提交得太频繁，请过几分钟再按一次。")
            )
            review = applying.apply(
                petition=petition,
                actor=Actor.petitioner(),
                channel=Channel.PAGE,
                reason=form.cleaned_data["reason"],
                token=form.cleaned_data["token"],
            )
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            status = refusal.status
        else:
            said = _("申请已收到，由%(body)s办理。") % {"body": review.body_label}
            if review.is_referred:
                said = _("申请已收到，由信访局报请上级机关确定办理机关。")
            messages.success(request, said)
            return redirect("petitions:mine")
    context = {"petition": petition, "window": window, "form": form, "why": _why_not(petition, window)}
    if window is not None and window.body is None:
        context["referred"] = windows.elsewhere(window)
    return render(request, "reviews/mine_apply.html", context, status=status)


def _why_not(petition: Petition, window: windows.Window | None) -> str:
    """Why the form is not offered; empty where it is."""
    at = now()
    try:
        windows.require_open(petition, at, at.date())
    except Refusal as refusal:
        return refusal.sentence
    return ""


@require_POST
@with_own_case
def withdraw(request: HttpRequest, petition: Petition) -> HttpResponse:
    review = Review.objects.filter(petition=petition, state=State.ASKED).select_related("body").first()
    if review is None:
        messages.info(request, _("现在没有正在办理的申请。"))
        return redirect("petitions:mine")
    try:
        applying.withdraw(review=review, actor=Actor.petitioner())
    except Refusal as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, _("申请已撤回。期限以内可以再次申请。"))
    return redirect("petitions:mine")
