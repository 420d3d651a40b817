"""分片包联: the office's list, naming and ending; and the pages residents read."""

from __future__ import annotations

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import role_required, staff_required
from accounts.enums import Role
from accounts.models import Unit
from core.errors import Refusal
from core.paging import paginate
from core.text import clean_text
from core.timekeeping import local_day, now
from leaders import rules
from leaders.enums import LeaderAct
from leaders.forms.areas import AreaForm
from leaders.models import LeaderArea
from leaders.selectors import areas as selectors
from leaders.selectors.days import leader_posts
from leaders.services import areas as service
from petitions.views.asking import actor_of, attempt

VIEWS = (("now", "现任"), ("all", "全部"))


@require_safe
def public_areas(request: HttpRequest) -> HttpResponse:
    """For residents: find one's town or village, and who looks after it. No login."""
    words = clean_text(request.GET.get("q", "").replace("\0", ""))[:40]
    context = {"lines": selectors.public_areas(now(), words), "words": words}
    return render(request, "leaders/public_areas.html", context)


@require_safe
def public_area(request: HttpRequest, pk: int) -> HttpResponse:
    """One town or village: its leaders, when they receive next, their inboxes with a code to scan."""
    at = now()
    units = Unit.objects.active(local_day(at)).filter(kind__in=service.AREA_KINDS).select_related("parent")
    page = selectors.area_page(get_object_or_404(units, pk=pk), at)
    boxes = [(box, _code(request, box.slug)) for box in page.inboxes]
    return render(request, "leaders/public_area.html", {"area": page, "boxes": boxes})


def _code(request: HttpRequest, slug: str) -> str:
    address = request.build_absolute_uri(reverse("leaders:inbox_public", args=[slug]))
    return segno.make(address, error="m").svg_data_uri(scale=3, border=2)


@require_safe
@staff_required
def area_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    keeps = rules.may(LeaderAct.KEEP_AREAS, actor)
    chosen = "all" if keeps and request.GET.get("view") == "all" else "now"
    found = LeaderArea.objects.visible_to(actor)
    if chosen == "now":
        found = found.current(local_day(now()))
    page = paginate(found.with_row_relations(), order=["unit__path", "id"], cursor=request.GET.get("cursor"))
    context = {
        "page": page,
        "keeps": keeps,
        "today": local_day(now()),
        "tabs": [
            {"label": _(label), "url": f"?view={key}", "active": key == chosen, "count": None}
            for key, label in VIEWS
        ]
        if keeps
        else [],
    }
    return render(request, "leaders/area_list.html", context)


@role_required(Role.PETITION_OFFICER)
def area_add(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    rules.require(LeaderAct.KEEP_AREAS, actor)
    form = AreaForm(request.POST or None, posts=leader_posts(actor, local_day(now())))
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made, status = attempt(form, lambda: service.add_area(actor=actor, **data))
        if made:
            messages.success(request, _("已登记，居民在本地的页面上看得到。"))
            return redirect("leaders:areas")
    return render(request, "leaders/area_form.html", {"form": form}, status=status)


@require_POST
@role_required(Role.PETITION_OFFICER)
def area_end(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    rules.require(LeaderAct.KEEP_AREAS, actor)
    area = get_object_or_404(LeaderArea.objects.visible_to(actor), pk=pk)
    try:
        service.end_area(area=area, actor=actor)
        messages.success(request, _("已结束，记录保留。"))
    except Refusal as refusal:
        messages.warning(request, refusal.sentence)
    return redirect("leaders:areas")
