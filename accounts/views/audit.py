"""The auditor's list."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from accounts.decorators import role_required
from accounts.enums import Role
from accounts.filters import AuditFilter
from accounts.middleware import StaffRequest
from accounts.models import AuditEntry
from accounts.services import audit
from core.paging import paginate


@role_required(Role.AUDITOR)
def audit_log(request: StaffRequest) -> HttpResponse:
    """The audit log, newest first. Looking is logged too, with the filters that were set."""
    entries = AuditFilter(request.GET, queryset=AuditEntry.objects.select_related("user", "post__unit"))
    valid = entries.is_valid()
    page = paginate(
        entries.qs if valid else entries.queryset.none(),
        order=["-pk"],
        cursor=request.GET.get("cursor"),
    )
    used = sorted(key for key, value in request.GET.items() if value and key in entries.filters)
    audit.record(actor=request.actor, act="audit.look", detail={"filters": used})
    context = {"filter": entries, "page": page, "filtered": bool(used)}
    return render(request, "accounts/audit_list.html", context, status=200 if valid else 422)
