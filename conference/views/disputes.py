"""管辖争议: the list, one with its steps, opening one from a case, and how it is decided."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actor import Actor
from accounts.decorators import role_required, staff_required
from conference import rules, selectors
from conference.enums import LIVE, ConferenceAct, DisputeState
from conference.forms import DisputeForm, RaiseForm, SettleForm
from conference.models import Dispute
from conference.querysets import keeps
from conference.services import disputing
from conference.views.meetings import tabs_of
from core.forms import FASTER, BaseForm
from core.paging import paginate
from petitions import rules as petition_rules
from petitions.enums import Act, Status
from petitions.models import Petition
from petitions.querysets import unsealed_cases
from petitions.selectors.desk import WORKERS
from petitions.selectors.veiling import over_rows
from petitions.views.asking import actor_of, attempt, case_or_404

A = ConferenceAct
#: Objections after which an officer is shown the case as one that may be in dispute.
OFTEN, SHOWN = 2, 10


@require_safe
@role_required(*WORKERS)
def dispute_list(request: HttpRequest) -> HttpResponse:
    """Those that somebody still has to decide first; the rest behind a tab."""
    actor, ended = actor_of(request), request.GET.get("view") == "ended"
    found = Dispute.objects.visible_to(actor).with_row_relations()
    found = found.exclude(state__in=LIVE) if ended else found.filter(state__in=LIVE)
    page = paginate(found, order=["-opened_at", "-id"], cursor=request.GET.get("cursor"))
    context = {
        "page": page,
        "rows": selectors.dispute_rows(page.items, actor),
        "tabs": tabs_of("disputes"),
        "views": [
            {"label": label, "url": f"?view={key}", "active": (key == "ended") == ended, "count": None}
            for key, label in (("open", _("协调中")), ("ended", _("已了结")))
        ],
        "often": _often_objected(actor) if keeps(actor) and not ended else [],
    }
    return render(request, "conference/dispute_list.html", context)


def _often_objected(actor: Actor) -> list[Petition]:
    """Cases over which nobody has opened a dispute though units objected again and again."""
    cases: Any = unsealed_cases(actor).filter(status__in=disputing.DISPUTED_IN)
    cases = cases.annotate(n=Count("objections")).filter(n__gte=OFTEN)
    cases = cases.exclude(disputes__state__in=[*LIVE, DisputeState.DECIDED])
    rows: list[Petition] = list(cases.select_related("complained_unit").order_by("-n", "-id")[:SHOWN])
    over_rows(rows, actor)
    return rows


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def open_one(request: HttpRequest, number: str) -> HttpResponse:
    case, actor = case_or_404(request, number), actor_of(request)
    rules.require(A.OPEN, actor, petition=case)
    form = DisputeForm(request.POST or None, initial={"units": _units_of(case)})
    status = 200 if request.method != "POST" else 422
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made, status = attempt(
            form,
            lambda: disputing.open_dispute(
                petition=case, actor=actor, units=list(data["units"]), facts=data["facts"]
            ),
        )
        if made:
            messages.success(request, _("已提出管辖争议，请有关单位协商。"))
            return redirect(made)
    context = {"form": form, "petition": case}
    return render(request, "conference/dispute_open.html", context, status=status)


def _units_of(case: Petition) -> list[int]:
    """Who objected, whom they named instead, and who has it now."""
    found: set[int | None] = {case.lead_unit_id}
    for said in case.objections.values_list("unit", "suggested_unit"):
        found |= set(said)
    return sorted(pk for pk in found if pk is not None)


def or_404(request: HttpRequest, pk: int) -> Dispute:
    found = Dispute.objects.visible_to(actor_of(request)).with_row_relations()
    row: Dispute = get_object_or_404(found, pk=pk)
    return row


@require_safe
@staff_required
def dispute(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, or_404(request, pk))


def _show(
    request: HttpRequest, row: Dispute, given: dict[str, BaseForm] | None = None, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    cover = selectors.cover_of(row.petition, actor)
    one = selectors.dispute_rows([row], actor)[0]
    context = {
        "one": one,
        "row": row,
        "steps": [(step, cover(step.text)) for step in row.steps.order_by("at", "id")],
        "to_forward": _to_forward(row, actor),
        "forms": _forms(row, actor) | (given or {}),
    }
    return render(request, "conference/dispute.html", context, status=status)


def _to_forward(row: Dispute, actor: Actor) -> bool:
    waits = row.state == DisputeState.DECIDED and row.petition.status == Status.REGISTERED
    return waits and petition_rules.may(row.petition, Act.FORWARD, actor)


def _forms(row: Dispute, actor: Actor) -> dict[str, BaseForm]:
    found: dict[str, BaseForm] = {}
    if not row.is_live:
        return found
    if row.state == DisputeState.SUPERIOR and rules.may(A.DECIDE, actor, dispute=row):
        found["decide"] = SettleForm(auto_id="decide_%s")
    if rules.may(A.AGREE, actor, dispute=row):
        found["agree"] = SettleForm(auto_id="agree_%s")
    if row.state != DisputeState.CONFERENCE and rules.may(A.RAISE, actor, dispute=row):
        found["raise"] = RaiseForm(initial={"step": row.state}, auto_id="raise_%s")
    return found


def _settle(request: HttpRequest, pk: int, name: str, act: ConferenceAct, door: Any) -> HttpResponse:
    row, actor = or_404(request, pk), actor_of(request)
    rules.require(act, actor, dispute=row)
    form, status = SettleForm(request.POST, auto_id=f"{name}_%s"), 422
    if form.is_valid():
        data = {**form.cleaned_data, "co_units": list(form.cleaned_data["co_units"])}
        done, status = attempt(form, lambda: door(dispute=row, actor=actor, **data))
        if done:
            messages.success(request, _("已登记，请按决定转送。"))
            return redirect(row)
    return _show(request, or_404(request, pk), {name: form}, status)


@require_POST
@staff_required
def agree(request: HttpRequest, pk: int) -> HttpResponse:
    return _settle(request, pk, "agree", A.AGREE, disputing.agree)


@require_POST
@staff_required
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    return _settle(request, pk, "decide", A.DECIDE, disputing.decide)


@require_POST
@staff_required
def raise_up(request: HttpRequest, pk: int) -> HttpResponse:
    row, actor = or_404(request, pk), actor_of(request)
    rules.require(A.RAISE, actor, dispute=row)
    form, status = RaiseForm(request.POST, auto_id="raise_%s"), 422
    if form.is_valid():
        data = form.cleaned_data
        done, status = attempt(form, lambda: disputing.raise_up(dispute=row, actor=actor, **data))
        if done:
            messages.success(request, _("已报请：%(step)s。") % {"step": done.get_state_display()})
            return redirect(row)
    row = or_404(request, pk)
    if status == FASTER:
        form.now_at(row.state)
    return _show(request, row, {"raise": form}, status)
