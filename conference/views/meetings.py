"""联席会议: the list, one meeting with its agenda and minutes, calling one and what is done to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actor import Actor
from accounts.decorators import role_required, staff_required
from conference import rules, selectors
from conference.enums import ConferenceAct, DisputeState, ItemKind, MeetingState
from conference.forms import (
    CancelForm,
    CorrectForm,
    IssueForm,
    ItemForm,
    MeetingForm,
    MinutesForm,
    MoveForm,
    Revised,
)
from conference.models import Dispute, Item, Meeting
from conference.querysets import keeps
from conference.services import meetings, minutes
from core.errors import Refusal
from core.forms import FASTER, BaseForm
from core.paging import paginate
from core.timekeeping import now
from petitions.querysets import unsealed_cases
from petitions.selectors.desk import WORKERS
from petitions.selectors.public import plain
from petitions.views.asking import actor_of, attempt

A, S = ConferenceAct, MeetingState


def tabs_of(chosen: str) -> list[dict[str, Any]]:
    """The three lists of the room."""
    names = (("meetings", _("会议")), ("disputes", _("管辖争议")), ("orders", _("对单位的决定")))
    return [
        {"label": label, "url": reverse(f"conference:{name}"), "active": name == chosen, "count": None}
        for name, label in names
    ]


@require_safe
@role_required(*WORKERS)
def meeting_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    found = Meeting.objects.visible_to(actor).with_row_relations()
    page = paginate(found, order=["-starts_at", "-id"], cursor=request.GET.get("cursor"))
    context = {"page": page, "rows": page.items, "tabs": tabs_of("meetings"), "may_call": keeps(actor)}
    return render(request, "conference/meeting_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def call(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    rules.require(A.CALL, actor)
    form = MeetingForm(request.POST or None)
    status = 200 if request.method != "POST" else 422
    if request.method == "POST" and form.is_valid():
        made, status = attempt(form, lambda: meetings.call(actor=actor, **form.cleaned_data))
        if made:
            messages.success(request, _("已召集，请编排议题。"))
            return redirect(made)
    return render(request, "conference/call.html", {"form": form}, status=status)


def or_404(request: HttpRequest, pk: int) -> Meeting:
    found = Meeting.objects.visible_to(actor_of(request)).with_row_relations()
    row: Meeting = get_object_or_404(found, pk=pk)
    return row


@require_safe
@staff_required
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, or_404(request, pk))


def _show(
    request: HttpRequest, row: Meeting, given: dict[str, BaseForm] | None = None, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    items = selectors.item_rows(row, actor)
    reads_minutes = row.is_issued or rules.may(A.WRITE, actor) or rules.may(A.ISSUE, actor)
    context = {
        "row": row,
        "units": row.units.order_by("path"),
        "items": items,
        "minutes": selectors.minutes_of(row, items, actor),
        "reads_minutes": reads_minutes,
        "may_write": rules.may(A.WRITE, actor) and row.state in {S.PLANNED, S.RECORDED},
        "begun": now() >= row.starts_at,
        "forms": _forms(row, actor) | (given or {}),
    }
    return render(request, "conference/meeting.html", context, status=status)


def _forms(row: Meeting, actor: Actor) -> dict[str, BaseForm]:
    """What this reader may do to it now."""
    found: dict[str, BaseForm] = {}
    if row.is_planned and rules.may(A.AGENDA, actor):
        found["item"] = ItemForm(disputes=_disputes(row, actor), auto_id="item_%s")
    if row.is_planned and rules.may(A.MOVE, actor):
        known = {"starts_at": row.starts_at, "place": row.place}
        found["move"] = MoveForm(initial=known, auto_id="move_%s")
    if row.is_planned and rules.may(A.CANCEL, actor):
        found["cancel"] = CancelForm(auto_id="cancel_%s")
    own = actor.user is not None and actor.user.pk == row.written_by_id
    if row.state == S.RECORDED and rules.may(A.ISSUE, actor) and not own:
        found["issue"] = IssueForm(initial={"revision": row.revision}, auto_id="issue_%s")
    if row.is_issued and rules.may(A.CORRECT, actor):
        found["correct"] = CorrectForm(items=_titled(row, actor), auto_id="correct_%s")
    return found


def _items(row: Meeting, actor: Actor) -> list[Item]:
    found = Item.objects.visible_to(actor).filter(meeting=row).order_by("ordinal")
    return list(found.select_related("petition", "lead_unit").prefetch_related("co_units"))


def _titled(row: Meeting, actor: Actor) -> list[tuple[Item, str]]:
    return [(item, selectors.cover_of(item.petition, actor)(item.title)) for item in _items(row, actor)]


def _disputes(row: Meeting, actor: Actor) -> list[Dispute]:
    """What has come to the conference and is not on this agenda."""
    found = Dispute.objects.visible_to(actor).filter(state=DisputeState.CONFERENCE)
    found = found.exclude(items__meeting=row).select_related("petition").order_by("opened_at")
    return list(found[:100])


def _act(
    request: HttpRequest,
    pk: int,
    name: str,
    act: ConferenceAct,
    build: Callable[[Meeting], BaseForm],
    door: Callable[[Meeting, Any], Any],
    sentence: str,
) -> HttpResponse:
    """One form of the meeting's page: the right first, then the form, then the door."""
    row, actor = or_404(request, pk), actor_of(request)
    rules.require(act, actor)
    form, status = build(row), 422
    if form.is_valid():
        done, status = attempt(form, lambda: door(row, form))
        if done:
            messages.success(request, sentence)
            return redirect(row)
    row = or_404(request, pk)
    if isinstance(form, Revised) and status == FASTER:
        form.now_at(row.revision)
    return _show(request, row, {name: form}, status)


