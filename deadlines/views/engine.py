"""The working calendar, and how the engine is."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import role_required
from accounts.enums import Role
from accounts.middleware import StaffRequest
from core.errors import Refusal
from core.timekeeping import local_day, now
from deadlines import selectors
from deadlines.forms import FEW, CalendarForm, TakeBackForm
from deadlines.models import CalendarTable
from deadlines.services import (
    foresee_taking_back,
    foresee_year,
    leaves_none,
    load_year,
    read_rows,
    take_back,
    too_few_off,
)
from deadlines.services.calendar import DayRow
from deadlines.services.moving import Moves
from deadlines.views.access import keeps, reads
from deadlines.views.seen import is_confirmed, mark_of, say_later
from notifications.selectors import given_up
from notifications.services import retry

#: Given up messages on the page; the oldest leave it first.
MOST_LISTED = 50


@require_safe
@reads
def calendar(request: StaffRequest) -> HttpResponse:
    """The years that were entered, and those that are missing."""
    context = {
        "years": selectors.years(),
        "gaps": selectors.calendar_gaps(now()),
        "trouble": selectors.calendar_trouble(),
        "moving": selectors.moves_under_way(rules=False),
        "keeps": keeps(request),
    }
    return render(request, "deadlines/calendar.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.SYSTEM_ADMIN)
def calendar_new(request: StaffRequest) -> HttpResponse:
    """A year's table: first what it would move, then, confirmed, entered."""
    posted = request.method == "POST"
    year = local_day(now()).year + 1
    form = CalendarForm(
        request.POST if posted else None, request.FILES if posted else None, initial={"year": year}
    )
    seen: Moves | None = None
    status, few = 422 if posted else 200, ""
    if posted and form.is_valid():
        try:
            rows = read_rows(form.cleaned_data["table"], form.cleaned_data["year"])
            few = too_few_off(form.cleaned_data["year"], rows)
            seen = _try_year(request, form, rows, few)
        except Refusal as refusal:
            form.add_error("file", _("%(why)s未作任何更改。") % {"why": refusal.sentence})
        else:
            if seen is None:
                return redirect("deadlines:calendar")
            status = 422 if form.errors else 200
            form.show_table()
    context = {
        "form": form,
        "seen": seen,
        "few": few,
        "mark": _mark_of_year(form) if seen is not None else "",
    }
    return render(request, "deadlines/calendar_new.html", context, status=status)


def _mark_of_year(form: CalendarForm) -> str:
    return mark_of(form.cleaned_data["year"], form.cleaned_data["table"])


def _try_year(request: StaffRequest, form: CalendarForm, rows: Sequence[DayRow], few: str) -> Moves | None:
    """What it would move; None once it is entered. ``few``: what is asked of a table with few days off. Raises
    Refusal."""
    data = form.cleaned_data
    asked = bool(few) and not form.ask_few()
    confirmed = is_confirmed(request, _mark_of_year(form))
    if confirmed and asked:
        form.add_error(FEW, _("请核对放假的天数；确实要这样录入的，请勾选。"))
    if asked or not confirmed:
        return foresee_year(data["year"], rows, at=now())
    loaded = load_year(data["year"], rows, source=data["source"], actor=request.actor)
    words = _("%(year)d 年已录入 %(days)d 天，%(moved)d 个正在计时的期限随之变动。")
    messages.success(request, words % {"year": loaded.year, "days": loaded.days, "moved": loaded.moved})
    say_later(request, loaded.later)
    return None


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.SYSTEM_ADMIN)
def calendar_take_back(request: StaffRequest, pk: int) -> HttpResponse:
    """A year's last table was a mistake: first what going back would move, then, confirmed, the one before it again."""
    table = get_object_or_404(CalendarTable, pk=pk)
    posted = request.method == "POST"
    form = TakeBackForm(request.POST if posted else None)
    seen: Moves | None = None
    status, mark, bare = 422 if posted else 200, mark_of(table.pk), leaves_none(table)
    if posted and form.is_valid():
        try:
            if is_confirmed(request, mark):
                carried = take_back(actor=request.actor, table=table, reason=form.cleaned_data["reason"])
                words = _("已撤回，%(year)d 年按前一次录入的计，%(moved)d 个正在计时的期限随之变动。")
                if bare:
                    words = _(
                        "已撤回，%(year)d 年又没有放假安排了，请尽快重新录入；%(moved)d 个正在计时的期限随之变动。"
                    )
                messages.success(request, words % {"year": table.year, "moved": carried.moved})
                say_later(request, carried.later)
                return redirect("deadlines:calendar")
            seen, status = foresee_taking_back(table), 200
        except Refusal as refusal:
            form.add_error("reason", refusal.sentence)
    context = {"form": form, "seen": seen, "mark": mark, "table": table, "bare": bare}
    return render(request, "deadlines/calendar_take_back.html", context, status=status)


@require_safe
@role_required(Role.SYSTEM_ADMIN)
def engine(request: StaffRequest) -> HttpResponse:
    """What the engine does and what stays behind: the last sweep, clocks put off, messages that did not leave."""
    context = {
        "state": selectors.engine_state(now()),
        "provisional": selectors.provisional_words(),
        "put_off": selectors.all_put_off(MOST_LISTED),
        "given_up": given_up().order_by("-pk")[:MOST_LISTED],
    }
    return render(request, "deadlines/engine.html", context)


@require_POST
@role_required(Role.SYSTEM_ADMIN)
def retry_message(request: StaffRequest, pk: int) -> HttpResponse:
    message = get_object_or_404(given_up(), pk=pk)
    try:
        retry(actor=request.actor, message=message)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("已重新排队，马上再发一次。"))
    return redirect("deadlines:engine")
