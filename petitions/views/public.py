"""The resident's first page."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from petitions.selectors import public as selectors


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """我要反映, 查询, 领导接访日, how it works, when the office is open. Settings: RECEPTION_HOURS and its like."""
    return render(
        request,
        "petitions/public_landing.html",
        {
            "office": selectors.petition_office(),
            "hours": settings.RECEPTION_HOURS,
            "place": settings.RECEPTION_PLACE,
            "phone": settings.RECEPTION_PHONE,
        },
    )
