"""Reception days: the desk's list, planning, changing, cancelling; and the page residents read."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import role_required, staff_required
from accounts.enums import Role
from core.errors import Refusal
from core.paging import paginate
from core.timekeeping import SHANGHAI, local_day, now
from leaders import rules
from leaders.enums import LeaderAct, VisitKind
from leaders.forms.days import CancelDayForm, DayForm
from leaders.models import VisitDay, VisitRecord
from leaders.month import month_of
from leaders.selectors.bookings import may_see
from leaders.selectors.days import leader_posts, months_around, public_days, public_month, sites_to_choose
from leaders.services import days as service
from leaders.services import stages
from petitions.views.asking import actor_of, attempt

VIEWS = (
    ("coming", "将要接访"),
    ("mine", "我的"),
    ("today", "今天"),
    ("open", "没有办完"),
    ("past", "已过去"),
)

#: A leader's own days.
OWN = {"mine", "today"}


@require_safe
def public_visits(request: HttpRequest) -> HttpResponse:
    """For residents: who receives when and where, and for which fields. No login, printable. ``?month=2026-12`` is
    the whole month, what has passed too."""
    at, asked, error = now(), request.GET.get("month", ""), ""
    days = public_days(at)
    if asked:
        try:
            days = public_month(*month_of(asked))
        except Refusal as refusal:
            asked, error = "", refusal.sentence
    context = {
        "days": days,
        "month": asked,
        "months": months_around(asked, local_day(at)),
        "error": error,
        "at": at,
    }
    return render(request, "leaders/public_visits.html", context, status=422 if error else 200)


@require_safe
@staff_required
def day_list(request: HttpRequest) -> HttpResponse:
    actor, at = actor_of(request), now()
    tabs = [(key, label) for key, label in VIEWS if key not in OWN or actor.role == Role.LEADER]
    chosen = request.GET.get("view", "coming")
    if chosen not in dict(tabs):
        chosen = "coming"
    found = VisitDay.objects.visible_to(actor).with_row_relations()
    if chosen == "past":
        found, order = found.filter(ends_at__lte=at), ["-starts_at", "-id"]
    elif chosen == "open":  # begun, and one of the three stages is still to be finished
        found = found.filter(starts_at__lte=at, cancelled_at=None, followed_at=None)
        order = ["starts_at", "id"]
    else:
        found, order = found.filter(ends_at__gt=at), ["starts_at", "id"]
    if chosen in OWN:
        found = found.filter(leader=actor.user)
    if chosen == "today":
        tomorrow = datetime.combine(local_day(at) + timedelta(days=1), time.min, SHANGHAI)
        found = found.filter(starts_at__lt=tomorrow, cancelled_at=None)
    context = {
        "page": paginate(found, order=order, cursor=request.GET.get("cursor")),
        "tabs": [
            {"label": _(label), "url": f"?view={key}", "active": key == chosen, "count": None}
            for key, label in tabs
        ],
        "may_plan": rules.may(LeaderAct.PLAN_DAY, actor),
        "may_book": rules.may(LeaderAct.BOOK, actor),
        "own_calendar": actor.role == Role.LEADER,
        "may_receive": rules.may(LeaderAct.RECEIVE, actor),
    }
    return render(request, "leaders/day_list.html", context)


def day_or_404(request: HttpRequest, pk: int) -> VisitDay:
    found = VisitDay.objects.visible_to(actor_of(request)).with_row_relations()
    day: VisitDay = get_object_or_404(found.select_related("prepared_by", "held_by", "followed_by"), pk=pk)
    return day


@require_safe
@staff_required
def day(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, day_or_404(request, pk), CancelDayForm())


def _show(request: HttpRequest, day: VisitDay, form: CancelDayForm, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    open_day = day.cancelled_at is None
    records = VisitRecord.objects.visible_to(actor).filter(day=day)
    may_close = rules.may(LeaderAct.CLOSE_STAGE, actor, leader=day.post)
    may_plan = open_day and not day.is_over() and rules.may(LeaderAct.PLAN_DAY, actor, leader=day.post)
    context = {
        "day": day,
        "records": records.select_related("petition", "first_receiver").prefetch_related(
            "promises__instruction__unit"
        ),
        "stages": stages.stage_rows(day, actor, now()) if open_day and may_close else [],
        "may_close": may_close,
        "may_plan": may_plan,
        "may_change": may_plan and day.starts_at > now(),
        "may_record": day.day <= local_day(now()),
        "may_receive": open_day and rules.may(LeaderAct.RECEIVE, actor, leader=day.post),
        "may_see_bookings": may_see(actor, day),
        "may_pre_read": actor.user is not None
        and day.leader_id == actor.user.pk
        and actor.role == Role.LEADER,
        "form": form if may_plan else None,
    }
    return render(request, "leaders/day_detail.html", context, status=status)


@role_required(Role.PETITION_OFFICER)
def day_add(request: HttpRequest) -> HttpResponse:
    posts = leader_posts(actor_of(request), local_day(now()))
    form = DayForm(request.POST or None, posts=posts, sites=sites_to_choose(actor_of(request), now()))
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        plan = _plan(form.cleaned_data)
        made, status = attempt(form, lambda: service.plan_day(actor=actor_of(request), plan=plan))
        if made:
            messages.success(request, _("已安排，领导和陪同单位会收到提醒。"))
            return redirect(made)
    return render(request, "leaders/day_form.html", {"form": form, "day": None}, status=status)


@role_required(Role.PETITION_OFFICER)
def day_change(request: HttpRequest, pk: int) -> HttpResponse:
    day, actor = day_or_404(request, pk), actor_of(request)
    rules.require(LeaderAct.PLAN_DAY, actor, leader=day.post)
    posts = leader_posts(actor, local_day(now()))
    sites = sites_to_choose(actor, now(), day)
    form = DayForm(request.POST or None, posts=posts, sites=sites, initial=_initial(day))
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        plan = _plan(form.cleaned_data)
        made, status = attempt(form, lambda: service.change_day(day=day, actor=actor, plan=plan))
        if made:
            messages.success(request, _("已更改，有关的人会收到提醒。"))
            return redirect(made)
    return render(request, "leaders/day_form.html", {"form": form, "day": day}, status=status)


@require_POST
@role_required(Role.PETITION_OFFICER)
def day_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    day, actor = day_or_404(request, pk), actor_of(request)
    rules.require(LeaderAct.PLAN_DAY, actor, leader=day.post)
    form, status = CancelDayForm(request.POST), 422
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        done, status = attempt(form, lambda: service.cancel_day(day=day, actor=actor, reason=reason))
        if done:
            messages.success(request, _("已取消，公开页上会注明。"))
            return redirect(day)
    return _show(request, day_or_404(request, pk), form, status)


def _plan(data: dict[str, Any]) -> service.DayPlan:
    names = [name for name in ("starts_at", "ends_at", "post", *service.COLUMNS) if name in data]
    chosen = {name: data[name] for name in names} | {"kind": VisitKind(data["kind"])}
    return service.DayPlan(**chosen, accompanying=list(data["accompanying"]))


def _initial(day: VisitDay) -> dict[str, Any]:
    start, end = day.starts_at.astimezone(SHANGHAI), day.ends_at.astimezone(SHANGHAI)
    same = ("kind", "purposes", "topics", "slots", "slot_minutes", "note", "published", "place_text")
    return {
        **{name: getattr(day, name) for name in same},
        "post": day.post_id,
        "day": start.date(),
        "start": start.time(),
        "end": end.time(),
        "site": day.site_id,
        "deputy": day.deputy_id,
        "place_unit": day.place_unit_id,
        "accompanying": [unit.pk for unit in day.accompanying.all()],
    }