@require_POST
@staff_required
def add_item(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)

    def door(row: Meeting, form: ItemForm) -> Item:
        data: dict[str, Any] = dict(form.cleaned_data)
        number, case, kind = plain(data.pop("number")), None, ItemKind(data.pop("kind"))
        if number and kind != ItemKind.DISPUTE:
            case = unsealed_cases(actor).filter(number=number).first()
            if case is None:
                raise Refusal(_("没有找到这个编号的信访件。"), code="invalid")
        return meetings.add_item(meeting=row, actor=actor, kind=kind, petition=case, **data)

    def build(row: Meeting) -> ItemForm:
        return ItemForm(request.POST, disputes=_disputes(row, actor), auto_id="item_%s")

    return _act(request, pk, "item", A.AGENDA, build, door, _("已列入议题。"))


@require_POST
@staff_required
def move(request: HttpRequest, pk: int) -> HttpResponse:
    def door(row: Meeting, form: MoveForm) -> Meeting:
        return meetings.move(meeting=row, actor=actor_of(request), **form.cleaned_data)

    def build(row: Meeting) -> MoveForm:
        return MoveForm(request.POST, auto_id="move_%s")

    return _act(request, pk, "move", A.MOVE, build, door, _("已改期，参加单位会收到提醒。"))


@require_POST
@staff_required
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    def door(row: Meeting, form: CancelForm) -> Meeting:
        return meetings.cancel(meeting=row, actor=actor_of(request), **form.cleaned_data)

    def build(row: Meeting) -> CancelForm:
        return CancelForm(request.POST, auto_id="cancel_%s")

    return _act(request, pk, "cancel", A.CANCEL, build, door, _("会议已取消，参加单位会收到提醒。"))


@require_POST
@staff_required
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    def door(row: Meeting, form: IssueForm) -> Meeting:
        return minutes.issue(meeting=row, actor=actor_of(request), **form.cleaned_data)

    def build(row: Meeting) -> IssueForm:
        return IssueForm(request.POST, auto_id="issue_%s")

    return _act(request, pk, "issue", A.ISSUE, build, door, _("纪要已印发，不再改变。"))


@require_POST
@staff_required
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)

    def door(row: Meeting, form: CorrectForm) -> Any:
        return minutes.correct(meeting=row, actor=actor, **form.cleaned_data)

    def build(row: Meeting) -> CorrectForm:
        return CorrectForm(request.POST, items=_titled(row, actor), auto_id="correct_%s")

    return _act(request, pk, "correct", A.CORRECT, build, door, _("已作更正说明，原纪要不变。"))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def write(request: HttpRequest, pk: int) -> HttpResponse:
    row, actor = or_404(request, pk), actor_of(request)
    rules.require(A.WRITE, actor)
    items = _items(row, actor)
    known = {"text": row.minutes, "revision": row.revision}
    if request.method != "POST":
        meetings.require_state(row, S.PLANNED, S.RECORDED)
        return _show_minutes(request, row, MinutesForm(items=items, initial=known), 200)
    form, status = MinutesForm(request.POST, items=items), 422
    if form.is_valid():
        data = form.cleaned_data
        words = {"text": data["text"], "revision": data["revision"], "decisions": form.decisions()}
        done, status = attempt(form, lambda: minutes.write(meeting=row, actor=actor, **words))
        if done:
            messages.success(request, _("纪要已保存，等待主持人或者其他领导确认印发。"))
            return redirect(row)
    return _show_minutes(request, or_404(request, pk), form, status)


def _show_minutes(request: HttpRequest, row: Meeting, form: MinutesForm, status: int) -> HttpResponse:
    """After another saved: what was typed stands in the form, what is kept beside it; the next press is over that."""
    stale = form.is_bound and status == FASTER and row.state in {S.PLANNED, S.RECORDED}
    if stale:
        form.now_at(row.revision)
    kept = selectors.item_rows(row, actor_of(request)) if stale else []
    context = {"row": row, "form": form, "kept": kept, "stale": stale}
    return render(request, "conference/minutes.html", context, status=status)
