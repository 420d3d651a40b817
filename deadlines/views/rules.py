"""Rules: what counts, since when, and what a change would move, seen before it is made."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import role_required
from accounts.enums import Role
from accounts.middleware import StaffRequest
from core.converters import scattered
from core.errors import Refusal
from core.timekeeping import local_day, now
from deadlines import selectors, steps
from deadlines.forms import (
    MOVE,
    ConditionsForm,
    EndForm,
    RuleForm,
    RungForms,
    WithdrawForm,
    as_initial,
)
from deadlines.models import Rule
from deadlines.rules_table import OPTIONAL, RIGHTS, STATUTES
from deadlines.services import (
    NewVersion,
    change_rule,
    end_rule,
    foresee_end,
    foresee_rule,
    withdraw_rule,
)
from deadlines.services.moving import Moves
from deadlines.services.rule_checks import wrong_today
from deadlines.services.ruling import followed_by
from deadlines.views.access import keeps, reads
from deadlines.views.ladders import ladder_of
from deadlines.views.seen import is_confirmed, mark_of, say_later

#: Ids of the boxes of the second form on the page.
WITHDRAW = "withdraw_%s"


@require_safe
@reads
def rules(request: StaffRequest) -> HttpResponse:
    """Every rule in force, and what is to follow it."""
    rows = selectors.rules_in_force(now())
    context = {"rows": rows, "keeps": keeps(request), "moving": selectors.moves_under_way()}
    return render(request, "deadlines/rules.html", context)


def _versions(code: str) -> list[Rule]:
    """The newest first."""
    found = list(Rule.objects.filter(code=code).prefetch_related("steps").order_by("-valid_from", "-pk"))
    if not found:
        raise Http404
    return found


def _standing(code: str) -> list[Rule]:
    """In the order of their days, without those that were replaced."""
    return list(Rule.objects.filter(code=code, replaced_at=None).order_by("valid_from", "pk"))


def _takes_conditions(code: str) -> bool:
    return code not in RIGHTS


@require_safe
@reads
def rule(request: StaffRequest, code: str) -> HttpResponse:
    """All versions of one rule with their ladders, the newest first: those for all, then those for some matters."""
    versions = _versions(code)
    general = [one for one in versions if not one.conditions]
    for one in versions:
        one.course = steps.of(one)  # type: ignore[attr-defined]
    newest = (general or versions)[0]
    context = {
        "course": steps.of(newest).sentence,
        "general": general,
        "special": [one for one in versions if one.conditions],
        "rule": newest,
        "law": STATUTES.get(code),
        "moving": selectors.moves_under_way(code),
        "keeps": keeps(request),
        "takes_conditions": _takes_conditions(code),
        "today": local_day(now()),
        "leaving": {one.pk for one in versions if _may_leave(one)},
    }
    return render(request, "deadlines/rule.html", context)


def _may_leave(version: Rule) -> bool:
    """Whether a button leads on: what cases need neither ends nor goes, but for a version that is yet to come."""
    today = local_day(now())
    if version.replaced_at is not None:
        return False
    if version.valid_until is not None and version.valid_until <= today:
        return False
    return version.valid_from > today or bool(version.conditions) or version.own or version.code in OPTIONAL


def _withdraw_form(version: Rule, data: Any = None) -> WithdrawForm:
    before = followed_by(version, _standing(version.code))
    return WithdrawForm(data, auto_id=WITHDRAW, before=before)


def _end_context(version: Rule) -> dict[str, Any]:
    """Both forms as they begin: the first day that can be chosen, and which of the two fits."""
    today = local_day(now())
    soonest = max(today, version.valid_from + timedelta(days=1))
    return {
        "form": EndForm(initial={"valid_until": soonest}),
        "withdraw": _withdraw_form(version),
        "rule": version,
        "seen": None,
        "to_come": version.valid_from > today,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.SYSTEM_ADMIN)
def rule_new(request: StaffRequest, code: str) -> HttpResponse:
    """A new version: first what it would do to the running clocks, then, confirmed, the change."""
    last = _model(request, _versions(code))
    posted = request.POST if request.method == "POST" else None
    form = RuleForm(posted, rule=last)
    steps = sorted(last.steps.all(), key=lambda step: step.ordinal)
    rungs = RungForms(posted, initial=None if posted else as_initial(steps), prefix="rung")
    held, mark = None, ""
    if _takes_conditions(code):
        held = ConditionsForm(posted, initial=last.conditions, prefix="for")
    seen: Moves | None = None
    wrong: Rule | None = None
    status = 200
    if posted is not None:
        status = 422
        if form.is_valid() & rungs.is_valid() & (held is None or held.is_valid()):
            version = form.version(ladder_of(rungs), held.conditions() if held is not None else {})
            try:
                seen = _try_rule(request, form, version)
            except Refusal as refusal:
                field = refusal.code if refusal.code in form.fields else None
                form.add_error(field, refusal.sentence)
            else:
                if seen is None:
                    return redirect("deadlines:rule", code=code)
                status = 200
                mark = mark_of(version, form.cleaned_data["running"] == MOVE)
                wrong = wrong_today(version, _standing(code), now())
    context = {
        "form": form,
        "mark": mark,
        "rungs": rungs,
        "held": held,
        "rule": last,
        "law": STATUTES.get(code),
        "seen": seen,
        "wrong": wrong,
    }
    return render(request, "deadlines/rule_new.html", context, status=status)


def _model(request: StaffRequest, versions: list[Rule]) -> Rule:
    """The version whose words the form begins with: the one the address names, else the newest for all."""
    like = request.GET.get("like", "")
    for one in versions:
        if like == scattered(one.pk):
            return one
    current = [one for one in versions if one.replaced_at is None]
    return next((one for one in current if not one.conditions), current[0])


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.SYSTEM_ADMIN)
def rule_end(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    """A version ends: first what would become of what runs under it, then, confirmed, the end."""
    version = get_object_or_404(Rule, code=code, pk=pk)
    context = _end_context(version)
    form = context["form"] if request.method != "POST" else EndForm(request.POST)
    seen: Moves | None = None
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            seen = _try_end(request, form, version)
        except Refusal as refusal:
            form.add_error(refusal.code if refusal.code in form.fields else None, refusal.sentence)
        else:
            if seen is None:
                return redirect("deadlines:rule", code=code)
            status = 200
    data = form.cleaned_data if seen is not None else {}
    mark = mark_of(version.pk, data["valid_until"], data["running"] == MOVE) if data else ""
    context |= {"form": form, "seen": seen, "mark": mark}
    return render(request, "deadlines/rule_end.html", context, status=status)


def _try_end(request: StaffRequest, form: EndForm, version: Rule) -> Moves | None:
    """What it would do; None once it is done. Raises Refusal."""
    on, running = form.cleaned_data["valid_until"], form.cleaned_data["running"] == MOVE
    if not is_confirmed(request, mark_of(version.pk, on, running)):
        return foresee_end(version, on, running=running)
    ended = end_rule(
        actor=request.actor, rule=version, on=on, running=running, reason=form.cleaned_data["reason"]
    )
    if running:
        words = _("已停用。%(running)d 个正在计时的期限改按停用后适用的规定，其中 %(moved)d 个到期日变了。")
        messages.success(request, words % {"running": ended.running, "moved": ended.moved})
        say_later(request, ended.later)
    else:
        messages.success(request, _("已停用，正在计时的期限不变。"))
    return None


@require_POST
@role_required(Role.SYSTEM_ADMIN)
def rule_withdraw(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    """A version that is yet to come is taken back; one in force, or that clocks run under, is not."""
    version = get_object_or_404(Rule, code=code, pk=pk)
    form = _withdraw_form(version, request.POST)
    if form.is_valid():
        data = form.cleaned_data
        then = data.get("then", "")
        try:
            withdraw_rule(actor=request.actor, rule=version, reason=data["reason"], then=then)
        except Refusal as refusal:
            form.add_error(refusal.code if refusal.code in form.fields else "reason", refusal.sentence)
        else:
            messages.success(request, _("已撤回这个版本。"))
            return redirect("deadlines:rule", code=code)
    context = _end_context(version) | {"withdraw": form}
    return render(request, "deadlines/rule_end.html", context, status=422)


def _try_rule(request: StaffRequest, form: RuleForm, version: NewVersion) -> Moves | None:
    """What it would do; None once it is done. Raises Refusal."""
    running = form.cleaned_data["running"] == MOVE
    if not is_confirmed(request, mark_of(version, running)):
        return foresee_rule(version, running=running)
    changed = change_rule(
        actor=request.actor, new=version, running=running, reason=form.cleaned_data["reason"]
    )
    if running:
        words = _("新版本已登记。%(running)d 个正在计时的期限改按新规则，其中 %(moved)d 个到期日变了。")
        messages.success(request, words % {"running": changed.running, "moved": changed.moved})
        say_later(request, changed.later)
    else:
        messages.success(request, _("新版本已登记，正在计时的期限不变。"))
    return None
