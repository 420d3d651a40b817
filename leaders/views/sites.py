"""Sites: the list, adding one, changing one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.decorators import role_required
from accounts.enums import Role
from core.paging import paginate
from core.timekeeping import local_day, now
from leaders.forms.sites import SiteForm
from leaders.models import Site
from leaders.services import sites as service
from petitions.views.asking import actor_of, attempt


@require_safe
@role_required(Role.PETITION_OFFICER)
def site_list(request: HttpRequest) -> HttpResponse:
    found = Site.objects.visible_to(actor_of(request)).select_related("unit")
    page = paginate(found, order=["unit__path", "id"], cursor=request.GET.get("cursor"))
    return render(request, "leaders/site_list.html", {"page": page, "today": local_day(now())})


@role_required(Role.PETITION_OFFICER)
def site_add(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    form = SiteForm(request.POST or None, actor=actor, initial={"used_from": local_day(now())})
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        made, status = attempt(form, lambda: service.add_site(actor=actor, facts=form.facts()))
        if made:
            messages.success(request, _("已登记接访场所。"))
            return redirect("leaders:sites")
    return render(request, "leaders/site_form.html", {"form": form, "site": None}, status=status)


@role_required(Role.PETITION_OFFICER)
def site_change(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    site = get_object_or_404(Site.objects.visible_to(actor).select_related("unit"), pk=pk)
    initial = {name: getattr(site, name) for name in service.COLUMNS} | {"unit": site.unit_id}
    form = SiteForm(request.POST or None, actor=actor, initial=initial)
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        made, status = attempt(form, lambda: service.change_site(site=site, actor=actor, facts=form.facts()))
        if made:
            messages.success(request, _("已更改接访场所。"))
            return redirect("leaders:sites")
    return render(request, "leaders/site_form.html", {"form": form, "site": site}, status=status)
