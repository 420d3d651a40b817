"""The petitioner asks on the own page that one of the panel stand aside."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core import throttle
from core.errors import Refusal
from hearings.enums import COMING
from hearings.forms import AskRecusalForm
from hearings.models import PanelMember
from hearings.services import seating
from petitions.models import Petition
from petitions.views.public_mine import with_own_case

MOST, SECONDS = 20, 600


@with_own_case
def ask_recusal(request: HttpRequest, petition: Petition, pk: int) -> HttpResponse:
    rows = PanelMember.objects.filter(hearing__petition=petition, hearing__state__in=COMING, left_at=None)
    member = rows.select_related("hearing__unit", "user").filter(pk=pk).first()
    if member is None or petition.sealed:
        raise Http404
    form = AskRecusalForm(request.POST or None)
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        try:
            throttle.require(
                f"recusal:{petition.pk}", MOST, SECONDS, sentence=_("提交得太频繁，请过几分钟再按一次。")
            )
            seating.ask_recusal(member=member, actor=Actor.petitioner(), reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            status = refusal.status
        else:
            messages.success(request, _("回避申请已收到，由举行听证的单位决定，结果在本页告诉您。"))
            return redirect("petitions:mine")
    context = {"petition": petition, "member": member, "form": form}
    return render(request, "hearings/mine_recusal.html", context, status=status)
