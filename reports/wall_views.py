"""The wall display: the screen itself, which needs no login, and the petition office's list of addresses."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts.decorators import role_required
from core import throttle
from core.errors import Refusal
from core.htmx import is_htmx
from core.timekeeping import now
from petitions.views.asking import actor_of, attempt
from reports import brief_rules
from reports.models import WallLink
from reports.selectors.wall import wall
from reports.services import walls
from reports.wall_forms import WallForm

#: Addresses that were not one, from one network in a quarter of an hour.
MISSES, WINDOW_SECONDS = 20, 900
SHOWN = 60


@never_cache
@require_safe
def screen(request: HttpRequest, token: str) -> HttpResponse:
    """The screen; where it asks by itself, its numbers alone. A withdrawn one loads itself anew and is gone."""
    link = walls.link_of(token)
    if link is None:
        # Counted before anything is answered: whoever guesses may send the header of a screen that asks by itself.
        try:
            throttle.require(
                f"wall:{throttle.client_network(request)}",
                MISSES,
                WINDOW_SECONDS,
                sentence=_("试的次数太多了，请过一刻钟再试。"),
            )
        except Refusal:
            # A screen that was withdrawn goes dark whatever others of its network tried: it loads itself anew.
            if not is_htmx(request):
                raise
        if is_htmx(request):
            return HttpResponseClientRefresh()
        raise Http404
    template = "reports/_wall.html" if is_htmx(request) else "reports/wall.html"
    response = render(request, template, {"wall": wall(link.made_by.unit)})
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*brief_rules.MAKERS)
def links(request: HttpRequest) -> HttpResponse:
    """All addresses, and a new one; it is shown once."""
    actor = actor_of(request)
    walls.require_keeper(actor)
    form, status, address = WallForm(request.POST or None), 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            made, status = attempt(form, lambda: walls.make_link(actor=actor, name=form.cleaned_data["name"]))
            if made is not None:
                address = request.build_absolute_uri(reverse("reports:wall", args=[made[1]]))
                form = WallForm()
                messages.success(request, _("地址已生成，只显示这一次。"))
    rows = WallLink.objects.select_related("made_by__user", "made_by__unit", "ended_by__user")
    context = {
        "form": form,
        "address": address,
        "links": rows.order_by("-ended_at", "-made_at")[:SHOWN],
        "now": now(),
    }
    return render(request, "reports/walls.html", context, status=status)


@require_POST
@role_required(*brief_rules.MAKERS)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw an address; the screen goes dark within half a minute."""
    actor = actor_of(request)
    walls.require_keeper(actor)
    link = get_object_or_404(WallLink, pk=pk)
    walls.end_link(link=link, actor=actor)
    messages.success(request, _("“%(name)s”的地址已停用，大屏半分钟内停止显示。") % {"name": link.name})
    return redirect("reports:walls")
