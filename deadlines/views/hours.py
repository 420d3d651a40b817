"""Duty hours: those in force, and a form for others."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.decorators import role_required
from accounts.enums import Role
from accounts.middleware import StaffRequest
from core.errors import Refusal
from deadlines import selectors
from deadlines.forms import HoursForm
from deadlines.services import enter_hours


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.SYSTEM_ADMIN)
def hours(request: StaffRequest) -> HttpResponse:
    """Whose minutes count when, for rules of minutes and hours that do not run around the clock."""
    posted = request.method == "POST"
    form = HoursForm(request.POST if posted else None)
    if posted and form.is_valid():
        try:
            enter_hours(actor=request.actor, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(refusal.code if refusal.code in form.fields else None, refusal.sentence)
        else:
            messages.success(request, _("办公时间已登记，管此后起算的期限；正在计时的不变。"))
            return redirect("deadlines:hours")
    context = {"form": form, "rows": selectors.duty_hours()}
    return render(request, "deadlines/hours.html", context, status=422 if posted else 200)
