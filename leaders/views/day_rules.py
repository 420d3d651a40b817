"""Rules of reception days: the list, adding and ending one, and the month they make."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import role_required
from accounts.enums import Role
from core.errors import Refusal
from core.paging import paginate
from core.timekeeping import local_day, now
from leaders import rules
from leaders.enums import LeaderAct
from leaders.forms.day_rules import EndRuleForm, MonthForm, RuleForm
from leaders.models import DayRule
from leaders.month import month_of
from leaders.selectors.days import leader_posts, months_around, sites_to_choose
from leaders.services import day_rules as service
from petitions.views.asking import actor_of, attempt


@require_safe
@role_required(Role.PETITION_OFFICER)
def rule_list(request: HttpRequest) -> HttpResponse:
    return _list(request, EndRuleForm(initial={"last_on": local_day(now())}))


def _list(request: HttpRequest, form: EndRuleForm, status: int = 200, about: int = 0) -> HttpResponse:
    found = DayRule.objects.visible_to(actor_of(request)).with_row_relations()
    page = paginate(found, order=["-valid_from", "-id"], cursor=request.GET.get("cursor"))
    context = {"page": page, "today": local_day(now()), "form": form, "about": about}
    return render(request, "leaders/day_rule_list.html", context, status=status)


@role_required(Role.PETITION_OFFICER)
def rule_add(request: HttpRequest) -> HttpResponse:
    actor, at = actor_of(request), now()
    form = RuleForm(
        request.POST or None,
        posts=leader_posts(actor, local_day(at)),
        sites=sites_to_choose(actor, at),
        initial={"valid_from": local_day(at)},
    )
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        made, status = attempt(form, lambda: service.add_rule(actor=actor, facts=form.facts()))
        if made:
            messages.success(request, _("已登记排班，可以排出月份了。"))
            return redirect("leaders:day_month")
    return render(request, "leaders/day_rule_form.html", {"form": form}, status=status)


@require_POST
@role_required(Role.PETITION_OFFICER)
def rule_end(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    rule = get_object_or_404(DayRule.objects.visible_to(actor), pk=pk)
    rules.require(LeaderAct.PLAN_DAY, actor)
    form, status = EndRuleForm(request.POST), 422
    if form.is_valid():
        last_on = form.cleaned_data["last_on"]
        done, status = attempt(form, lambda: service.end_rule(rule=rule, actor=actor, last_on=last_on))
        if done:
            messages.success(
                request, _("排班到 %(day)s 结束，已排出的接访日不变。") % {"day": last_on.isoformat()}
            )
            return redirect("leaders:day_rules")
    return _list(request, form, status, about=rule.pk)


@role_required(Role.PETITION_OFFICER)
def month(request: HttpRequest) -> HttpResponse:
    """The month that the rules make, to look through; a POST plans what is missing of it."""
    actor, at, error, status = actor_of(request), now(), "", 200
    today = local_day(at)
    next_month = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    form = MonthForm(request.POST if request.method == "POST" else None)
    asked = (request.POST if request.method == "POST" else request.GET).get("month") or f"{next_month:%Y-%m}"
    try:
        if request.method == "POST" and not form.is_valid():
            raise Refusal(_("没有这个月份，请按“2026-12”的样子填写。"), code="invalid")
        year, number = month_of(asked)
        if "announce" in request.POST:
            n = service.publish_month(actor=actor, year=year, month=number, at=at)
            messages.success(request, _("已公布 %(n)d 场，居民可以看到和预约。") % {"n": n})
            return redirect(f"{reverse('leaders:day_month')}?month={year}-{number:02d}")
        if request.method == "POST":
            done = service.plan_month(
                actor=actor, year=year, month=number, publish=form.cleaned_data["publish"], at=at
            )
            _say(request, done)
            return redirect(f"{reverse('leaders:day_month')}?month={year}-{number:02d}")
        lines = service.month_lines(actor, year, number, at)
    except Refusal as refusal:
        # A page without a plan is a page; only what was asked for wrongly, or posted, is refused.
        status = refusal.status if request.method == "POST" or refusal.code == "invalid" else 200
        error, lines = refusal.sentence, []
    context = {
        "month": asked,
        "lines": lines,
        "new": sum(line.new for line in lines),
        "unannounced": sum(line.unannounced(at) for line in lines),
        "stuck": any(line.why_not for line in lines),
        "error": error,
        "around": months_around(asked, today),
    }
    return render(request, "leaders/day_month.html", context, status=status)


def _say(request: HttpRequest, done: service.Planned) -> None:
    if done.made:
        messages.success(request, _("已排出 %(n)d 场接访，领导会收到提醒。") % {"n": len(done.made)})
    elif not done.refused:
        messages.info(request, _("这个月都已排好，没有要补的。"))
    for sentence in done.refused[:20]:
        messages.warning(request, sentence)
