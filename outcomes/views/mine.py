"""The petitioner rates, on the own page, the body that reviewed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actor import Actor
from core.errors import Refusal
from outcomes.enums import Stage
from outcomes.forms import StageEvaluationForm
from outcomes.services import evaluating
from petitions.enums import Rating
from petitions.models import Petition
from petitions.views.public_mine import with_own_case


@require_POST
@with_own_case
def evaluate(request: HttpRequest, petition: Petition) -> HttpResponse:
    """Once; the door itself refuses a second one. What was typed is kept on a page of its own."""
    form, status = StageEvaluationForm(request.POST), 422
    if form.is_valid():
        data = form.cleaned_data
        try:
            evaluating.evaluate(
                petition=petition,
                actor=Actor.petitioner(),
                stage=Stage(data["stage"]),
                rating=Rating(data["rating"]),
                comment=data["comment"],
            )
        except Refusal as refusal:
            if refusal.code == "repeated":
                messages.info(request, refusal.sentence)
                return redirect("petitions:mine")
            form.add_error(None, refusal.sentence)
            status = refusal.status
        else:
            messages.success(request, _("您的评价已记录。"))
            return redirect("petitions:mine")
    return render(request, "outcomes/mine_evaluate.html", {"form": form, "petition": petition}, status=status)
