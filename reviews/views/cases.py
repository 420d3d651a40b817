"""The list of reviews with their due dates, and the page of a case's reviews with all that is done there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import Actor
from accounts.decorators import role_required, staff_required
from core.paging import paginate
from core.tabs import chosen_of, tabs_of
from core.timekeeping import local_day, now
from deadlines.selectors import explain
from petitions.enums import ServiceMethod
from petitions.models import Petition
from petitions.selectors.desk import WORKERS
from petitions.selectors.veiling import over_rows
from petitions.views.asking import actor_of, attempt
from reviews import rules, selectors
from reviews.enums import OPEN, Channel, NotAdmitted, Outcome, ReviewAct
from reviews.forms import (
    ApplyForm,
    ElsewhereForm,
)
from reviews.models import CareTask, Review, ReviewClock
from reviews.services import applying, deciding, elsewhere
from reviews.views.page import case_of, form_of, show

VIEWS = (("open", "办理中"), ("ended", "已办结"), ("care", "疏导帮扶"))


@require_safe
@role_required(*WORKERS)
def review_list(request: HttpRequest) -> HttpResponse:
    """Reviews of the cases one reads: those received first before the others; of those that ended, the latest."""
    actor = actor_of(request)
    counts = selectors.waiting_for(actor)
    reviews = Review.objects.visible_to(actor)
    over = not any(counts.values()) and reviews.exclude(state__in=OPEN).exists()
    chosen = chosen_of(VIEWS, request.GET.get("view"), counts | {"ended": int(over)})
    if chosen == "care":
        return _care_list(request, actor, counts)
    found = reviews.with_row_relations()
    if chosen == "open":
        found, order = found.filter(state__in=OPEN), ["applied_at", "id"]
    else:
        found, order = found.exclude(state__in=OPEN), ["-applied_at", "-id"]
    page = paginate(found, order=order, cursor=request.GET.get("cursor"))
    over_rows([review.petition for review in page.items], actor)
    context = {
        "page": page,
        "rows": selectors.rows_of(page.items, actor),
        "tabs": tabs_of(VIEWS, chosen, counts),
    }
    return render(request, "reviews/review_list.html", context)


def _care_list(request: HttpRequest, actor: Actor, counts: dict[str, int]) -> HttpResponse:
    """What is still to be done for people after the end (条例 37), the nearest day first."""
    found = CareTask.objects.visible_to(actor).open()
    found = found.select_related("petition__complained_unit", "petition__lead_unit", "unit")
    page = paginate(found, order=["due_on", "id"], cursor=request.GET.get("cursor"))
    selectors.cover_tasks(page.items, actor)
    tabs = tabs_of(VIEWS, "care", counts)
    context = {"page": page, "tasks": page.items, "tabs": tabs, "today": local_day(now())}
    return render(request, "reviews/review_list.html", context)


@require_safe
@staff_required
def case(request: HttpRequest, number: str) -> HttpResponse:
    return show(request, case_of(request, number))


@require_POST
@staff_required
def apply(request: HttpRequest, number: str) -> HttpResponse:
    """Enter an application that came to the counter or by letter."""
    petition, actor = case_of(request, number), actor_of(request)
    rules.require(ReviewAct.APPLY, actor, petition=petition)
    form, status = ApplyForm(request.POST, auto_id="apply_%s"), 422
    if form.is_valid():
        data = {**form.cleaned_data, "channel": Channel(form.cleaned_data["channel"])}
        done, status = attempt(form, lambda: applying.apply(petition=petition, actor=actor, **data))
        if done:
            messages.success(request, _("申请已登记，由%(body)s办理。") % {"body": done.body_label})
            return redirect("reviews:case", number=petition.number)
    return show(request, petition, {"apply": form}, status)


def act(
    request: HttpRequest, number: str, what: ReviewAct, door: Callable[..., Any], said: str
) -> HttpResponse:
    """Do ``door`` to the review of this case that is open, with what the form of ``what`` holds."""
    petition, actor = case_of(request, number), actor_of(request)
    # Two at most: an order to handle anew that waits to be served, and the review of the new answer.
    order = "-state" if what == ReviewAct.SERVE else "state"
    open_now = Review.objects.open().filter(petition=petition).order_by(order)
    related = ("body", "reply__unit", "first__body", "first__reply__unit")
    review = open_now.select_related(*related).first()
    if review is None:
        raise Http404
    review.petition = petition
    rules.require(what, actor, review=review)
    form, status = form_of(what, petition, actor, request.POST, request.FILES, review=review), 422
    if form.is_valid():
        done, status = attempt(form, lambda: door(review=review, actor=actor, **form.cleaned_data))
        if done:
            messages.success(request, said)
            return redirect("reviews:case", number=petition.number)
    return show(request, case_of(request, number), {what.value: form}, status)


@require_POST
@staff_required
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    return act(request, number, ReviewAct.WITHDRAW, applying.withdraw, _("撤回已登记。"))


@require_POST
@staff_required
def not_admit(request: HttpRequest, number: str) -> HttpResponse:
    def door(*, ground: str, **rest: Any) -> Review:
        return applying.not_admit(ground=NotAdmitted(ground), **rest)

    return act(request, number, ReviewAct.NOT_ADMIT, door, _("已告知不予受理。"))


@require_POST
@staff_required
def enter_elsewhere(request: HttpRequest, number: str) -> HttpResponse:
    """Enter that the petitioner asked a body outside this system for 复核."""
    petition, actor = case_of(request, number), actor_of(request)
    rules.require(ReviewAct.ELSEWHERE, actor, petition=petition)
    form, status = ElsewhereForm(request.POST, auto_id="elsewhere_%s"), 422
    if form.is_valid():
        data = form.cleaned_data
        done, status = attempt(form, lambda: elsewhere.enter(petition=petition, actor=actor, **data))
        if done:
            messages.success(request, _("申请已登记，收到复核意见后请录入。"))
            return redirect("reviews:case", number=petition.number)
    return show(request, petition, {"elsewhere": form}, status)


@require_POST
@staff_required
def elsewhere_outcome(request: HttpRequest, number: str) -> HttpResponse:
    def door(*, outcome: str, attachments: list[UploadedFile], **rest: Any) -> Review:
        return elsewhere.enter_outcome(outcome=Outcome(outcome), files=attachments, **rest)

    return act(request, number, ReviewAct.ELSEWHERE_OUTCOME, door, _("复核意见已登记。"))


@require_POST
@staff_required
def hearing(request: HttpRequest, number: str) -> HttpResponse:
    return act(request, number, ReviewAct.HEARING, deciding.record_hearing, _("听证时间已登记。"))


@require_POST
@staff_required
def decide(request: HttpRequest, number: str) -> HttpResponse:
    def door(*, outcome: str, attachments: list[UploadedFile], **rest: Any) -> Review:
        return deciding.decide(outcome=Outcome(outcome), files=attachments, **rest)

    return act(request, number, ReviewAct.DECIDE, door, _("意见已作出，请送达。"))


@require_POST
@staff_required
def serve(request: HttpRequest, number: str) -> HttpResponse:
    def door(*, method: str, served_on: Any, **rest: Any) -> Review:
        return deciding.serve(method=ServiceMethod(method), **rest)

    petition = case_of(request, number)
    answer = act(request, number, ReviewAct.SERVE, door, _("送达已登记。"))
    if answer.status_code == 302 and not Petition.objects.visible_to(actor_of(request)).filter(
        pk=petition.pk
    ):
        return redirect("reviews:list")  # one's reading ended with the review
    return answer


@require_safe
@staff_required
def clock(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    petition = case_of(request, number)
    found = get_object_or_404(
        ReviewClock.objects.select_related("rule", "review"), pk=pk, review__petition=petition
    )
    found.review.petition = petition
    context = {"explanation": explain(found), "clock": found, "back": found.review.get_absolute_url()}
    return render(request, "reviews/clock.html", context)
