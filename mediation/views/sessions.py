"""The page of one session: agenda, who is there, minutes, proposals, recordings; and everything that is done to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import Actor
from accounts.decorators import staff_required
from core.forms import BaseForm
from core.timekeeping import now
from mediation import session_forms as forms
from mediation import session_rules
from mediation import session_selectors as selectors
from mediation.models import Attendee, MediationCase, Party, Proposal, Session
from mediation.services import links, minutes
from mediation.session_enums import SessionAct
from petitions.views.asking import actor_of, attempt

A = SessionAct
FORMS: dict[str, type[forms.SessionForm]] = {
    "agenda": forms.AgendaForm,
    "link": forms.LinkForm,
    "attend": forms.AttendForm,
    "minute": forms.MinuteForm,
    "propose": forms.ProposeForm,
    "answer": forms.AnswerForm,
}


def session_or_404(request: HttpRequest, pk: int) -> Session:
    """Of a mediation the reader may see."""
    mediations = MediationCase.objects.visible_to(actor_of(request))
    found = Session.objects.filter(mediation__in=mediations.values("pk"))
    session: Session = get_object_or_404(
        found.select_related(
            "mediation__petition", "mediation__dispute", "room", "mediator"
        ).prefetch_related("seats__user"),
        pk=pk,
    )
    return session


@never_cache
@require_safe
@staff_required
def session(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, session_or_404(request, pk))


def show(
    request: HttpRequest, row: Session, given: dict[str, BaseForm] | None = None, status: int = 200
) -> HttpResponse:
    """``given``: forms that come back with what was typed; one that is offered no more says its sentence above all."""
    actor, given = actor_of(request), given or {}
    context = selectors.page_of(row, actor)
    fresh: dict[str, BaseForm] = {}
    if context["may"]["write"]:
        names = selectors.names_of(context["mediation"], actor)
        # Answers to proposals are buttons; agreeing to a recording has its form where one was announced.
        wanted = [] if row.held_at is not None else ["agenda"]
        wanted += [] if row.held_at is not None or row.ends_at <= now() else ["link"]
        wanted += ["attend", "minute", "propose"] if context["begun"] else []
        fresh = {name: _form(name, row, names, points=context["points"]) for name in wanted}
        fresh |= recording_forms(context)
    late = [form for name, form in given.items() if name not in fresh]
    running = [one.row for one in context.get("recordings", ()) if one.row.stopped_at is None]
    context["recording"] = next(iter(running), None)
    # What was meant for a recording that has stopped meanwhile has nothing to be sent to any more.
    kept = {name: form for name, form in given.items() if name != "agree" or running}
    context |= {"forms": fresh | kept, "refused": next(iter(late), None)}
    context["keeping"] = [
        (one, context["forms"][f"keep{one.row.pk}"])
        for one in context.get("recordings", ())
        if f"keep{one.row.pk}" in context["forms"]
    ]
    return render(request, "mediation/session.html", context, status=status)


def recording_forms(context: dict[str, Any]) -> dict[str, BaseForm]:
    """Agreeing, for the recording that was announced; keeping, for each that ran and stopped."""
    found: dict[str, BaseForm] = {}
    for one in context["recordings"]:
        if one.row.stopped_at is None and one.missing:
            found["agree"] = forms.AgreeForm(
                recording=one.row, names=attendee_names(context["here"]), auto_id="agree_%s"
            )
        elif one.may_be_kept:
            found[f"keep{one.row.pk}"] = forms.KeepForm(auto_id=f"keep{one.row.pk}_%s")
    return found


def attendee_names(here: list[selectors.Here]) -> dict[int, str]:
    return {one.row.pk: f"{one.row.get_as_what_display()} {one.name}" for one in here}


def _form(
    name: str, row: Session, names: dict[int, str], data: Any = None, *, points: list[str] | None = None
) -> forms.SessionForm:
    initial = {"text": "\n".join(points)} if name == "agenda" and points else {}
    return FORMS[name](data, session=row, names=names, auto_id=f"{name}_%s", initial=initial)


def _do(
    request: HttpRequest,
    pk: int,
    name: str,
    act: SessionAct,
    door: Callable[[Session, Actor, dict[str, Any]], Any],
    done: str,
) -> HttpResponse:
    """The right, then the form, then the door; what is refused comes back with all that was typed."""
    row, actor, status = session_or_404(request, pk), actor_of(request), 422
    session_rules.require(act, actor, row)
    names = selectors.names_of(selectors.mediation_of(row), actor)
    form = _form(name, row, names, request.POST)
    if form.is_valid():
        made, status = attempt(form, lambda: door(row, actor, form.cleaned_data))
        if made is not None:
            messages.success(request, done)
            return redirect("mediation:session", pk)
    return show(request, session_or_404(request, pk), {name: form}, status)


@require_POST
@staff_required
def agenda(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(
        request,
        pk,
        "agenda",
        A.AGENDA,
        lambda row, actor, data: minutes.set_agenda(session=row, actor=actor, **data),
        _("议程已保存。"),
    )


@require_POST
@staff_required
def link(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(
        request,
        pk,
        "link",
        A.LINK,
        lambda row, actor, data: links.set_link(session=row, actor=actor, **data),
        _("会议链接已保存，开场前不久当事人才看得到。")
        if request.POST.get("url", "").strip()
        else _("会议链接已撤掉。"),
    )


@require_POST
@staff_required
def attend(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(
        request,
        pk,
        "attend",
        A.ATTEND,
        lambda row, actor, data: minutes.attend(session=row, actor=actor, **data),
        _("已登记到场。正在录的，已经停止，请先征得这位同意。")
        if _is_recorded(request, pk)
        else _("已登记到场。"),
    )


def _is_recorded(request: HttpRequest, pk: int) -> bool:
    row = session_or_404(request, pk)
    return bool(row.recordings.filter(started_at__isnull=False, stopped_at=None).exists())


@require_POST
@staff_required
def leave(request: HttpRequest, pk: int, attendee: int) -> HttpResponse:
    row, actor = session_or_404(request, pk), actor_of(request)
    session_rules.require(A.ATTEND, actor, row)
    found = get_object_or_404(Attendee.objects.filter(session=row).select_related("session"), pk=attendee)
    found.session = row
    minutes.leave(attendee=found, actor=actor)
    messages.success(request, _("已登记离开。"))
    return redirect("mediation:session", pk)


@require_POST
@staff_required
def minute(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(
        request,
        pk,
        "minute",
        A.MINUTE,
        lambda row, actor, data: minutes.write(session=row, actor=actor, **data),
        _("笔录已保存。"),
    )


@never_cache
@require_safe
@staff_required
def read_apart(request: HttpRequest, pk: int, party: int) -> HttpResponse:
    """What one party said alone. The look is on record."""
    row, actor = session_or_404(request, pk), actor_of(request)
    session_rules.require(A.READ_APART, actor, row)
    mediation = selectors.mediation_of(row)
    found = get_object_or_404(Party.objects.filter(mediation=mediation), pk=party)
    context = {
        "session": row,
        "mediation": mediation,
        "name": selectors.names_of(mediation, actor).get(found.pk, ""),
        "minutes": minutes.read_apart(session=row, actor=actor, party=found),
    }
    return render(request, "mediation/session_apart.html", context)


@require_POST
@staff_required
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(
        request,
        pk,
        "propose",
        A.PROPOSE,
        lambda row, actor, data: minutes.propose(session=row, actor=actor, **data),
        _("方案已登记。"),
    )


@require_POST
@staff_required
def answer(request: HttpRequest, pk: int, proposal: int) -> HttpResponse:
    def door(row: Session, actor: Actor, data: dict[str, Any]) -> Any:
        found.session = row
        return minutes.answer(proposal=found, actor=actor, **data)

    row = session_or_404(request, pk)
    found = get_object_or_404(Proposal.objects.filter(session=row), pk=proposal)
    session_rules.require(A.PROPOSE, actor_of(request), row)
    return _do(request, pk, "answer", A.PROPOSE, door, _("意见已登记。"))
