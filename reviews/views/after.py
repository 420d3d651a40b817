"""What follows a 复核: its publication (条例 36), guidance and relief (条例 37), and the public page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import Actor
from accounts.decorators import staff_required
from core.errors import Refusal
from core.forms import BaseForm
from core.paging import paginate
from petitions.models import Petition
from petitions.views.asking import actor_of, attempt
from reviews import rules
from reviews.enums import Care, Outcome, ReviewAct, State
from reviews.forms import CareDoneForm, CareForm, PublicationForm
from reviews.models import CareTask, Publication, Review
from reviews.services import caring, publishing
from reviews.views.page import case_of, show


def _last(request: HttpRequest, number: str) -> tuple[Petition, Review, Actor]:
    """The 复核 of a case that one reads, served and standing; 404 without."""
    petition = case_of(request, number)
    related = ("body", "first__body", "first__reply__unit")
    found = Review.objects.filter(petition=petition, level="final", state=State.SERVED)
    review = get_object_or_404(
        found.exclude(outcome=Outcome.REDO).select_related(*related).order_by("-id")[:1]
    )
    review.petition = petition
    return petition, review, actor_of(request)


def _failed(request: HttpRequest, petition: Petition, name: str, form: BaseForm, status: int) -> HttpResponse:
    return show(request, case_of(request, petition.number), {name: form}, status)


@require_POST
@staff_required
def prepare(request: HttpRequest, number: str) -> HttpResponse:
    petition, review, actor = _last(request, number)
    rules.require(ReviewAct.PREPARE, actor, review=review)
    form, status = PublicationForm(request.POST, auto_id="prepare_%s"), 422
    if form.is_valid():
        done, status = attempt(
            form, lambda: publishing.prepare(review=review, actor=actor, **form.cleaned_data)
        )
        if done:
            messages.success(request, _("已报核，请另一人核对后公示。"))
            return redirect("reviews:case", number=number)
    return _failed(request, petition, "prepare", form, status)


@require_POST
@staff_required
def publish(request: HttpRequest, number: str) -> HttpResponse:
    """Put up what one has read, or take it down; which of the two the button says."""
    _petition, review, actor = _last(request, number)
    rules.require(ReviewAct.PUBLISH, actor, review=review)
    publication = get_object_or_404(Publication.objects.select_related("review"), review=review)
    try:
        if request.POST.get("do") == "down":
            publishing.take_down(publication=publication, actor=actor)
            messages.success(request, _("公示已撤下。"))
        else:
            publishing.publish(publication=publication, actor=actor)
            messages.success(request, _("已公示。"))
    except Refusal as refusal:
        messages.warning(request, refusal.sentence)
    return redirect("reviews:case", number=number)


@require_POST
@staff_required
def care(request: HttpRequest, number: str) -> HttpResponse:
    petition, actor = case_of(request, number), actor_of(request)
    rules.require(ReviewAct.CARE, actor, petition=petition)
    form, status = CareForm(request.POST, petition=petition, auto_id="care_%s"), 422
    if form.is_valid():
        data = form.cleaned_data | {"kind": Care(form.cleaned_data["kind"])}
        done, status = attempt(form, lambda: caring.plan(petition=petition, actor=actor, **data))
        if done:
            messages.success(request, _("已安排。"))
            return redirect("reviews:case", number=number)
    return _failed(request, petition, "care", form, status)


@require_POST
@staff_required
def care_done(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    petition, actor = case_of(request, number), actor_of(request)
    task = get_object_or_404(CareTask.objects.select_related("unit"), petition=petition, pk=pk)
    task.petition = petition
    rules.require_care(actor, task)
    form, status = CareDoneForm(request.POST, auto_id="failed_%s"), 422
    if form.is_valid():
        done, status = attempt(form, lambda: caring.finish(task=task, actor=actor, **form.cleaned_data))
        if done:
            messages.success(request, _("完成情况已登记。"))
            return redirect("reviews:case", number=number)
    return _failed(request, petition, f"care:{pk}", form, status)


@require_safe
def published(request: HttpRequest) -> HttpResponse:
    """For everybody: what was published, the latest first. No case number, no name."""
    found = Publication.objects.public().select_related("review__body")
    page = paginate(found, order=["-published_at", "-id"], cursor=request.GET.get("cursor"), size=10)
    return render(request, "reviews/published.html", {"page": page, "publications": page.items})
