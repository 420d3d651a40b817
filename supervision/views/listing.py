"""挂牌督办: the red list, putting a supervision on it, ticking milestones."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import role_required, staff_required
from accounts.enums import Role
from core.paging import paginate
from core.timekeeping import local_day, now
from petitions.views.asking import actor_of, attempt
from supervision import rules
from supervision.enums import LIVE, SupervisionAct
from supervision.forms import TickForm
from supervision.models import Listing, Milestone
from supervision.querysets import oversees
from supervision.services import listing as service
from supervision.views.cases import TICK, act_on, or_404, show


@require_safe
@role_required(Role.LEADER, Role.INSPECTOR, Role.PETITION_OFFICER)
def red_list(request: HttpRequest) -> HttpResponse:
    """What is on the list, the earliest date first, with the next milestone of each."""
    actor, today = actor_of(request), local_day(now())
    if actor.role != Role.LEADER and not oversees(actor):
        raise PermissionDenied
    ended = request.GET.get("view") == "ended"
    found = Listing.objects.visible_to(actor).with_row_relations()
    found = found.exclude(supervision__state__in=LIVE) if ended else found.filter(supervision__state__in=LIVE)
    page = paginate(found, order=["due_on", "id"], cursor=request.GET.get("cursor"))
    rows = [
        {"listing": one, "next": next((node for node in one.milestones.all() if node.done_at is None), None)}
        for one in page.items
    ]
    tabs: list[dict[str, Any]] = [
        {"label": label, "url": f"?view={key}", "active": (key == "ended") == ended, "count": None}
        for key, label in (("open", _("挂牌中")), ("ended", _("已摘牌")))
    ]
    return render(
        request, "supervision/red_list.html", {"page": page, "rows": rows, "today": today, "tabs": tabs}
    )


@require_POST
@staff_required
def put(request: HttpRequest, pk: int) -> HttpResponse:
    sentence = _("已挂牌，单位会收到提醒。")
    return act_on(request, pk, SupervisionAct.LIST, service.put_on_list, sentence)


@require_POST
@staff_required
def tick(request: HttpRequest, pk: int, milestone: int) -> HttpResponse:
    row, actor = or_404(request, pk), actor_of(request)
    node = get_object_or_404(Milestone, pk=milestone, listing__supervision=row)
    rules.require(SupervisionAct.EFFORT, actor, supervision=row)
    form, status = TickForm(request.POST, auto_id=False), 422
    if form.is_valid():
        done, status = attempt(
            form,
            lambda: service.tick(
                supervision=row, milestone=node, actor=actor, note=form.cleaned_data["note"]
            ),
        )
        if done:
            messages.success(request, _("节点已登记完成。"))
            return redirect(row)
    return show(request, or_404(request, pk), {f"{TICK}{node.pk}": form}, status)
