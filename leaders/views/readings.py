"""阅批: what is to be read, what was not read in time, reading it; and the units whose heads read within the limit."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import role_required, staff_required
from accounts.enums import Role
from core.paging import capped_count, paginate
from core.timekeeping import now
from deadlines.selectors import explain
from leaders import rules
from leaders.enums import LeaderAct
from leaders.forms.readings import DutyForm, ReadForm
from leaders.models import Reading, ReadingClock, ReadingDuty
from leaders.services import readings as service
from petitions.views.asking import actor_of, attempt

VIEWS = (("todo", "待阅批"), ("late", "超期未阅批"), ("done", "已阅批"))


@require_safe
@role_required(Role.LEADER, Role.UNIT_HEAD, Role.PETITION_OFFICER, Role.INSPECTOR)
def reading_list(request: HttpRequest) -> HttpResponse:
    """One's own to read; the whole district's for the petition office."""
    actor = actor_of(request)
    chosen = request.GET.get("view", "todo")
    if chosen not in dict(VIEWS):
        chosen = "todo"
    found = of_view(Reading.objects.visible_to(actor), chosen)
    order = ["-started_at", "-id"] if chosen == "done" else ["started_at", "id"]
    context = {
        "page": paginate(found.with_row_relations(), order=order, cursor=request.GET.get("cursor")),
        "count": capped_count(found),
        "tabs": [
            {"label": _(label), "url": f"?view={key}", "active": key == chosen, "count": None}
            for key, label in VIEWS
        ],
        "keeps": rules.may(LeaderAct.KEEP_READING, actor),
        "direct": actor.role == Role.LEADER,  # the letter itself, with 已阅 under it
    }
    return render(request, "leaders/reading_list.html", context)


def of_view(found: Any, view: str) -> Any:
    """``late``: the limit is over, whether it was read after that or not at all."""
    if view == "done":
        return found.filter(read_at__isnull=False)
    if view == "late":
        clocks = ReadingClock.objects.filter(
            Q(breached_at__isnull=False) | Q(stopped_at=None, due_at__lt=now())
        )
        return found.filter(read_at=None, let_go_at=None, pk__in=clocks.values("reading"))
    return found.open()


def _reading_or_404(request: HttpRequest, pk: int) -> Reading:
    found = Reading.objects.visible_to(actor_of(request)).with_row_relations()
    row: Reading = get_object_or_404(found.select_related("petition__lead_unit"), pk=pk)
    return row


@require_safe
@staff_required
def reading(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _reading_or_404(request, pk), ReadForm())


def _show(request: HttpRequest, row: Reading, form: ReadForm, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    mine = Reading.objects.to_be_read_by(actor).filter(pk=row.pk).exists()
    context = {
        "reading": row,
        "case": row.petition,
        "clock": next(iter(row.ordered_clocks), None),  # type: ignore[attr-defined]
        "form": form if mine and (row.is_open or form.is_bound) else None,
        "instructs": mine and row.inbox_id is None and actor.role == Role.LEADER,
        "letter": getattr(row.petition, "inbox_letter", None) if row.inbox_id and mine else None,
    }
    return render(request, "leaders/reading_detail.html", context, status=status)


@require_POST
@role_required(Role.LEADER, Role.UNIT_HEAD)
def read(request: HttpRequest, pk: int) -> HttpResponse:
    row, actor = _reading_or_404(request, pk), actor_of(request)
    form, status = ReadForm(request.POST), 422
    if form.is_valid():
        words = form.cleaned_data["words"]
        _nothing, status = attempt(form, lambda: service.read(reading=row, actor=actor, words=words))
        if status == 200:
            messages.success(request, _("已阅批。"))
            return redirect("leaders:readings")
    return _show(request, row, form, status)


@require_safe
@staff_required
def reading_clock(request: HttpRequest, pk: int, clock: int) -> HttpResponse:
    row = _reading_or_404(request, pk)
    found = get_object_or_404(ReadingClock.objects.select_related("rule"), pk=clock, reading=row)
    context = {"explanation": explain(found), "clock": found, "back": row.get_absolute_url()}
    return render(request, "leaders/clock.html", context)


@role_required(Role.PETITION_OFFICER)
def reading_units(request: HttpRequest) -> HttpResponse:
    """Which units' heads read new letters within the limit; none until one is named."""
    actor = actor_of(request)
    rules.require(LeaderAct.KEEP_READING, actor)
    form = DutyForm(request.POST or None)
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        _nothing, status = attempt(
            form, lambda: service.set_duty(unit=data["unit"], actor=actor, on=data["on"])
        )
        if status == 200:
            messages.success(request, _("已更改，从现在起收到的来信适用。"))
            return redirect("leaders:reading_units")
    duties = (
        ReadingDuty.objects.filter(ended_at=None).select_related("unit", "began_by").order_by("unit__path")
    )
    return render(request, "leaders/reading_units.html", {"form": form, "duties": duties}, status=status)
