"""What follows a 复核: its publication (条例 36), guidance and relief (条例 37), and the public page."""

from __future__ import annotations

from typing import Any

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
from petitions.selectors.veiling import Veil
from reviews import rules, selectors
from reviews.enums import Care, Outcome, ReviewAct, State
from reviews.forms import CareDoneForm, CareForm, PublicationForm
from reviews.models import CareTask, Publication, Review
from reviews.services import caring, publishing


def forms_of(petition: Petition, actor: Actor, context: dict[str, Any]) -> dict[str, BaseForm]:
    """Forms of the page for what follows the end; puts the publication and the tasks into the context."""
    forms: dict[str, BaseForm] = {}
    last = context["rows"][0].review if context["rows"] else None
    if not context["ended"] or last is None:
        last = None
    shown = Publication.objects.select_related("prepared_by", "checked_by").filter(review=last).first()
    if (
        last is not None
        and (shown is None or not shown.is_public)
        and rules.may(ReviewAct.PREPARE, actor, review=last)
    ):
        forms["prepare"] = PublicationForm(initial=_draft(last, shown), auto_id="prepare_%s")
    checks = last is not None and shown is not None and rules.may(ReviewAct.PUBLISH, actor, review=last)
    own = shown is not None and actor.user is not None and shown.prepared_by_id == actor.user.pk
    if context["ended"] and rules.may(ReviewAct.CARE, actor, petition=petition):
        forms["care"] = CareForm(petition=petition, auto_id="care_%s")
    context |= {
        "publication": shown,
        "may_publish": checks and shown is not None and shown.published_at is None and not own,
        "may_take_down": checks and shown is not None and shown.is_public,
        "care": _care_of(petition, actor),
    }
    return forms


def _draft(review: Review, shown: Publication | None) -> dict[str, str]:
    if shown is not None:
        return {"title": shown.title, "text": shown.text}
    fresh = Review.objects.select_related("body", "petition").get(
        pk=review.pk
    )  # as written, without the veil
    title, text = publishing.draft_of(fresh)
    return {"title": title, "text": text}


def _care_of(petition: Petition, actor: Actor) -> list[dict[str, Any]]:
    """What was planned, as this reader may have its words (条例 30)."""
    rows: list[dict[str, Any]] = []
    cover = Veil(petition, actor)
    for task in CareTask.objects.filter(petition=petition).select_related("unit", "done_by"):
        task.petition = petition
        form = None
        if task.done_on is None and rules.may_care(actor, task):
            form = CareDoneForm(auto_id=f"done{len(rows)}_%s")
        cover.over(task, selectors.TEXTS_OF_A_TASK)
        rows.append({"task": task, "form": form, "key": f"care:{task.pk}"})
    return rows


def _last(request: HttpRequest, number: str) -> tuple[Petition, Review, Actor]:
    """The 复核 of a case that one reads, served and standing; 404 without."""
    from reviews.views import cases

    petition = cases.case_or_404(request, number)
    related = ("body", "first__body", "first__reply__unit")
    found = Review.objects.filter(petition=petition, level="final", state=State.SERVED)
    review = get_object_or_404(
        found.exclude(outcome=Outcome.REDO).select_related(*related).order_by("-id")[:1]
    )
    review.petition = petition
    return petition, review, cases.actor_of(request)


def _failed(request: HttpRequest, petition: Petition, name: str, form: BaseForm, status: int) -> HttpResponse:
    from reviews.views import cases

    return cases.show(request, cases.case_or_404(request, petition.number), {name: form}, status)


@require_POST
@staff_required
def prepare(request: HttpRequest, number: str) -> HttpResponse:
    petition, review, actor = _last(request, number)
    rules.require(ReviewAct.PREPARE, actor, review=review)
    form, status = PublicationForm(request.POST, auto_id="prepare_%s"), 422
    if form.is_valid():
        try:
            publishing.prepare(review=review, actor=actor, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            status = refusal.status
        else:
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
    from reviews.views import cases

    petition, actor = cases.case_or_404(request, number), cases.actor_of(request)
    rules.require(ReviewAct.CARE, actor, petition=petition)
    form, status = CareForm(request.POST, petition=petition, auto_id="care_%s"), 422
    if form.is_valid():
        data = form.cleaned_data | {"kind": Care(form.cleaned_data["kind"])}
        try:
            caring.plan(petition=petition, actor=actor, **data)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            status = refusal.status
        else:
            messages.success(request, _("已安排。"))
            return redirect("reviews:case", number=number)
    return _failed(request, petition, "care", form, status)


@require_POST
@staff_required
def care_done(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    from reviews.views import cases

    petition, actor = cases.case_or_404(request, number), cases.actor_of(request)
    task = get_object_or_404(CareTask.objects.select_related("unit"), petition=petition, pk=pk)
    task.petition = petition
    rules.require_care(actor, task)
    form, status = CareDoneForm(request.POST, auto_id="failed_%s"), 422
    if form.is_valid():
        try:
            caring.finish(task=task, actor=actor, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            status = refusal.status
        else:
            messages.success(request, _("完成情况已登记。"))
            return redirect("reviews:case", number=number)
    return _failed(request, petition, f"care:{pk}", form, status)


@require_safe
def published(request: HttpRequest) -> HttpResponse:
    """For everybody: what was published, the latest first. No case number, no name."""
    found = Publication.objects.public().select_related("review__body")
    page = paginate(found, order=["-published_at", "-id"], cursor=request.GET.get("cursor"), size=10)
    return render(request, "reviews/published.html", {"page": page, "publications": page.items})
