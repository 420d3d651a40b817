"""The tree of units: list, search by typing, one unit."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import rules, selectors
from accounts.decorators import role_required
from accounts.enums import Role, UnitKind
from accounts.filters import UnitFilter
from accounts.forms import KindForm, SuccessionForm, UnitForm
from accounts.forms.units import values_of
from accounts.middleware import StaffRequest
from accounts.models import Unit
from accounts.services import successions, unit_changes
from accounts.views.asking import Tried, attempt, posted
from core.paging import capped_count, paginate
from core.timekeeping import local_day, now


def _unit_or_404(pk: str) -> Unit:
    """A unit named in the address; anything that is no id names none."""
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        raise Http404
    unit: Unit = get_object_or_404(Unit.objects.select_related("parent", "review_superior"), pk=int(pk))
    return unit


@require_safe
@role_required(*rules.KEEPERS)
def unit_list(request: StaffRequest) -> HttpResponse:
    """The tree from the root down, indented, by key; ``?under=ID`` opens one branch. The system administrator keeps
    it; to the security administrator a line leads to ``unit_kind``."""
    under = _unit_or_404(request.GET["under"]) if request.GET.get("under") else None
    start = Unit.objects.subtree(under) if under else Unit.objects.all()
    found = UnitFilter(request.GET, queryset=start)
    valid = found.is_valid()
    rows = found.qs if valid else start.none()
    page = paginate(
        selectors.with_tree_columns(rows, local_day(now())),
        order=["path"],
        cursor=request.GET.get("cursor"),
        size=60,
    )
    context = {
        "filter": found,
        "page": page,
        "count": capped_count(rows),
        "under": under,
        "above": selectors.unit_and_ancestors(under)[::-1] if under else [],
        "searching": any(request.GET.get(name) for name in found.filters),
        "top": under.depth if under else 1,
        "may_keep": request.actor.role == Role.SYSTEM_ADMIN,
    }
    return render(request, "accounts/unit_list.html", context, status=200 if valid else 422)


@require_safe
@role_required(*rules.KEEPERS)
def unit_search(request: HttpRequest) -> JsonResponse:
    """Units by name, short name or code, for the box one types in: ``[{value, label, path}]``."""
    words = request.GET.get("q", "").replace("\x00", "")[:60]
    units = selectors.units_called(words, on=local_day(now())) if words.strip() else []
    rows = [{"value": u.pk, "label": u.label, "path": u.parent.label if u.parent else ""} for u in units]
    return JsonResponse(rows, safe=False)


@role_required(Role.SYSTEM_ADMIN)
def unit_add(request: StaffRequest) -> HttpResponse:
    under = request.GET.get("under", "")
    form = UnitForm(posted(request), initial={"parent": under, "valid_from": local_day(now())})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            made, status = attempt(form, lambda: unit_changes.add_unit(by=request.actor, **data))
            if made:
                messages.success(request, _("“%(unit)s”已登记。") % {"unit": made.name})
                return redirect(f"{reverse('accounts:units')}?under={data['parent'].pk}")
    return render(request, "accounts/unit_form.html", {"form": form}, status=status)


@role_required(Role.SYSTEM_ADMIN)
def unit_edit(request: StaffRequest, pk: int) -> HttpResponse:
    unit = _unit_or_404(str(pk))
    form = UnitForm(posted(request), unit=unit, initial=values_of(unit))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            done, status = attempt(
                form,
                lambda: unit_changes.change_unit(unit=unit, by=request.actor, **data),
                Tried(request, "unit.change", unit),
            )
            if done:
                messages.success(request, _("“%(unit)s”已保存。") % {"unit": done.name})
                above = f"?under={done.parent_id}" if done.parent_id else ""
                return redirect(f"{reverse('accounts:units')}{above}")
    context = {"form": form, "unit": unit, "above": selectors.unit_and_ancestors(unit)[::-1]}
    return render(request, "accounts/unit_form.html", context, status=status)


@role_required(Role.SYSTEM_ADMIN)
def unit_succession(request: StaffRequest, pk: int) -> HttpResponse:
    """Who takes over when the unit ends (条例 24)."""
    unit = _unit_or_404(str(pk))
    rows = list(unit.succeeded_by.select_related("successor", "recorded_by").order_by("successor__path"))
    initial = {"successors": [row.successor_id for row in rows], "basis": rows[0].basis if rows else ""}
    form = SuccessionForm(posted(request), initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = {"successors": list(form.cleaned_data["successors"]), "basis": form.cleaned_data["basis"]}
            done, status = attempt(
                form,
                lambda: successions.record(unit=unit, by=request.actor, **data),
                Tried(request, "unit.succession", unit),
            )
            if done:
                messages.success(request, _("“%(unit)s”的承继机构已登记。") % {"unit": unit.name})
                return redirect("accounts:unit_succession", pk=pk)
    context = {
        "form": form,
        "unit": unit,
        "rows": rows,
        "over": any(row.followed_at for row in rows),
        "above": selectors.unit_and_ancestors(unit)[::-1],
    }
    return render(request, "accounts/unit_succession.html", context, status=status)


@role_required(Role.SECURITY_ADMIN)
def unit_kind(request: StaffRequest, pk: int) -> HttpResponse:
    """Says who would see sealed cases then, and asks for the reason; no form for a unit of one's own."""
    unit, actor = _unit_or_404(str(pk)), request.actor
    form = KindForm(posted(request), unit=unit)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            kind, reason = UnitKind(form.cleaned_data["kind"]), form.cleaned_data["reason"]
            tried = Tried(request, "unit.discipline", unit, {"was": str(unit.kind), "kind": str(kind)})
            done, status = attempt(
                form, lambda: unit_changes.change_kind(unit=unit, by=actor, kind=kind, reason=reason), tried
            )
            if done:
                words = {"unit": done.name, "kind": kind.label}
                messages.success(request, _("“%(unit)s”的性质已改为“%(kind)s”。") % words)
                return redirect("accounts:unit_kind", pk=pk)
    context = {
        "form": form,
        "unit": unit,
        "ends": unit.kind == UnitKind.DISCIPLINE,
        "is_own": actor.user is not None and selectors.ever_in(actor.user, unit),
        "posts": selectors.posts_in(unit, local_day(now())),
        "above": selectors.unit_and_ancestors(unit)[::-1],
    }
    return render(request, "accounts/unit_kind.html", context, status=status)
