"""The list of hearings, one hearing, and everything that is done to it. The right is asked before the form is looked
at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import Actor
from accounts.decorators import role_required, staff_required
from core.forms import FASTER, BaseForm
from core.paging import paginate
from core.timekeeping import now
from hearings import panel, rules, selectors
from hearings.enums import OPEN, HearingAct, ToldHow
from hearings.forms import (
    AskRecusalForm,
    CallOffForm,
    DecideForm,
    DecideRecusalForm,
    PostponeForm,
    ReasonForm,
    RecordForm,
    SeatForm,
    TellForm,
)
from hearings.models import Hearing, PanelMember, RecusalAsked
from hearings.services import holding, recording, seating
from hearings.views.cases import case_of
from petitions.selectors.desk import WORKERS
from petitions.views.asking import actor_of, attempt

A = HearingAct
Data = dict[str, Any]
#: Forms that stand once for each member of the panel.
SMALL = frozenset({A.LEAVE, A.ASK_RECUSAL, A.DECIDE_RECUSAL})
#: The forms of the page's right side, each once.
ASIDE = (A.SEAT, A.DECIDE, A.TELL, A.POSTPONE, A.CALL_OFF, A.RECORD)


@require_safe
@role_required(*WORKERS)
def hearing_list(request: HttpRequest) -> HttpResponse:
    """What is to come first; what is over behind a tab. For the unit and for whoever sits on a panel."""
    actor, ended = actor_of(request), request.GET.get("view") == "ended"
    found = Hearing.objects.listed_for(actor).select_related(
        "unit", "petition__lead_unit", "petition__complained_unit"
    )
    found = found.exclude(state__in=OPEN) if ended else found.filter(state__in=OPEN)
    order = ["-starts_at", "-id"] if ended else ["starts_at", "id"]
    page = paginate(found, order=order, cursor=request.GET.get("cursor"))
    context = {
        "page": page,
        "rows": selectors.listed(page.items, actor),
        "ended": ended,
        "tabs": [
            {"label": label, "url": f"?view={key}", "active": (key == "ended") == ended, "count": None}
            for key, label in (("coming", _("将举行")), ("ended", _("已结束")))
        ],
    }
    return render(request, "hearings/list.html", context)


def _or_404(request: HttpRequest, number: str, pk: int) -> Hearing:
    petition = case_of(request, number)
    row: Hearing = get_object_or_404(Hearing.objects.select_related("unit"), pk=pk, petition=petition)
    row.petition = petition
    return row


@require_safe
@staff_required
def hearing(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    return _show(request, _or_404(request, number, pk))


FORMS: dict[HearingAct, type[BaseForm]] = {
    A.SEAT: SeatForm,
    A.LEAVE: ReasonForm,
    A.DECIDE: DecideForm,
    A.TELL: TellForm,
    A.POSTPONE: PostponeForm,
    A.CALL_OFF: CallOffForm,
    A.ASK_RECUSAL: AskRecusalForm,
    A.DECIDE_RECUSAL: DecideRecusalForm,
    A.RECORD: RecordForm,
}


def _form(act: HearingAct, row: Hearing, data: Any = None, files: Any = None) -> BaseForm:
    """The form of an act, fresh or with what was typed."""
    known: dict[HearingAct, Callable[[], Data]] = {
        A.SEAT: lambda: {"posts": panel.candidates(row, now())},
        A.TELL: lambda: {"initial": {"moved": row.changes.count()}},
        A.POSTPONE: lambda: {"initial": {"starts_at": row.starts_at, "place": row.place}},
        A.RECORD: lambda: {"initial": {"began_at": row.starts_at}},
    }
    more = known[act]() if act in known else {}
    return FORMS[act](data, files, auto_id=f"{act.value}_%s", **more)


def _show(
    request: HttpRequest,
    row: Hearing,
    status: int = 200,
    given: tuple[HearingAct, BaseForm, int | None] | None = None,
) -> HttpResponse:
    """``given``: the act whose form comes back, that form, and which of the panel it was about.

    What was wrong with a form that stands once for each member, or that is offered no more, stands at the top.
    """
    context = selectors.hearing_page(row, actor_of(request), now())
    forms = {act.value: _form(act, row) for act in ASIDE if context["may"][act.value]}
    context["refused"], context["on"] = None, None
    if given is not None:
        act, form, context["on"] = given
        if act in SMALL or context["may"][act.value]:
            forms[act.value] = form
        if act in SMALL or not context["may"][act.value]:
            context["refused"] = form
    return render(request, "hearings/hearing.html", context | {"forms": forms}, status=status)


def _act(
    request: HttpRequest,
    row: Hearing,
    act: HearingAct,
    door: Callable[[Actor, Data], Any],
    done: str,
    on: int | None = None,
) -> HttpResponse:
    """The right, then the form, then ``door``; what is refused comes back with all that was typed."""
    actor, status = actor_of(request), 422
    rules.require(act, actor, row.petition)
    form = _form(act, row, request.POST, request.FILES)
    if form.is_valid():
        made, status = attempt(form, lambda: door(actor, dict(form.cleaned_data)))
        if made is not None:
            messages.success(request, done)
            return redirect("hearings:hearing", row.petition.number, row.pk)
    row = _or_404(request, row.petition.number, row.pk)
    if status == FASTER and isinstance(form, TellForm):
        form.now_at(row.changes.count())
    return _show(request, row, status, (act, form, on))


def _member_or_404(row: Hearing, pk: int) -> PanelMember:
    member: PanelMember = get_object_or_404(PanelMember.objects.select_related("user"), pk=pk, hearing=row)
    member.hearing = row
    return member


@require_POST
@staff_required
def seat(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    row = _or_404(request, number, pk)

    def door(actor: Actor, data: Data) -> PanelMember:
        return seating.seat(hearing=row, actor=actor, **data)

    return _act(request, row, A.SEAT, door, _("已确定听证人员。"))


@require_POST
@staff_required
def leave(request: HttpRequest, number: str, pk: int, member: int) -> HttpResponse:
    row = _or_404(request, number, pk)
    found = _member_or_404(row, member)

    def door(actor: Actor, data: Data) -> PanelMember:
        return seating.leave(member=found, actor=actor, **data)

    return _act(request, row, A.LEAVE, door, _("已更换。请另外确定一人。"), found.pk)


@require_POST
@staff_required
def decide(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    row = _or_404(request, number, pk)

    def door(actor: Actor, data: Data) -> Hearing:
        hold = data["hold"] == "yes"
        return holding.decide(hearing=row, actor=actor, hold=hold, reason=data["reason"])

    return _act(request, row, A.DECIDE, door, _("决定已登记。"))


@require_POST
@staff_required
def tell(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    row = _or_404(request, number, pk)

    def door(actor: Actor, data: Data) -> Hearing:
        return holding.tell_petitioner(hearing=row, actor=actor, how=ToldHow(data.pop("how")), **data)

    return _act(request, row, A.TELL, door, _("通知已登记。"))


@require_POST
@staff_required
def postpone(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    row = _or_404(request, number, pk)

    def door(actor: Actor, data: Data) -> Hearing:
        return holding.postpone(hearing=row, actor=actor, **data)

    return _act(request, row, A.POSTPONE, door, _("已改期，请再次通知信访人。"))


@require_POST
@staff_required
def call_off(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    row = _or_404(request, number, pk)

    def door(actor: Actor, data: Data) -> Hearing:
        return holding.call_off(hearing=row, actor=actor, **data)

    return _act(request, row, A.CALL_OFF, door, _("听证已取消，本件继续办理。"))


@require_POST
@staff_required
def ask_recusal(request: HttpRequest, number: str, pk: int, member: int) -> HttpResponse:
    row = _or_404(request, number, pk)
    found = _member_or_404(row, member)

    def door(actor: Actor, data: Data) -> RecusalAsked:
        return seating.ask_recusal(member=found, actor=actor, **data)

    return _act(request, row, A.ASK_RECUSAL, door, _("回避申请已登记，请负责人决定。"), found.pk)


@require_POST
@staff_required
def decide_recusal(request: HttpRequest, number: str, pk: int, asked: int) -> HttpResponse:
    row = _or_404(request, number, pk)
    rows = RecusalAsked.objects.select_related("member")
    found: RecusalAsked = get_object_or_404(rows, pk=asked, member__hearing=row)
    found.member.hearing = row

    def door(actor: Actor, data: Data) -> RecusalAsked:
        granted = data["granted"] == "yes"
        return seating.decide_recusal(asked=found, actor=actor, granted=granted, reason=data["reason"])

    return _act(request, row, A.DECIDE_RECUSAL, door, _("决定已登记。"), found.pk)


@require_POST
@staff_required
def record(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    row = _or_404(request, number, pk)

    def door(actor: Actor, data: Data) -> Any:
        files, came = data.pop("proofs"), data.pop("petitioner_came") == "yes"
        new = recording.NewRecord(files=files, petitioner_came=came, **data)
        return recording.record(hearing=row, actor=actor, new=new)

    return _act(request, row, A.RECORD, door, _("听证笔录已登记，可以拟写听证笔录文书。"))
