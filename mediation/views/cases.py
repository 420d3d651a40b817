"""My mediations, and a case's mediation page: consents, timetable, record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Q
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
from mediation.enums import ConsentHow, MediationAct, State
from mediation.forms import EndForm, HoldForm, OpenForm
from mediation.models import Dispute, MediationCase, Session
from mediation.party_forms import BarForm, ConsentForm, HandOnForm, PartyForm, WithdrawForm
from mediation.services import opening
from mediation.services.matters import Matter
from mediation.views import dispute_page
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
        "to_take_up": Dispute.objects.visible_to(actor).to_take_up().count(),
        "may_keep": rules.may(MediationAct.KEEP_ROOM, actor) or actor.role == Role.MEDIATOR,
    }
    return render(request, "mediation/mediation_list.html", context)


@require_safe
@staff_required
def case(request: HttpRequest, number: str) -> HttpResponse:
    """The mediations of a case, or a dispute that came without one with its mediations: one page for both."""
    return show(request, matter_or_404(request, number))


def matter_or_404(request: HttpRequest, number: str) -> Matter:
    """The dispute or the case of this number that the person may read."""
    disputes = Dispute.objects.visible_to(actor_of(request)).select_related("room__unit", "other_unit")
    dispute: Dispute | None = disputes.filter(number=number).first()
    return dispute or case_or_404(request, number)


def show(
    request: HttpRequest,
    matter: Matter,
    forms: dict[str, BaseForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = actor_of(request)
    found = selectors.mediations_of(matter)
    selectors.veil_records(found, matter, actor)
    current = next((one for one in found if one.is_open), None)
    petition = matter if isinstance(matter, Petition) else None
    context: dict[str, Any] = {
        "matter": matter,
        "petition": petition,
        "current": current,
        "past": [one for one in found if not one.is_open],
        "reads_record": rules.reads_record(actor),
        "knows_petitioner": petition is None or knows_petitioner(petition, actor),
        "may": {},
        "forms": forms or {},
    }
    # What came too late has no panel of its own any more; its sentence stands above all.
    context["refused"] = next((form for name, form in (forms or {}).items() if name != "open"), None)
    if current is not None:
        context |= _current(current, actor, forms or {})
    elif petition is not None and _may_open(petition, actor):
        context["forms"] = {"open": OpenForm(initial={"token": new_token()})} | (forms or {})
    if isinstance(matter, Dispute):
        context |= dispute_page.parts(matter, actor, forms or {}, context["refused"])
    return render(request, "mediation/case.html", context, status=status)


def _may_open(petition: Petition, actor: Actor) -> bool:
    return rules.may(MediationAct.OPEN, actor, petition=petition) and may_step(petition, Act.MEDIATE, actor)


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
        fresh["party"] = PartyForm(mediation=current, auto_id="party_%s")
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
        found.select_related("petition", "dispute__room", "dispute__other_unit", "room", "mediator"),
        _of_number(number),
    )
    return mediation


def _of_number(number: str) -> Q:
    return Q(petition__number=number) | Q(dispute__number=number)


def do(
    request: HttpRequest,
    number: str,
    name: str,
    form: BaseForm,
    door: Callable[[], Any],
    words: str,
    then: Callable[[Any], HttpResponse | None] = lambda _made: None,
) -> HttpResponse:
    """Form → door → message and back, or where ``then`` says; a form that was not accepted comes back with all that
    was typed."""
    status = 422
    if form.is_valid():
        made, status = attempt(form, door)
        if status == 200:
            messages.success(request, words)
            return then(made) or onward(actor_of(request), number)
    return show(request, matter_or_404(request, number), {name: form}, status)


def onward(actor: Actor, number: str) -> HttpResponse:
    """The page of the case or the dispute. Where the act itself ended the right to read it, as a mediator's ends with
    the mediation: what one did, among the ended ones."""
    seen = (Dispute.objects, Petition.objects)
    if any(rows.visible_to(actor).filter(number=number).exists() for rows in seen):
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
            given_at=form.cleaned_data["given_at"],
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
    mediations = MediationCase.objects.visible_to(actor_of(request)).filter(_of_number(number))
    found = Session.objects.filter(mediation__in=mediations.values("pk"))
    named = found.select_related("mediation__petition", "mediation__dispute__other_unit")
    session: Session = get_object_or_404(named, pk=pk)
    return session
