"""Packages: the list by lamp, one package, taking one in hand, striking it off."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import Actor
from accounts.decorators import role_required, staff_required
from accounts.enums import Role
from core.errors import Refusal
from core.paging import capped_count, paginate
from core.timekeeping import local_day, now
from deadlines.selectors import explain
from leaders import rules
from leaders.enums import LeaderAct, PackageLevel, PackageState
from leaders.forms.packages import PackageForm, StrikeOffForm
from leaders.models import CasePackage, PackageClock
from leaders.selectors.days import leader_posts
from leaders.selectors.instructions import instructions_on
from leaders.selectors.packages import package_row, package_rows
from leaders.services import packages as service
from petitions.models import Petition
from petitions.views.asking import actor_of, attempt

VIEWS = (("mine", "我的包案"), ("open", "包案中"), ("late", "超期"), ("struck", "已销案"))


@require_safe
@role_required(Role.LEADER, Role.PETITION_OFFICER, Role.INSPECTOR, Role.UNIT_HEAD, Role.HANDLER)
def package_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    chosen = request.GET.get("view", "mine" if actor.role == Role.LEADER else "open")
    tabs = [(key, label) for key, label in VIEWS if key != "mine" or actor.role == Role.LEADER]
    if chosen not in dict(tabs):
        chosen = tabs[0][0]
    found = _of_view(actor, chosen)
    order = ["-struck_off_at", "-id"] if chosen == "struck" else ["target_on", "id"]
    page = paginate(found.with_row_relations(), order=order, cursor=request.GET.get("cursor"))
    return render(
        request,
        "leaders/package_list.html",
        {
            "page": page,
            "rows": package_rows(page.items),
            "tabs": [
                {"label": _(label), "url": f"?view={key}", "active": key == chosen, "count": None}
                for key, label in tabs
            ],
            "count": capped_count(found),
            "may_assign": rules.may(LeaderAct.ASSIGN_PACKAGE, actor),
        },
    )


def _of_view(actor: Actor, view: str) -> Any:
    packages = CasePackage.objects.visible_to(actor)
    if view == "struck":
        return packages.filter(state=PackageState.STRUCK_OFF)
    packages = packages.open()
    if actor.role == Role.LEADER and view in {"mine", "late"}:
        packages = packages.filter(leader=actor.user)
    return packages.filter(target_on__lt=local_day(now())) if view == "late" else packages


def _package_or_404(request: HttpRequest, pk: int) -> CasePackage:
    found = CasePackage.objects.visible_to(actor_of(request)).with_row_relations()
    package: CasePackage = get_object_or_404(found, pk=pk)
    return package


@require_safe
@staff_required
def package(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _package_or_404(request, pk), StrikeOffForm())


def _show(request: HttpRequest, package: CasePackage, form: StrikeOffForm, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    may_strike = package.is_open and rules.may(
        LeaderAct.STRIKE_OFF, actor, leader=package.post, petition=package.petition
    )
    context = {
        "package": package,
        "row": package_row(package),
        "tasks": instructions_on(package.petition, actor),
        "records": package.petition.visit_records.select_related("leader").order_by("-at")[:20],
        "form": form if may_strike else None,
        "may_instruct": actor.role == Role.LEADER,
    }
    return render(request, "leaders/package_detail.html", context, status=status)


@require_POST
@staff_required
def strike_off(request: HttpRequest, pk: int) -> HttpResponse:
    package, actor = _package_or_404(request, pk), actor_of(request)
    rules.require(LeaderAct.STRIKE_OFF, actor, leader=package.post, petition=package.petition)
    form, status = StrikeOffForm(request.POST), 422
    if form.is_valid():
        done, status = attempt(
            form, lambda: service.strike_off(package=package, actor=actor, **form.cleaned_data)
        )
        if done:
            messages.success(request, _("已销案。案件按自己的程序继续。"))
            return redirect(package)
    return _show(request, _package_or_404(request, pk), form, status)


@role_required(Role.LEADER, Role.PETITION_OFFICER)
def package_add(request: HttpRequest) -> HttpResponse:
    """Take a case in hand, or put it into a leader's; ``?number=`` comes from the case page."""
    actor, today = actor_of(request), local_day(now())
    rules.require(LeaderAct.ASSIGN_PACKAGE, actor)
    posts = leader_posts(actor, today)
    form = PackageForm(request.POST or None, posts=posts, initial={"number": request.GET.get("number", "")})
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        made, status = attempt(form, lambda: _assign(actor, form.cleaned_data))
        if made:
            words = _("%(number)s 已由%(who)s包案。")
            who = made.leader.get_full_name()
            messages.success(request, words % {"number": made.petition.number, "who": who})
            return redirect(made)
    return render(request, "leaders/package_form.html", {"form": form}, status=status)


def _assign(actor: Actor, data: dict[str, Any]) -> CasePackage:
    case = Petition.objects.visible_to(actor).filter(number=data["number"], sealed=False).first()
    if case is None:
        raise Refusal(_("没有找到这个编号的信访件。"), code="invalid")
    return service.assign_package(
        petition=case,
        actor=actor,
        post=data["post"],
        target_on=data["target_on"],
        reason=data["reason"],
        level=PackageLevel(data["level"]),
    )


@require_safe
@staff_required
def package_clock(request: HttpRequest, pk: int, clock: int) -> HttpResponse:
    package = _package_or_404(request, pk)
    found = get_object_or_404(PackageClock.objects.select_related("rule"), pk=clock, package=package)
    context = {"explanation": explain(found), "clock": found, "back": package.get_absolute_url()}
    return render(request, "leaders/clock.html", context)
