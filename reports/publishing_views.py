"""The months the public reads, and the desk's page on which they are given out and taken back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.decorators import role_required
from core.errors import Refusal
from petitions.views.asking import actor_of, attempt
from reports import brief_rules
from reports.brief_forms import WithdrawForm
from reports.models import Freeze
from reports.periods import Month
from reports.selectors.figures import default_unit
from reports.selectors.publishing import NOT_TOLD, open_months
from reports.services import publishing

MOST_MONTHS = 36


@require_safe
def public_months(request: HttpRequest) -> HttpResponse:
    """For everybody: the months that were given out, the newest first."""
    return render(request, "reports/public_months.html", {"months": _newest(open_months())[:MOST_MONTHS]})


@require_safe
def public_month(request: HttpRequest, month: str) -> HttpResponse:
    """For everybody: one month as it was given out; of one that was taken back, when and why."""
    rows = open_months().filter(month=_month_or_404(month).first_day)
    row = rows.filter(withdrawn_at=None).first() or rows.first()
    if row is None:
        raise Http404
    context = {"row": row, "month": Month.of(row.month), "not_told": NOT_TOLD}
    return render(request, "reports/public_month.html", context)


@require_GET
@role_required(*brief_rules.MAKERS)
def desk(request: HttpRequest) -> HttpResponse:
    """Frozen months, and what of them the public reads."""
    publishing.require_publisher(actor_of(request))
    return _show(request)


def _show(
    request: HttpRequest, given: tuple[str, WithdrawForm] | None = None, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    unit = default_unit(actor)
    frozen = Freeze.objects.filter(unit=unit).select_related("frozen_by__user").order_by("-month", "-version")
    published = {row.month: row for row in _newest(open_months().filter(unit=unit))}
    rows: list[dict[str, Any]] = []
    for freeze in frozen[: MOST_MONTHS * 3]:
        month = Month.of(freeze.month)
        if rows and rows[-1]["month"] == month:
            continue
        form = (
            given[1] if given is not None and given[0] == str(month) else WithdrawForm(auto_id=f"w{month}_%s")
        )
        rows.append({"month": month, "freeze": freeze, "public": published.get(freeze.month), "form": form})
    return render(request, "reports/publishing.html", {"rows": rows}, status=status)


@require_POST
@role_required(*brief_rules.MAKERS)
def publish(request: HttpRequest, month: str) -> HttpResponse:
    actor, wanted = actor_of(request), _month_or_404(month)
    publishing.require_publisher(actor)
    try:
        publishing.publish(actor=actor, month=wanted)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("%(month)s已公布，不登录就能看到。") % {"month": wanted.label})
    return redirect("reports:publishing")


@require_POST
@role_required(*brief_rules.MAKERS)
def withdraw(request: HttpRequest, month: str) -> HttpResponse:
    actor, wanted = actor_of(request), _month_or_404(month)
    publishing.require_publisher(actor)
    form, status = WithdrawForm(request.POST, auto_id=f"w{wanted}_%s"), 422
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        done, status = attempt(form, lambda: publishing.withdraw(actor=actor, month=wanted, reason=reason))
        if done is not None:
            messages.success(request, _("%(month)s已撤回。") % {"month": wanted.label})
            return redirect("reports:publishing")
    return _show(request, (str(wanted), form), status)


def _newest(rows: Any) -> list[Any]:
    """One of each month: what is given out now, else what was taken back last."""
    found: dict[Any, Any] = {}
    for row in rows:
        if row.month not in found or (row.is_open and not found[row.month].is_open):
            found[row.month] = row
    return list(found.values())


def _month_or_404(text: str) -> Month:
    try:
        return Month.parse(text)
    except Refusal:
        raise Http404 from None
