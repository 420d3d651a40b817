"""待批: everything that waits for one's word, on one page; each opens the screen on which it is decided."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.decorators import role_required
from accounts.enums import Role
from leaders.decisions import waiting
from petitions.views.asking import actor_of


@require_safe
@role_required(Role.LEADER, Role.UNIT_HEAD)
def decision_list(request: HttpRequest) -> HttpResponse:
    return render(request, "leaders/decision_list.html", {"kinds": waiting(actor_of(request))})
