"""The page of a case's reviews: one place that puts it together, for every door that shows it again."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.actor import Actor
from core.forms import BaseForm
from core.timekeeping import now
from petitions.models import Petition
from petitions.selectors.veiling import Veil
from petitions.services.codes import new_token
from petitions.views.asking import actor_of, case_or_404
from reviews import rules, selectors
from reviews.enums import ReviewAct, State
from reviews.forms import (
    ApplyForm,
    CareDoneForm,
    CareForm,
    DecideForm,
    ElsewhereForm,
    ElsewhereOutcomeForm,
    HearingForm,
    NotAdmitForm,
    PublicationForm,
    ServeForm,
    WithdrawForm,
    WithFiles,
)
from reviews.hearing_forms import CallHearingForm, CallOffHearingForm, HearingRecusalForm
from reviews.models import CareTask, Publication, Review
from reviews.services import hearings, publishing

#: Acts upon a review, with the forms of their panels.
FORMS: dict[ReviewAct, type[BaseForm]] = {
    ReviewAct.DECIDE: DecideForm,
    ReviewAct.CALL_HEARING: CallHearingForm,
    ReviewAct.HEARING_RECUSAL: HearingRecusalForm,
    ReviewAct.CALL_OFF_HEARING: CallOffHearingForm,
    ReviewAct.HEARING: HearingForm,
    ReviewAct.NOT_ADMIT: NotAdmitForm,
    ReviewAct.WITHDRAW: WithdrawForm,
    ReviewAct.SERVE: ServeForm,
    ReviewAct.ELSEWHERE_OUTCOME: ElsewhereOutcomeForm,
}
#: Beside its units: what the window of a review looks at.
RELATED = ("reply__review_body", "reply__unit", "service")


#: Of a hearing that was called and is not held yet; the first is offered where there is none.
OF_A_HEARING = (ReviewAct.HEARING_RECUSAL, ReviewAct.CALL_OFF_HEARING)


def form_of(act: ReviewAct, petition: Petition, actor: Actor, *data: Any, review: Review) -> BaseForm:
    """The form of an act upon a review; of a decision with the requests of the case to choose from."""
    more: dict[str, Any] = {}
    if act == ReviewAct.CALL_HEARING:
        more["posts"] = hearings.candidates(review, now())
    elif act == ReviewAct.HEARING_RECUSAL:
        more = {"posts": hearings.candidates(review, now()), "hearing": hearings.coming(review)}
    if issubclass(FORMS[act], WithFiles):
        cover = Veil(petition, actor)
        asked = petition.requests.order_by("ordinal")
        standing, once = selectors.supported(petition)
        words = dict.fromkeys(standing, _("（现在支持）")) | dict.fromkeys(
            once, _("（原答复支持，复查意见没有再支持；勾选的重新落实）")
        )
        more["requests"] = [
            (str(one.ordinal), f"{one.ordinal}. {cover(one.text)}{words.get(one.ordinal, '')}")
            for one in asked
        ]
        more["standing"] = standing
    return FORMS[act](*data, auto_id=f"{act.value}_%s", **more)


def case_of(request: HttpRequest, number: str) -> Petition:
    return case_or_404(request, number, *RELATED)


def show(
    request: HttpRequest, petition: Petition, given: dict[str, BaseForm] | None = None, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    context = selectors.page(petition, actor)
    forms: dict[str, BaseForm] = {}
    if context["may_apply"]:
        forms["apply"] = ApplyForm(initial={"token": new_token()}, auto_id="apply_%s")
    if context["may_enter"]:
        forms["elsewhere"] = ElsewhereForm(initial={"token": new_token()}, auto_id="elsewhere_%s")
    for row in context["rows"]:
        waits = row.review.state == State.DECIDED
        forms |= {
            act.value: form_of(act, petition, actor, review=row.review)
            for act in _offered(row.review)
            if row.review.is_open
            and waits == (act == ReviewAct.SERVE)
            and rules.may(act, actor, review=row.review)
        }
    forms |= _forms_after(petition, actor, context)
    for line in context["care"]:
        line["form"] = (given or {}).get(line["key"], line["form"])
    context |= {"forms": forms | (given or {}), "window_part": context}
    return render(request, "reviews/case.html", context, status=status)


def _offered(review: Review) -> list[ReviewAct]:
    """Acts that there is something to do for: of a hearing that was called, or to call one."""
    called = review.is_open and hearings.coming(review) is not None
    return [
        act
        for act in FORMS
        if called or act not in OF_A_HEARING
        if not (called and act == ReviewAct.CALL_HEARING)
    ]


def _forms_after(petition: Petition, actor: Actor, context: dict[str, Any]) -> dict[str, BaseForm]:
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
