"""带案下访: picking cases for a day, and the pages to read before."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import role_required
from accounts.enums import Role
from core.errors import Refusal
from core.timekeeping import now
from leaders import rules
from leaders.enums import LeaderAct
from leaders.forms.day_cases import DayCaseForm
from leaders.models import DayCase, VisitDay
from leaders.selectors import day_cases as selectors
from leaders.services import day_cases as service
from petitions.querysets import unsealed_cases
from petitions.views.asking import actor_of, attempt


def _day_or_404(request: HttpRequest, pk: int) -> VisitDay:
    found = VisitDay.objects.visible_to(actor_of(request)).with_row_relations()
    day: VisitDay = get_object_or_404(found, pk=pk)
    return day


@role_required(Role.PETITION_OFFICER)
def day_cases(request: HttpRequest, pk: int) -> HttpResponse:
    """What is taken along, suggestions, and a form by number."""
    day, actor = _day_or_404(request, pk), actor_of(request)
    rules.require(LeaderAct.PLAN_DAY, actor, leader=day.post)
    found = DayCase.objects.concerning(actor).filter(day=day).select_related("petition__lead_unit")
    picked_before = list(found)
    form = DayCaseForm(request.POST or None, initial=_initial(request, picked_before))
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        picked, status = attempt(form, lambda: _pick(request, day, form))
        if picked:
            messages.success(request, _("%(n)s 已列入，领导可以预读。") % {"n": picked.petition.number})
            return redirect("leaders:day_cases", day.pk)
    context = {
        "day": day,
        "form": form,
        "picked": picked_before,
        "suggestions": selectors.suggestions(actor, day, now()),
    }
    return render(request, "leaders/day_cases.html", context, status=status)


def _initial(request: HttpRequest, picked: list[DayCase]) -> dict[str, str]:
    """The number that was pressed, and what was written of that case before."""
    number = request.GET.get("number", "")[:40]
    for one in picked:
        if one.petition.number == number:
            return {"number": number, "law": one.law, "open_points": one.open_points}
    return {"number": number}


def _pick(request: HttpRequest, day: VisitDay, form: DayCaseForm) -> DayCase:
    actor, data = actor_of(request), form.cleaned_data
    case = unsealed_cases(actor).filter(number=data["number"]).first()
    if case is None:
        raise Refusal(_("没有找到这个编号的信访件。"), code="invalid")
    return service.pick_case(
        day=day, petition=case, actor=actor, law=data["law"], open_points=data["open_points"]
    )


@require_POST
@role_required(Role.PETITION_OFFICER)
def day_case_drop(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    found = DayCase.objects.concerning(actor).select_related("day__post__unit", "petition")
    picked: DayCase = get_object_or_404(found, pk=pk)
    service.drop_case(picked=picked, actor=actor)
    messages.success(request, _("已不带这一件。"))
    return redirect("leaders:day_cases", picked.day_id)


@require_safe
@role_required(Role.PETITION_OFFICER, Role.LEADER)
def day_pre_read(request: HttpRequest, pk: int) -> HttpResponse:
    """One page for each case, for the planners and the leader who goes."""
    day, actor = _day_or_404(request, pk), actor_of(request)
    goes = actor.user is not None and day.leader_id == actor.user.pk
    if not goes and not rules.may(LeaderAct.PLAN_DAY, actor, leader=day.post):
        raise PermissionDenied
    pages = selectors.pre_reads(actor, day)
    may_close = rules.may(LeaderAct.CLOSE_STAGE, actor, leader=day.post)
    unread = may_close and day.cancelled_at is None and any(page.picked.read_at is None for page in pages)
    return render(request, "leaders/day_pre_read.html", {"day": day, "pages": pages, "unread": unread})
