"""Recordings of a session: announced, agreed to, run, kept, opened, and agreed to no longer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import Actor
from accounts.decorators import staff_required
from core import downloads
from core.errors import Refusal
from core.forms import BaseForm
from mediation import session_rules
from mediation import session_selectors as selectors
from mediation.models import Recording, RecordingConsent, Session
from mediation.services import recording_files, recordings
from mediation.session_enums import SessionAct
from mediation.session_forms import AgreeForm, KeepForm
from mediation.views.sessions import attendee_names, session_or_404, show
from petitions.models import Petition
from petitions.views.asking import actor_of, attempt
from petitions.views.public_mine import with_own_case

A = SessionAct


def recording_or_404(request: HttpRequest, pk: int) -> Recording:
    """Of a mediation the reader may see, with its session."""
    found = Recording.objects.visible_to(actor_of(request)).select_related(
        "session__mediation__petition", "session__mediation__dispute"
    )
    row: Recording = get_object_or_404(found.prefetch_related("consents"), pk=pk)
    return row


def _press(
    request: HttpRequest, session: Session, name: str, door: Callable[[], Any], done: str
) -> HttpResponse:
    """One button: done and back, or its refusal above the page."""
    form = BaseForm({})
    form.is_valid()
    made, status = attempt(form, door)
    if made is not None:
        messages.success(request, done)
        return redirect("mediation:session", session.pk)
    return show(request, session_or_404(request, session.pk), {name: form}, status)


@require_POST
@staff_required
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    session, actor = session_or_404(request, pk), actor_of(request)
    session_rules.require(A.RECORD, actor, session)
    return _press(
        request,
        session,
        "notice",
        lambda: recordings.give_notice(session=session, actor=actor),
        _("已登记告知。请逐一记下到场人是否同意。"),
    )


@require_POST
@staff_required
def consent(request: HttpRequest, pk: int) -> HttpResponse:
    row, actor, status = recording_or_404(request, pk), actor_of(request), 422
    session_rules.require(A.RECORD, actor, row.session)
    here = selectors.page_of(row.session, actor)["here"]
    form = AgreeForm(request.POST, recording=row, names=attendee_names(here), auto_id="agree_%s")
    if form.is_valid():
        data = form.cleaned_data
        made, status = attempt(form, lambda: recordings.agree(recording=row, actor=actor, **data))
        if made is not None:
            messages.success(request, _("已记录同意录音录像。"))
            return redirect("mediation:session", row.session_id)
    return show(request, session_or_404(request, row.session_id), {"agree": form}, status)


@require_POST
@staff_required
def start(request: HttpRequest, pk: int) -> HttpResponse:
    row, actor = recording_or_404(request, pk), actor_of(request)
    session_rules.require(A.RECORD, actor, row.session)
    return _press(
        request,
        row.session,
        "start",
        lambda: recordings.start(recording=row, actor=actor),
        _("已开始录。有人不愿意再录的，马上停。"),
    )


@require_POST
@staff_required
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    row, actor = recording_or_404(request, pk), actor_of(request)
    session_rules.require(A.RECORD, actor, row.session)
    return _press(
        request,
        row.session,
        "stop",
        lambda: recordings.end(recording=row, actor=actor),
        _("录音录像已停止。"),
    )


@require_POST
@staff_required
def take_back(request: HttpRequest, pk: int, consent: int) -> HttpResponse:
    row, actor = recording_or_404(request, pk), actor_of(request)
    session_rules.require(A.TAKE_BACK, actor, row.session)
    found = get_object_or_404(RecordingConsent.objects.filter(recording=row), pk=consent)
    found.recording = row
    return _press(
        request,
        row.session,
        "take_back",
        lambda: recordings.take_back(consent=found, actor=actor),
        _("已登记撤回：不再录，已经保存的不再打开，随后删除。调解照常进行。"),
    )


@require_POST
@staff_required
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """The one form that may send more than the usual limit (``settings.LARGE_BODY_VIEW``)."""
    row, actor, status = recording_or_404(request, pk), actor_of(request), 422
    session_rules.require(A.RECORD, actor, row.session)
    form = KeepForm(request.POST, request.FILES, auto_id=f"keep{row.pk}_%s")
    if form.is_valid():
        made, status = attempt(form, lambda: _keep(row, actor, form.cleaned_data))
        if made is not None:
            messages.success(request, _("录音录像已保存，校验值也已记下。"))
            return redirect("mediation:session", row.session_id)
    return show(request, session_or_404(request, row.session_id), {f"keep{row.pk}": form}, status)


def _keep(row: Recording, actor: Any, data: dict[str, Any]) -> Recording:
    if data["file"]:
        return recordings.keep(recording=row, actor=actor, file=data["file"])
    return recordings.keep_elsewhere(
        recording=row, actor=actor, elsewhere=data["elsewhere"], sha256=data["sha256"]
    )


@never_cache
@require_safe
@staff_required
def recording(request: HttpRequest, pk: int) -> HttpResponse:
    """Where it is and its hash; the look is on record."""
    row, actor = recording_or_404(request, pk), actor_of(request)
    recordings.look(recording=row, actor=actor)
    return render(request, "mediation/recording.html", {"recording": row, "session": row.session})


@never_cache
@require_safe
@staff_required
def recording_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file, checked against its hash first; always as a download, under a name that says nothing."""
    row, actor = recording_or_404(request, pk), actor_of(request)
    found = recording_files.opened(recording=row, actor=actor)
    ending = str(row.file.name).rpartition(".")[2]
    name = _("调解录音录像%(day)s.%(ending)s") % {"day": row.session.day.isoformat(), "ending": ending}
    return downloads.download(found, name, row.content_type)


@require_POST
@with_own_case
def mine_not_recorded(request: HttpRequest, petition: Petition) -> HttpResponse:
    """The petitioner no longer agrees to be recorded; nobody stands between."""
    found = selectors.own_consents(petition)
    if not found:
        raise Http404
    try:
        for consent in found:
            recordings.take_back(consent=consent, actor=Actor.petitioner())
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("已记下：不再录，已经保存的随后删除。调解照常进行。"))
    return redirect("petitions:mine")
