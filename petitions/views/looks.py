"""Who looked how often at what is protected: the security administrator's page."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from accounts.decorators import role_required
from accounts.enums import Role
from accounts.services import audit
from core.forms import BaseForm
from core.timekeeping import local_day, now
from petitions.selectors import looks
from petitions.views.asking import actor_of

FIRST_YEAR = 2000


class DayForm(BaseForm):
    on = forms.DateField(
        label=_lazy("日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _lazy("请填写日期，如 2026-11-22。")},
    )

    def clean_on(self) -> object:
        day = self.cleaned_data["on"]
        if day and not FIRST_YEAR <= day.year <= local_day(now()).year:
            raise ValidationError(_("请填写 2000 年至今年之间的日期。"))
        return day


@require_safe
@role_required(Role.SECURITY_ADMIN)
def looks_page(request: HttpRequest) -> HttpResponse:
    """One day's numbers and reasons, without a word about any case. This look is on record too."""
    asked = request.GET.get("on")
    form = DayForm({"on": asked or local_day(now())})
    valid = form.is_valid()
    day = (form.cleaned_data["on"] if valid else None) or local_day(now())
    if valid:
        audit.record(actor=actor_of(request), act="looks.read", detail={"on": day.isoformat()})
    context = {
        "form": form,
        "day": day,
        "people": looks.looks_on(day) if valid else [],
        "valid": valid,
        "per_hour": settings.LOOKS_PER_HOUR,
        "per_day": settings.LOOKS_PER_DAY,
    }
    return render(request, "petitions/archive_looks.html", context, status=200 if valid else 422)
