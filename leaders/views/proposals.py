"""What the rules propose for a package: the list, and a person's word on each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import Actor
from accounts.decorators import role_required
from accounts.enums import Role
from conference.enums import MeetingState
from conference.models import Meeting
from core.paging import capped_count, paginate
from core.timekeeping import local_day, now
from leaders import rules
from leaders.enums import LeaderAct, PackageLevel, ProposalKind, ProposalState
from leaders.forms.package_rules import PackageRuleForm
from leaders.forms.proposals import ConfirmForm, DeclineForm
from leaders.models import PackageProposal
from leaders.selectors.days import leader_posts
from leaders.services import package_rules, proposing
from petitions.views.asking import actor_of, attempt

VIEWS = (("open", "待确定"), ("done", "已处理"))
DECIDERS = (Role.PETITION_OFFICER, Role.UNIT_HEAD)


@require_safe
@role_required(*DECIDERS)
def proposal_list(request: HttpRequest) -> HttpResponse:
    return _show_list(request, PackageRuleForm(), 200)


@require_POST
@role_required(*DECIDERS)
def rule_set(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    rules.require(LeaderAct.SET_RULE, actor)
    form, status = PackageRuleForm(request.POST), 422
    if form.is_valid():

        def door() -> bool:
            package_rules.set_rule(actor=actor, **form.cleaned_data)
            return True  # a rule that was stopped leaves no row to speak of

        done, status = attempt(form, door)
        if done:
            messages.success(request, _("已登记，从明天起施行。"))
            return redirect("leaders:proposals")
    return _show_list(request, form, status)


def _show_list(request: HttpRequest, form: PackageRuleForm, status: int) -> HttpResponse:
    actor = actor_of(request)
    rules.require(LeaderAct.CONFIRM_PROPOSAL, actor)
    chosen = "done" if request.GET.get("view") == "done" else "open"
    found = PackageProposal.objects.visible_to(actor)
    found = found.open() if chosen == "open" else found.exclude(state=ProposalState.OPEN)
    rows = found.select_related("petition__lead_unit", "package__leader")
    page = paginate(rows, order=["-proposed_at", "-id"], cursor=request.GET.get("cursor"))
    context = {
        "page": page,
        "count": capped_count(found),
        "rules": proposing.rules_from(local_day(now())),
        "today": local_day(now()),
        "rule_form": form,
        "tabs": [
            {"label": _(label), "url": f"?view={key}", "active": key == chosen, "count": None}
            for key, label in VIEWS
        ],
    }
    return render(request, "leaders/proposal_list.html", context, status=status)


def _proposal(request: HttpRequest, pk: int) -> PackageProposal:
    rules.require(LeaderAct.CONFIRM_PROPOSAL, actor_of(request))
    found = PackageProposal.objects.visible_to(actor_of(request))
    related = found.select_related(
        "petition__lead_unit", "petition__complained_unit", "package__post", "post"
    )
    proposal: PackageProposal = get_object_or_404(related, pk=pk)
    rules.require(LeaderAct.CONFIRM_PROPOSAL, actor_of(request), petition=proposal.petition)
    return proposal


@role_required(*DECIDERS)
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    row, actor = _proposal(request, pk), actor_of(request)
    form = confirm_form(row, actor, request.POST or None)
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        data = {**form.cleaned_data, "level": PackageLevel(form.cleaned_data["level"])}
        made, status = attempt(form, lambda: proposing.confirm(proposal=row, actor=actor, **data))
        if made is not None:
            messages.success(request, _("已确定，领导已收到提醒。"))
            return redirect("leaders:proposals")
    return _show(request, _proposal(request, pk), form, DeclineForm(auto_id="decline_%s"), status)


@require_POST
@role_required(*DECIDERS)
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    row, actor = _proposal(request, pk), actor_of(request)
    form, status = DeclineForm(request.POST, auto_id="decline_%s"), 422
    if form.is_valid():
        made, status = attempt(
            form, lambda: proposing.decline(proposal=row, actor=actor, reason=form.cleaned_data["reason"])
        )
        if made is not None:
            messages.success(request, _("已记下不采纳的理由。"))
            return redirect("leaders:proposals")
    return _show(request, _proposal(request, pk), confirm_form(row, actor, None), form, status)


def confirm_form(row: PackageProposal, actor: Actor, data: Any) -> ConfirmForm:
    level = row.package.level if row.package is not None else PackageLevel.IN_CHARGE
    if row.kind == ProposalKind.RAISE:
        level = min(level + 1, PackageLevel.CHIEF)
    since = now() - timedelta(days=366)
    meetings = Meeting.objects.visible_to(actor).filter(state=MeetingState.ISSUED, starts_at__gte=since)
    return ConfirmForm(
        data,
        posts=leader_posts(actor, local_day(now())),
        level=level,
        post=row.post,
        meetings=meetings.order_by("-starts_at"),
    )


def _show(
    request: HttpRequest, row: PackageProposal, form: ConfirmForm, decline_form: DeclineForm, status: int
) -> HttpResponse:
    is_open = row.state == ProposalState.OPEN
    bound = form.is_bound or decline_form.is_bound
    context = {
        "proposal": row,
        "form": form if is_open or bound else None,
        "decline_form": decline_form if is_open or bound else None,
    }
    return render(request, "leaders/proposal_detail.html", context, status=status)
