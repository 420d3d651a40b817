"""The resident's own case: dates, timeline, answer, and what they can do now."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import Actor
from core import throttle, uploads
from core.errors import Refusal
from core.timekeeping import now
from petitions import extensions
from petitions.enums import Rating
from petitions.forms.public import EvaluateForm, SupplementForm
from petitions.models import Petition
from petitions.selectors import public as selectors
from petitions.services import codes, following
from petitions.views import public_session
from petitions.views.files import download

MOST_SUPPLEMENTS, SUPPLEMENT_SECONDS = 30, 600
with_own_case = public_session.OWN_CASE.needed


@require_safe
@with_own_case
def mine(request: HttpRequest, petition: Petition) -> HttpResponse:
    return _page(request, petition)


@require_POST
@with_own_case
def evaluate(request: HttpRequest, petition: Petition) -> HttpResponse:
    """满意度评价, once; the door itself refuses a second one."""
    form = EvaluateForm(request.POST)
    if not form.is_valid():
        return _page(request, petition, evaluate_form=form, status=422)
    data = form.cleaned_data
    try:
        following.evaluate(
            petition=petition,
            actor=Actor.petitioner(),
            office_rating=Rating(data["office_rating"]),
            unit_rating=Rating(data["unit_rating"]),
            comment=data["comment"],
            token=request.POST.get("token", "")[:64],
        )
    except Refusal as refusal:
        if refusal.code == "repeated":
            messages.info(request, _("您的评价已经收到，没有重复记录。"))
            return redirect("petitions:mine")
        return _refused(request, petition, refusal, _("没有重复评价：本件已经评价过，或者现在还不能评价。"))
    messages.success(request, _("您的评价已记录。"))
    return redirect("petitions:mine")


@require_POST
@with_own_case
def supplement(request: HttpRequest, petition: Petition) -> HttpResponse:
    """补充材料: text, files or both."""
    form = SupplementForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, petition, supplement_form=form, status=422)
    try:
        throttle.require(
            f"supplement:{petition.pk}",
            MOST_SUPPLEMENTS,
            SUPPLEMENT_SECONDS,
            sentence=_("补充得太频繁，这一次还没有保存。内容都在，请过几分钟再按一次。"),
        )
        following.supplement(
            petition=petition,
            actor=Actor.petitioner(),
            text=form.cleaned_data["text"],
            files=form.cleaned_data["attachments"],
            token=request.POST.get("token", "")[:64],
        )
    except Refusal as refusal:
        if refusal.code == "repeated":
            messages.info(request, _("这一份补充材料已经收到，没有重复保存。"))
            return redirect("petitions:mine")
        if refusal.code in {"stale", "forbidden"}:
            return _supplement_refused(request, petition, refusal, form)
        form.add_error("attachments" if form.cleaned_data["attachments"] else None, refusal.sentence)
        return _page(request, petition, supplement_form=form, status=refusal.status)
    messages.success(request, _("补充材料已收到，办理的单位可以看到。"))
    return redirect("petitions:mine")


@require_safe
@with_own_case
def attachment(request: HttpRequest, petition: Petition, token: UUID) -> HttpResponseBase:
    """A file the petitioner handed in themselves; any other address is not there. 410 when the file itself is lost."""
    found = selectors.own_attachments(petition).filter(token=token).first()
    if found is None:
        raise Http404
    try:
        return download(found)
    except Http404:
        messages.error(
            request,
            _("“%(name)s”现在打不开：文件没有找到。请把这份材料再上传一次，或拿到接待窗口。")
            % {"name": found.name},
        )
        return _page(request, petition, status=410)


def _refused(request: HttpRequest, petition: Petition, refusal: Refusal, words: str) -> HttpResponse:
    """The page with our own words: the door's sentence names the member of staff who acted last."""
    messages.warning(request, words)
    fresh = selectors.by_id(petition.pk) or petition
    return _page(request, fresh, status=refusal.status)


def _supplement_refused(
    request: HttpRequest, petition: Petition, refusal: Refusal, form: SupplementForm
) -> HttpResponse:
    """The case was closed meanwhile: what was written is shown again, to be copied."""
    messages.warning(
        request, _("本件已经办结，不能再补充，这一次没有保存。您写的内容在下面，可以复制后另外反映。")
    )
    fresh = selectors.by_id(petition.pk) or petition
    return _page(request, fresh, supplement_form=form, status=refusal.status)


def _page(
    request: HttpRequest,
    petition: Petition,
    *,
    evaluate_form: EvaluateForm | None = None,
    supplement_form: SupplementForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "case": selectors.own_case(petition),
        "petition": petition,
        "parts": extensions.own_parts(petition, now()),
        "office_phone": petition.registered_unit.phone or settings.RECEPTION_PHONE,
        "evaluate_form": evaluate_form or EvaluateForm(),
        "supplement_form": supplement_form or SupplementForm(),
        "supplement_open": supplement_form is not None,
        "files_lost": bool(request.FILES),
        "evaluate_token": codes.new_token(),
        "supplement_token": codes.new_token(),
        "max_files": uploads.max_files(),
        "max_file_mb": uploads.max_file_bytes() / 1024 / 1024,
        "max_total_mb": uploads.max_total_bytes() / 1024 / 1024,
    }
    return render(request, "petitions/public_mine.html", context, status=status)
