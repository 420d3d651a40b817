"""My mediations, and a case's mediation page: consents, timetable, record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import Actor
from accounts.decorators import role_required, staff_required
from accounts.enums import Role
from core.forms import BaseForm
from core.paging import paginate
from mediation import rules, selectors
from mediation.enums import ConsentHow, MediationAct, Result, State
from mediation.forms import EndForm, HeldForm, HoldForm, OpenForm
from mediation.models import MediationCase, Session
from mediation.party_forms import BarForm, ConsentForm, HandOnForm, PartyForm, WithdrawForm
from mediation.services import on_the_spot, opening, sessions
from petitions.enums import Act
from petitions.models import Petition
from petitions.rules import knows_petitioner
from petitions.rules import may as may_step
from petitions.services.codes import new_token
from petitions.views.asking import actor_of, attempt, case_or_404, require_step

STAFF = (Role.MEDIATOR, Role.PETITION_OFFICER, Role.HANDLER, Role.UNIT_HEAD)
VIEWS = (("open", "进行中"), ("ended", "已结束"))


@require_safe
@role_required(*STAFF)
def mine(request: HttpRequest) -> HttpResponse:
    """A mediator's desk: what comes next, then the mediations in hand; of those that ended, what they did, without
    the case, which they read no longer. For offices: the mediations of their cases."""
    actor = actor_of(request)
    assert actor.user is not None
    chosen = "ended" if request.GET.get("view") == "ended" else "open"
    bare = chosen == "ended" and actor.role == Role.MEDIATOR
    if bare:
        found = MediationCase.objects.done_by(actor.user)
    else:
        found = MediationCase.objects.visible_to(actor).with_row_relations()
        found = found.filter(state=State.ENDED) if chosen == "ended" else found.exclude(state=State.ENDED)
    context = {
        "page": paginate(found, order=["-opened_at", "-id"], cursor=request.GET.get("cursor")),
        "bare": bare,
        "sessions": selectors.coming_sessions(actor) if actor.role == Role.MEDIATOR else [],
        "tabs": [
            {"label": _(label), "url": f"?view={key}", "active": key == chosen, "count": None}
            for key, label in VIEWS
        ],
        "may_set_ladder": rules.may(MediationAct.KEEP_LADDER, actor),
        "on_desk": actor.role == Role.MEDIATOR,
        "may_keep": rules.may(MediationAct.KEEP_ROOM, actor) or actor.role == Role.MEDIATOR,
    }
    return render(request, "mediation/mediation_list.html", context)


@require_safe
@staff_required
def case(request: HttpRequest, number: str) -> HttpResponse:
    return show(request, case_or_404(request, number))


def show(
    request: HttpRequest,
    petition: Petition,
    forms: dict[str, BaseForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = actor_of(request)
    found = selectors.mediations_of(petition)
    selectors.veil_records(found, petition, actor)
    current = next((one for one in found if one.is_open), None)
    context: dict[str, Any] = {
        "petition": petition,
        "current": current,
        "past": [one for one in found if not one.is_open],
        "reads_record": rules.reads_record(actor),
        "knows_petitioner": knows_petitioner(petition, actor),
        "may": {},
        "forms": forms or {},
    }
    # What came too late has no panel of its own any more; its sentence stands above all.
    context["refused"] = next((form for name, form in (forms or {}).items() if name != "open"), None)
    if current is not None:
        context |= _current(current, actor, forms or {})
    elif rules.may(MediationAct.OPEN, actor, petition=petition) and may_step(petition, Act.MEDIATE, actor):
        context["forms"] = {"open": OpenForm(initial={"token": new_token()})} | (forms or {})
    return render(request, "mediation/case.html", context, status=status)


#: The form of one session, by its id: what was wrong with it is said at that session alone.
HOLD = "hold:"


def _current(current: MediationCase, actor: Actor, forms: dict[str, BaseForm]) -> dict[str, Any]:
    acts = (MediationAct.CONSENT, MediationAct.SCHEDULE, MediationAct.MOVE, MediationAct.HOLD)
    may = {act.value: rules.may(act, actor, mediation=current) for act in acts}
    lines = selectors.party_lines(current, actor)
    fresh: dict[str, BaseForm] = {}
    standing = selectors.standing_of(current)
    if may["consent"]:
        missing = [line.party for line in lines if line.consent is None]
        if missing:
            first = {"party": missing[0]}
            fresh["consent"] = ConsentForm(initial=first, mediation=current, auto_id="consent_%s")
        fresh["party"] = PartyForm(auto_id="party_%s")
        fresh["bar"] = BarForm(auto_id="bar_%s")
        fresh["withdraw"] = WithdrawForm(mediation=current, auto_id="withdraw_%s")
        fresh["end"] = EndForm(auto_id="end_%s")
        if standing is not None:
            fresh["hand_on"] = HandOnForm(mediation=current, auto_id="hand_on_%s")
    begun = [one for one in current.sessions.all() if one.is_planned and one.has_begun()]
    held = {f"{HOLD}{one.pk}": one for one in begun} if may["hold"] else {}
    late = [
        form for name, form in forms.items() if name == "open" or (name.startswith(HOLD) and name not in held)
    ]
    return {
        "may": may,
        "lines": lines,
        "standing": standing,
        "apart": selectors.sit_apart(current),
        "forms": fresh | forms,
        "begun": [
            (one, forms.get(name) or HoldForm(auto_id=f"hold{place}_%s"))
            for place, (name, one) in enumerate(held.items())
        ],
        "refused": next(iter(late), None),
    }


def current_or_404(request: HttpRequest, number: str) -> MediationCase:
    found = MediationCase.objects.visible_to(actor_of(request)).exclude(state=State.ENDED)
    mediation: MediationCase = get_object_or_404(
        found.select_related("petition", "room", "mediator"), petition__number=number
    )
    return mediation


def do(
    request: HttpRequest, number: str, name: str, form: BaseForm, door: Callable[[], Any], words: str
) -> HttpResponse:
    """Form → door → message and back; a form that was not accepted comes back with all that was typed."""
    status = 422
    if form.is_valid():
        _made, status = attempt(form, door)
        if status == 200:
            messages.success(request, words)
            return onward(actor_of(request), number)
    return show(request, case_or_404(request, number), {name: form}, status)


def onward(actor: Actor, number: str) -> HttpResponse:
    """The case's page. Where the act itself ended the right to read it, as a mediator's ends with the mediation: what
    one did, among the ended ones."""
    if Petition.objects.visible_to(actor).filter(number=number).exists():
        return redirect("mediation:case", number)
    return redirect(reverse("mediation:mine") + "?view=ended")


@require_POST
@staff_required
def open_case(request: HttpRequest, number: str) -> HttpResponse:
    petition, actor = case_or_404(request, number), actor_of(request)
    require_step(petition, Act.MEDIATE, actor)
    rules.require(MediationAct.OPEN, actor, petition=petition)
    form = OpenForm(request.POST)
    words = _("已转入调解室。请先征得双方同意。")
    return do(
        request,
        number,
        "open",
        form,
        lambda: opening.open_mediation(petition=petition, actor=actor, **form.cleaned_data),
        words,
    )


@require_POST
@staff_required
def consent(request: HttpRequest, number: str) -> HttpResponse:
    mediation, actor = current_or_404(request, number), actor_of(request)
    rules.require(MediationAct.CONSENT, actor, mediation=mediation)
    form = ConsentForm(request.POST, mediation=mediation, auto_id="consent_%s")
    return do(
        request,
        number,
        "consent",
        form,
        lambda: opening.give_consent(
            mediation=mediation,
            actor=actor,
            party=form.cleaned_data["party"],
            who=form.cleaned_data["who"],
            how=ConsentHow(form.cleaned_data["how"]),
        ),
        _("已记录同意。"),
    )


@require_POST
@staff_required
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    mediation, actor = current_or_404(request, number), actor_of(request)
    rules.require(MediationAct.WITHDRAW, actor, mediation=mediation)
    form = WithdrawForm(request.POST, mediation=mediation, auto_id="withdraw_%s")
    return do(
        request,
        number,
        "withdraw",
        form,
        lambda: opening.withdraw_consent(mediation=mediation, actor=actor, party=form.cleaned_data["party"]),
        _("调解已结束。本件依法继续办理，不受影响。"),
    )


@require_POST
@staff_required
def end(request: HttpRequest, number: str) -> HttpResponse:
    mediation, actor = current_or_404(request, number), actor_of(request)
    rules.require(MediationAct.END, actor, mediation=mediation)
    form = EndForm(request.POST, auto_id="end_%s")
    return do(
        request,
        number,
        "end",
        form,
        lambda: opening.end_mediation(mediation=mediation, actor=actor, text=form.cleaned_data["text"]),
        _("调解已结束。"),
    )


def session_or_404(request: HttpRequest, number: str, pk: int) -> Session:
    mediations = MediationCase.objects.visible_to(actor_of(request)).filter(petition__number=number)
    found = Session.objects.filter(mediation__in=mediations.values("pk"))
    session: Session = get_object_or_404(found.select_related("mediation__petition"), pk=pk)
    return session


@staff_required
def held(request: HttpRequest, number: str) -> HttpResponse:
    """现在开一场并记录: a session nobody had booked, or one held before its time, with its real times."""
    mediation, actor = current_or_404(request, number), actor_of(request)
    rules.require(MediationAct.HOLD, actor, mediation=mediation)
    sessions.require_consent(mediation)
    form = HeldForm(request.POST if request.method == "POST" else None, mediation=mediation)
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        made, status = attempt(form, lambda: _record_held(mediation, actor, form.cleaned_data))
        if made:
            messages.success(request, _("已保存调解记录。"))
            return onward(actor, number)
    return render(request, "mediation/held.html", {"form": form, "mediation": mediation}, status=status)


def _record_held(mediation: MediationCase, actor: Actor, data: dict[str, Any]) -> Session:
    return on_the_spot.record_session(
        mediation=mediation,
        actor=actor,
        room=data["room"],
        starts_at=data["starts_at"],
        ends_at=data["ends_at"],
        record=data["record"],
        result=Result(data["result"]),
        agreement=data["agreement"],
        apart=data["apart"],
        instead_of=data.get("instead_of"),
    )


@require_POST
@staff_required
def hold(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    session, actor = session_or_404(request, number, pk), actor_of(request)
    rules.require(MediationAct.HOLD, actor, mediation=session.mediation)
    form = HoldForm(request.POST)
    return do(
        request,
        number,
        f"{HOLD}{session.pk}",
        form,
        lambda: sessions.hold_session(
            session=session,
            actor=actor,
            record=form.cleaned_data["record"],
            result=Result(form.cleaned_data["result"]),
            agreement=form.cleaned_data["agreement"],
            apart=form.cleaned_data["apart"],
        ),
        _("调解已记录。案件按自己的程序继续。"),
    )
