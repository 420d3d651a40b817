"""The desk: lists with saved views, the preview beside them, the case page, and why a clock is due when it is."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.decorators import role_required
from accounts.enums import Role
from accounts.services import audit
from core.htmx import is_htmx, render_page
from core.paging import Page
from core.timekeeping import now
from deadlines.selectors import explain
from petitions import extensions
from petitions.archive_enums import LookKind
from petitions.enums import Status
from petitions.filters import PetitionFilter
from petitions.models import Petition
from petitions.selectors import archive, case, desk
from petitions.selectors.veiling import over_case, over_rows
from petitions.services.looking import count_look
from petitions.views.asking import actor_of

reads_cases = role_required(*desk.READER_ROLES)


@require_safe
@reads_cases
def list_cases(request: HttpRequest) -> HttpResponse:
    """One saved view, filtered and paged by key. A filter that cannot be read answers 422 with its sentence."""
    actor, at = actor_of(request), now()
    views = desk.views_of(actor)
    asked = request.GET.get("view") or views[0].key
    view = next((one for one in views if one.key == asked), views[0])
    default = desk.BY_DUE if view.by_due else desk.NEWEST
    sort = request.GET.get("sort") or default
    filters = PetitionFilter(request.GET, queryset=desk.cases(actor, view, at=at), request=request)
    trouble = _trouble(asked != view.key, sort not in desk.SORTS)
    page: Page[Petition] = Page([], None, None)
    if filters.is_valid() and not trouble:
        page = desk.page_of(filters.qs, sort=sort, cursor=request.GET.get("cursor"))
        list_on_record(request, page.items)
        over_rows(page.items, actor)
    context = {
        "view": view,
        "sort": sort,
        "filter": filters,
        "page": page,
        "trouble": trouble,
        "narrowed": _narrowed(filters),
        "found": desk.found(filters.qs)
        if filters.is_valid() and not trouble and _narrowed(filters)
        else None,
        "can_send": actor.role == Role.PETITION_OFFICER and view.key == "forwarding",
        "marks": {row.pk: case.marks(row) for row in page.items},
        "beside": extensions.links_beside_list(actor),
    }
    status = 422 if trouble or not filters.form.is_valid() else 200
    if is_htmx(request):
        return _vary(render(request, "petitions/_desk_results.html", context, status=status))
    context["tabs"] = desk.tabs(actor, active=view.key, base_url=reverse("petitions:list"), at=at)
    return _vary(render(request, "petitions/desk_list.html", context, status=status))


def _narrowed(filters: PetitionFilter) -> bool:
    return any(filters.form.cleaned_data.values()) if filters.form.is_valid() else True


def _vary(response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, ["HX-Request"])
    return response


def _trouble(unknown_view: bool, unknown_sort: bool) -> str:
    if unknown_view:
        return _("没有这个视图，或您当前的岗位不用它。请从上面的标签中选择。")
    if unknown_sort:
        return _("没有这种排列方式，请按登记时间或按期限排列。")
    return ""


@require_safe
@reads_cases
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """The case page. Each look is on record; of a sealed case it is so by law (条例 30)."""
    petition = case.find(actor_of(request), number)
    look_on_record(request, petition, "page")
    context = case.page_context(petition, actor_of(request), now())
    context["parts"] = extensions.case_parts(petition, actor_of(request), now())
    context["archive"] = archive.block_of(petition, actor_of(request))
    response = render(request, "petitions/petition_detail.html", context)
    response["Cache-Control"] = "no-store, private"
    return response


@require_safe
@reads_cases
def preview(request: HttpRequest, number: str) -> HttpResponse:
    """The right side of a wide list: what a reader needs to decide whether to open the case."""
    petition = case.find(actor_of(request), number)
    look_on_record(request, petition, "preview")
    front, rare = case.next_steps(petition, actor_of(request), now())
    context: dict[str, Any] = {
        "petition": petition,
        "marks": case.marks(petition),
        "events": case.timeline(petition, actor_of(request))[:3],
        "requests": list(petition.requests.all()),
        "steps": front,
        "more": len(rare),
    }
    over_case(context, petition, actor_of(request))
    response = render_page(
        request, "petitions/petition_preview.html", "petitions/_petition_preview.html", context
    )
    response["Cache-Control"] = "no-store, private"
    return response


@require_safe
@reads_cases
def clock(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Why a clock is due when it is, who was told, and what comes next."""
    petition = case.find(actor_of(request), number)
    found = petition.clocks.select_related("rule").filter(pk=pk).first()
    if found is None:
        raise Http404
    if petition.sealed:
        look_on_record(request, petition, "clock")
    found.petition = petition
    context = {"petition": petition, "explanation": explain(found), "made": case.made_and_served(found)}
    return render_page(request, "petitions/petition_clock.html", "petitions/_petition_clock.html", context)


def list_on_record(request: HttpRequest, rows: Iterable[Petition]) -> None:
    """Which sealed cases a list or a search showed, in one entry (条例 30)."""
    sealed = [row.pk for row in rows if row.sealed]
    if sealed:
        audit.record(actor=actor_of(request), act="petition.list", detail={"sealed": sealed})


def look_on_record(request: HttpRequest, petition: Petition, where: str) -> None:
    detail = {"where": where, "status": Status(petition.status).value}
    with transaction.atomic() if petition.sealed else nullcontext():
        audit.record(actor=actor_of(request), act="petition.look", obj=petition, detail=detail)
        if petition.sealed:
            count_look(actor=actor_of(request), petition=petition, kind=LookKind.SEALED)
