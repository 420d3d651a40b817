"""The leader's first page, made for a phone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.decorators import role_required
from accounts.enums import Role
from core.paging import paginate
from core.timekeeping import now
from leaders.selectors.home import changes_since_yesterday, leader_home, own_case_ids, with_labels
from petitions.views.asking import actor_of


@require_safe
@role_required(Role.LEADER)
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "leaders/home.html", {"home": leader_home(actor_of(request))})


@require_safe
@role_required(Role.LEADER)
def changes(request: HttpRequest) -> HttpResponse:
    """All that happened on one's own cases since yesterday 00:00."""
    actor = actor_of(request)
    events = changes_since_yesterday(actor, own_case_ids(actor), now())
    page = paginate(events, order=["-at", "-id"], cursor=request.GET.get("cursor"))
    with_labels(page.items)
    return render(request, "leaders/change_list.html", {"page": page})
