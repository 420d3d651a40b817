"""Rules and calendar: what counts, since when, and what a change would move, seen before it is made."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import role_required
from accounts.enums import Role
from accounts.middleware import StaffRequest
from core.errors import Refusal
from core.timekeeping import local_day, now
from deadlines import selectors
from deadlines.forms import MOVE, CalendarForm, RuleForm, RungForms, as_initial
from deadlines.models import Rule
from deadlines.rules_table import STATUTES, Rung
from deadlines.services import change_rule, foresee_rule, foresee_year, load_year, read_rows
from deadlines.services.moving import Moves
from notifications.selectors import given_up
from notifications.services import retry

READERS = (Role.SYSTEM_ADMIN, Role.PETITION_OFFICER, Role.INSPECTOR, Role.STATISTICIAN)
reads = role_required(*READERS)


#: Given up messages on the page; the oldest leave it first.
MOST_LISTED = 50


def _keeps(request: StaffRequest) -> bool:
    return request.actor.role == Role.SYSTEM_ADMIN


@require_safe
@reads
def rules(request: StaffRequest) -> HttpResponse:
    """Every rule in force, and what is to follow it."""
    rows = selectors.rules_in_force(now())
    return render(request, "deadlines/rules.html", {"rows": rows, "keeps": _keeps(request)})


def _versions(code: str) -> list[Rule]:
    found = list(Rule.objects.filter(code=code).prefetch_related("steps").order_by("-valid_from"))
    if not found:
        raise Http404
    return found


@require_safe
@reads
def rule(request: StaffRequest, code: str) -> HttpResponse:
    """All versions of one rule with their ladders, the newest first."""
    versions = _versions(code)
    context = {"versions": versions, "rule": versions[0], "law": STATUTES.get(code), "keeps": _keeps(request)}
    return render(request, "deadlines/rule.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.SYSTEM_ADMIN)
def rule_new(request: StaffRequest, code: str) -> HttpResponse:
    """A new version: first what it would do to the running clocks, then, confirmed, the change."""
    last = _versions(code)[0]
    posted = request.POST if request.method == "POST" else None
    form = RuleForm(posted, rule=last)
    steps = sorted(last.steps.all(), key=lambda step: step.ordinal)
    rungs = RungForms(posted, initial=None if posted else as_initial(steps), prefix="rung")
    seen: Moves | None = None
    status = 200
    if posted is not None:
        status = 422
        if form.is_valid() & rungs.is_valid():
            try:
                seen = _try_rule(request, form, _ladder(rungs))
            except Refusal as refusal:
                field = refusal.code if refusal.code in form.fields else None
                form.add_error(field, refusal.sentence)
            else:
                if seen is None:
                    return redirect("deadlines:rule", code=code)
                status = 200
    context = {"form": form, "rungs": rungs, "rule": last, "law": STATUTES.get(code), "seen": seen}
    return render(request, "deadlines/rule_new.html", context, status=status)


def _ladder(rungs: Any) -> list[Rung]:
    return [rung for one in rungs.forms if (rung := one.rung()) is not None]


def _try_rule(request: StaffRequest, form: RuleForm, ladder: list[Rung]) -> Moves | None:
    """What it would do; None once it is done. Raises Refusal."""
    version, running = form.version(ladder), form.cleaned_data["running"] == MOVE
    if "confirmed" not in request.POST:
        return foresee_rule(version)
    changed = change_rule(
        actor=request.actor, new=version, running=running, reason=form.cleaned_data["reason"]
    )
    if running:
        words = _("新版本已登记。%(running)d 个正在计时的期限改按新规则，其中 %(moved)d 个到期日变了。")
        messages.success(request, words % {"running": changed.running, "moved": changed.moved})
    else:
        messages.success(request, _("新版本已登记，正在计时的期限不变。"))
    return None


@require_safe
@reads
def calendar(request: StaffRequest) -> HttpResponse:
    """The years that were entered, and those that are missing."""
    context = {
        "years": selectors.years(),
        "gaps": selectors.calendar_gaps(now()),
        "keeps": _keeps(request),
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
    status = 422 if posted else 200
    if posted and form.is_valid():
        try:
            seen = _try_year(request, form)
        except Refusal as refusal:
            form.add_error("file", _("%(why)s未作任何更改。") % {"why": refusal.sentence})
        else:
            if seen is None:
                return redirect("deadlines:calendar")
            status = 200
            form.show_table()
    return render(request, "deadlines/calendar_new.html", {"form": form, "seen": seen}, status=status)


def _try_year(request: StaffRequest, form: CalendarForm) -> Moves | None:
    """What it would move; None once it is entered. Raises Refusal."""
    data = form.cleaned_data
    rows = read_rows(data["table"], data["year"])
    if "confirmed" not in request.POST:
        return foresee_year(data["year"], rows, at=now())
    loaded = load_year(data["year"], rows, source=data["source"], actor=request.actor)
    words = _("%(year)d 年已录入 %(days)d 天，%(moved)d 个正在计时的期限随之变动。")
    messages.success(request, words % {"year": loaded.year, "days": loaded.days, "moved": loaded.moved})
    return None


@require_safe
@role_required(Role.SYSTEM_ADMIN)
def engine(request: StaffRequest) -> HttpResponse:
    """What the engine does and what stays behind: the last sweep, clocks put off, messages that did not leave."""
    context = {
        "state": selectors.engine_state(now()),
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
