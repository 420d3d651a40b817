"""The duty roster of the unit whose hat is on."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import role_required
from accounts.enums import Role
from accounts.forms.duty import HandOverForm, WeekForm
from accounts.in_office import ON_DUTY
from accounts.middleware import StaffRequest
from accounts.models import DutyShift, Post, User
from accounts.services import duty as service
from accounts.views.asking import attempt, posted
from core.timekeeping import local_day, now


@require_safe
@role_required(*ON_DUTY)
def duty(request: StaffRequest) -> HttpResponse:
    return _page(request, HandOverForm(), 200)


def _page(request: StaffRequest, form: HandOverForm, status: int) -> HttpResponse:
    at = now()
    shifts = DutyShift.objects.filter(unit=request.post.unit).select_related("user", "taken_over_by")
    rows = list(shifts.filter(ends_at__gt=at - timedelta(days=2)).order_by("starts_at")[:20])
    for place, row in enumerate(rows):
        following = rows[place + 1] if place + 1 < len(rows) else None
        is_next = following is not None and following.user_id == request.user.pk
        mine = row.user_id == request.user.pk
        row.now = row.on_at(at)  # type: ignore[attr-defined]
        # What is open may be of a case that others keep out of: it is between the two, and their head's.
        row.reads_note = mine or is_next or request.actor.role == Role.UNIT_HEAD  # type: ignore[attr-defined]
        row.may_note = mine and row.starts_at <= at and row.taken_over_at is None  # type: ignore[attr-defined]
        row.may_take = is_next and row.noted_at is not None and row.taken_over_at is None  # type: ignore[attr-defined]
    context = {
        "rows": rows,
        "form": form,
        "unit": request.post.unit,
        "may_plan": service.may_plan(request.actor),
    }
    return render(request, "accounts/duty.html", context, status=status)


@role_required(Role.UNIT_HEAD)
def duty_week(request: StaffRequest) -> HttpResponse:
    """The turns of a week, this one or the one that ``?from=`` names."""
    unit, monday = request.post.unit, service.monday_of(_day(request.GET.get("from", "")))
    people = User.objects.filter(
        pk__in=Post.objects.current(local_day(now())).filter(unit=unit, role__in=ON_DUTY).values("user")
    ).order_by("name", "pk")
    given = service.week_of(unit, monday)
    form = WeekForm(posted(request), monday=monday, people=people, given=given)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            done, status = attempt(
                form, lambda: service.plan(unit=unit, turns=form.chosen(), by=request.actor) + 1
            )
            if done:
                messages.success(request, _("值班表已保存。"))
                return redirect("accounts:duty")
    context = {
        "form": form,
        "unit": unit,
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7),
        "turns": settings.DUTY_TURNS,
    }
    return render(request, "accounts/duty_week.html", context, status=status)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None


def _shift_or_404(request: StaffRequest, pk: int) -> DutyShift:
    return get_object_or_404(DutyShift, pk=pk, unit=request.post.unit)


@require_POST
@role_required(*ON_DUTY)
def duty_hand_over(request: StaffRequest, pk: int) -> HttpResponse:
    shift, form, status = _shift_or_404(request, pk), HandOverForm(request.POST), 422
    if shift.user_id != request.user.pk:
        raise Http404
    if form.is_valid():
        note = form.cleaned_data["note"]
        done, status = attempt(form, lambda: service.hand_over(shift=shift, by=request.actor, note=note))
        if done:
            messages.success(request, _("交班情况已保存，等待下一班确认。"))
            return redirect("accounts:duty")
    return _page(request, form, status)


@require_POST
@role_required(*ON_DUTY)
def duty_take_over(request: StaffRequest, pk: int) -> HttpResponse:
    service.take_over(shift=_shift_or_404(request, pk), by=request.actor)
    messages.success(request, _("已接班。"))
    return redirect("accounts:duty")
