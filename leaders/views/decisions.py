"""待批: everything that waits for one's word, on one page; each opens the screen on which it is decided."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.decorators import role_required
from accounts.enums import Role
from leaders.decisions import waiting
from leaders.selectors import striking
from petitions.views.asking import actor_of


@require_safe
@role_required(Role.LEADER, Role.UNIT_HEAD, Role.PETITION_OFFICER)
def decision_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    context = {"kinds": waiting(actor), "held": striking.held(actor)}
    return render(request, "leaders/decision_list.html", context)
