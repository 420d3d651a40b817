"""Packages: the list by lamp, one package, taking one in hand, striking it off."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.actor import Actor
from accounts.decorators import role_required, staff_required
from accounts.enums import Role
from core.paging import capped_count, paginate
from core.timekeeping import local_day, now
from deadlines.selectors import explain
from leaders import rules
from leaders.enums import LeaderAct, PackageLevel, PackageState
from leaders.forms.packages import ClassForm, PackageForm
from leaders.models import CasePackage, PackageClock
from leaders.selectors.days import leader_posts
from leaders.selectors.figures import narrowed
from leaders.selectors.package_classes import of_a_class
from leaders.selectors.packages import package_rows
from leaders.services import packages as service
from leaders.services.proposing import leaderless
from leaders.views.cases import case_numbered
from leaders.views.package_steps import package_or_404, show
from petitions.views.asking import actor_of, attempt

VIEWS = (
    ("mine", "我的包案"),
    ("open", "包案中"),
    ("late", "超期"),
    ("without", "领导离任"),
    ("struck", "已销案"),
)
#: Opened by a number of the leader's first page or of the figures; no tab of its own otherwise.
BY_NUMBER = {"counted": "按统计", "soon": "将到期", "fine": "正常"}


@require_safe
@role_required(Role.LEADER, Role.PETITION_OFFICER, Role.INSPECTOR, Role.UNIT_HEAD, Role.HANDLER)
def package_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    chosen = request.GET.get("view", "mine" if actor.role == Role.LEADER else "open")
    tabs = [(key, label) for key, label in VIEWS if key != "mine" or actor.role == Role.LEADER]
    if chosen in BY_NUMBER:
        tabs.append((chosen, BY_NUMBER[chosen]))
    if chosen not in dict(tabs):
        chosen = tabs[0][0]
    found = narrowed(_of_view(actor, chosen), request.GET)
    order = ["-struck_off_at", "-id"] if chosen == "struck" else ["target_on", "id"]
    page = paginate(found.with_row_relations(), order=order, cursor=request.GET.get("cursor"))
    return render(
        request,
        "leaders/package_list.html",
        {
            "page": page,
            "rows": package_rows(page.items),
            "tabs": [
                {
                    "label": _(label),
                    "url": f"?{request.GET.urlencode()}" if key == "counted" else f"?view={key}",
                    "active": key == chosen,
                    "count": None,
                }
                for key, label in tabs
            ],
            "count": capped_count(found),
            "may_decide": rules.may(LeaderAct.CONFIRM_PROPOSAL, actor),
            "may_assign": rules.may(LeaderAct.ASSIGN_PACKAGE, actor),
        },
    )


def _of_view(actor: Actor, view: str) -> Any:
    packages = CasePackage.objects.visible_to(actor)
    if view == "counted":
        return packages
    if view == "struck":
        return packages.filter(state=PackageState.STRUCK_OFF)
    packages = packages.open()
    if view == "without":
        return packages.filter(leaderless(local_day(now())))
    if actor.role == Role.LEADER and view in {"mine", "late", "soon", "fine"}:
        packages = packages.filter(leader=actor.user)
    if view in {"soon", "fine"}:
        near = PackageClock.objects.filter(package=OuterRef("pk"), stopped_at=None, soon_at__lte=now())
        packages = packages.filter(
            Exists(near) if view == "soon" else ~Exists(near), target_on__gte=local_day(now())
        )
    return packages.filter(target_on__lt=local_day(now())) if view == "late" else packages


@require_safe
@staff_required
def package(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, package_or_404(request, pk), {})


@role_required(Role.LEADER, Role.PETITION_OFFICER)
def package_add(request: HttpRequest) -> HttpResponse:
    """Take a case in hand, or put it into a leader's; ``?number=`` comes from the case page, ``?matter=`` and
    ``?place=`` fill in the cases of a class, to be looked through before they are sent."""
    actor, today = actor_of(request), local_day(now())
    rules.require(LeaderAct.ASSIGN_PACKAGE, actor)
    posts = leader_posts(actor, today)
    asked = request.GET if {"matter", "place"} & set(request.GET) else None
    of_class = ClassForm(asked)
    initial = _of_a_class(actor, of_class) or {"number": request.GET.get("number", "")}
    form = PackageForm(request.POST or None, posts=posts, initial=initial)
    status = 200 if request.method == "GET" and (asked is None or of_class.is_valid()) else 422
    if request.method == "POST" and form.is_valid():
        made, status = attempt(form, lambda: _assign(actor, form.cleaned_data))
        if made:
            words = _("%(number)s 已由%(who)s包案。")
            who = made.leader.get_full_name()
            messages.success(request, words % {"number": made.petition.number, "who": who})
            return redirect(made)
    context = {"form": form, "of_class": of_class, "filled": initial.get("filled")}
    return render(request, "leaders/package_form.html", context, status=status)


def _of_a_class(actor: Actor, form: ClassForm) -> dict[str, str]:
    """What the form begins with: the numbers of the class and how many they are."""
    if not form.is_bound or not form.is_valid():
        return {}
    most = service.MOST_CASES
    found = of_a_class(actor, matter=form.cleaned_data["matter"], place=form.cleaned_data["place"], most=most)
    if not found:
        return {"filled": _("没有找到还没有包案的件。")}
    words = _("已填入 %(n)d 件，请逐件看过，不合适的删去。")
    if len(found) > most:
        words = _("符合的不止 %(n)d 件，一个包案最多这么多，已填入时间最长的；请逐件看过，不合适的删去。")
    numbers = [case.number for case in found[:most]]
    filled = words % {"n": len(numbers)}
    return {"number": numbers[0], "more": "\n".join(numbers[1:]), "filled": filled}


def _assign(actor: Actor, data: dict[str, Any]) -> CasePackage:
    first, *more = [case_numbered(number, actor) for number in (data["number"], *data["more"].split())]
    return service.assign_package(
        petition=first,
        more=more,
        actor=actor,
        post=data["post"],
        target_on=data["target_on"],
        reason=data["reason"],
        level=PackageLevel(data["level"]),
    )


@require_safe
@staff_required
def package_clock(request: HttpRequest, pk: int, clock: int) -> HttpResponse:
    package = package_or_404(request, pk)
    found = get_object_or_404(PackageClock.objects.select_related("rule"), pk=clock, package=package)
    context = {"explanation": explain(found), "clock": found, "back": package.get_absolute_url()}
    return render(request, "leaders/clock.html", context)
