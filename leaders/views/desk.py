"""On the day: the list on the phone, calling the next one, who came and who did not; the page of one talk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import role_required, staff_required
from accounts.enums import Role
from core.converters import row_sent
from core.errors import Refusal
from core.timekeeping import local_day, now
from leaders import rules
from leaders.enums import LeaderAct
from leaders.forms.receptions import KeptForm
from leaders.models import Booking, DayCase, Promise, VisitDay, VisitRecord
from leaders.reception_enums import Stage, Turn
from leaders.selectors.desk import desk_of
from leaders.services import stages, turns
from leaders.views.days import day_or_404
from leaders.views.receptions import RECEIVERS
from petitions import rules as petition_rules
from petitions.views.asking import actor_of, attempt

CLOSERS = (Role.PETITION_OFFICER, Role.LEADER)


@contextmanager
def _telling(request: HttpRequest) -> Iterator[None]:
    """What is refused within is told on the next page; what is nobody's right here stays 403."""
    try:
        yield
    except Refusal as refusal:
        if refusal.code == "forbidden":
            raise
        messages.warning(request, refusal.sentence)


@never_cache
@require_safe
@role_required(*RECEIVERS)
def day_desk(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is in the room, who is next, what was taken along; one press to call and one to write down."""
    day, actor, at = day_or_404(request, pk), actor_of(request), now()
    rules.require(LeaderAct.RECEIVE, actor, leader=day.post)
    today = day.day == local_day(at)
    context = {
        "day": day,
        "desk": desk_of(day, actor),
        "may_close": rules.may(LeaderAct.CLOSE_STAGE, actor, leader=day.post),
        "calls": today and day.cancelled_at is None and day.held_at is None,
        "marks": day.day <= local_day(at) and day.cancelled_at is None and day.held_at is None,
        "stages": stages.stage_rows(day, actor, at),
    }
    return render(request, "leaders/day_desk.html", context)


@require_POST
@role_required(*RECEIVERS)
def day_call(request: HttpRequest, pk: int) -> HttpResponse:
    """The next one, or the one of ``booking``."""
    day, actor = day_or_404(request, pk), actor_of(request)
    with _telling(request):
        called = turns.call(day=day, actor=actor, booking=_booking(request, day))
        messages.success(request, _("请 %(who)s 进来。") % {"who": stages.place(called)})
    return redirect("leaders:day_desk", day.pk)


def _booking(request: HttpRequest, day: VisitDay) -> Booking | None:
    said = request.POST.get("booking", "")
    if not said:
        return None
    mine = Booking.objects.visible_to(actor_of(request)).filter(day=day)
    found: Booking | None = mine.filter(pk=row_sent(said)).first()
    if found is None:
        raise Refusal(_("这个预约已经取消或改期。"), code="stale")
    return found


@require_POST
@role_required(*RECEIVERS)
def booking_turn(request: HttpRequest, pk: int) -> HttpResponse:
    """未到, 谈完, or back to those who wait."""
    actor = actor_of(request)
    found = Booking.objects.visible_to(actor).select_related("day__post__unit", "day__post__user")
    booking: Booking = get_object_or_404(found, pk=pk)
    said = request.POST.get("turn", "")
    turn = Turn(said) if said in {Turn.ABSENT, Turn.DONE, Turn.WAITING} else Turn.ABSENT
    with _telling(request):
        turns.mark(booking=booking, actor=actor, turn=turn)
        words = {"who": stages.place(booking), "turn": turn.label}
        messages.success(request, _("%(who)s：%(turn)s。") % words)
    return redirect("leaders:day_desk", booking.day_id)


@require_POST
@role_required(*RECEIVERS)
def day_case_turn(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody came about a case that was taken along, or somebody did after all."""
    actor = actor_of(request)
    found = DayCase.objects.concerning(actor).select_related("day__post__unit", "day__post__user", "petition")
    picked: DayCase = get_object_or_404(found, pk=pk)
    came = request.POST.get("turn") == Turn.WAITING
    with _telling(request):
        turns.mark_case(picked=picked, actor=actor, came=came)
        words = {"number": picked.petition.number, "turn": (Turn.WAITING if came else Turn.ABSENT).label}
        messages.success(request, _("%(number)s：%(turn)s。") % words)
    return redirect("leaders:day_desk", picked.day_id)


@require_POST
@role_required(*CLOSERS)
def day_read(request: HttpRequest, pk: int) -> HttpResponse:
    """What was taken along has been read."""
    day = day_or_404(request, pk)
    n = stages.mark_read(day=day, actor=actor_of(request))
    messages.success(request, _("已记为预读：%(n)d 件。") % {"n": n} if n else _("都已经预读过。"))
    return redirect("leaders:day_pre_read", day.pk)


@require_POST
@role_required(*CLOSERS)
def day_stage(request: HttpRequest, pk: int) -> HttpResponse:
    """Finish the next of the three stages, or be told what is open."""
    day = day_or_404(request, pk)
    said = request.POST.get("stage", "")
    with _telling(request):
        stage = Stage(said) if said in Stage.values else (day.stage or Stage.FOLLOW)
        stages.close_stage(day=day, actor=actor_of(request), stage=stage)
        messages.success(request, _("“%(stage)s”已完成。") % {"stage": stage.label})
    return redirect(day)


@never_cache
@require_safe
@staff_required
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """One talk, on paper too: to be read out and signed."""
    return _record(request, pk, KeptForm())


def _record(
    request: HttpRequest, pk: int, form: KeptForm, at_promise: int = 0, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    related = ("petition", "leader", "post__unit", "place_unit", "first_receiver", "day")
    found = VisitRecord.objects.visible_to(actor).select_related(*related)
    row: VisitRecord = get_object_or_404(
        found.prefetch_related("promises__instruction__unit", "at_the_desk", "slips"), pk=pk
    )
    if petition_rules.is_complained_of(row.petition, actor):
        raise Http404  # what was said about them is not theirs to read (条例 28, 30)
    sent = request.GET.get("sent", "")
    context = {
        "record": row,
        "form": form,
        "at_promise": at_promise,
        "may_keep": rules.may(LeaderAct.CLOSE_STAGE, actor, leader=row.post, petition=row.petition),
        "sent": sent if sent.startswith("talk-") else "",
    }
    return render(request, "leaders/record.html", context, status=status)


@require_POST
@role_required(*CLOSERS)
def promise_done(request: HttpRequest, pk: int) -> HttpResponse:
    """A promise that no unit was asked to keep has been kept."""
    actor = actor_of(request)
    records = VisitRecord.objects.visible_to(actor)
    found = Promise.objects.filter(record__in=records).select_related(
        "record__post__unit", "record__petition"
    )
    promise: Promise = get_object_or_404(found, pk=pk)
    if not rules.may(
        LeaderAct.CLOSE_STAGE, actor, leader=promise.record.post, petition=promise.record.petition
    ):
        raise PermissionDenied
    form, status = KeptForm(request.POST), 422
    if form.is_valid():
        text = form.cleaned_data["text"]
        _done, status = attempt(form, lambda: stages.keep_promise(promise=promise, actor=actor, text=text))
        if status == 200:
            messages.success(request, _("已记为兑现。"))
            return redirect(promise.record)
    return _record(request, promise.record_id, form, promise.pk, status)
